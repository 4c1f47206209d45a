"""Waiting for foreign code."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

from asn2fpga.verify.patience import within

ENDLESS = """
import ctypes, os, signal, threading
from asn2fpga.verify.patience import within
threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
try:
    within(60, lambda: ctypes.CDLL(None).pause())
except KeyboardInterrupt:
    print("stopped")
"""


def test_what_is_returned_or_raised_is_passed_on() -> None:
    assert within(60, lambda: 7) == 7
    with pytest.raises(ValueError, match="of the call"):
        within(60, lambda: int("of the call"))


def test_what_takes_too_long_is_given_up() -> None:
    never = threading.Event()
    with pytest.raises(TimeoutError):
        within(0.01, never.wait)
    never.set()


def test_a_signal_ends_the_waiting_for_foreign_code() -> None:
    ended = subprocess.run([sys.executable, "-c", ENDLESS], capture_output=True, text=True, timeout=30)
    assert (ended.stdout, ended.returncode) == ("stopped\n", 0), ended.stderr
