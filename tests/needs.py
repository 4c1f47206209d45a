"""Programs that only tests use: where one is missing its tests are skipped, naming the Debian package.

With ASN2FPGA_TEST_ALL set, as CI does, they fail instead.
"""

from __future__ import annotations

import os
import shutil
from typing import NoReturn

import pytest

PACKAGES = {
    "make": "make",
    "iverilog": "iverilog",
    "tclsh": "tcl",
    "ssh": "openssh-client",
    "ssh-keygen": "openssh-client",
    "sshd": "openssh-server",
}


def find(program: str) -> str | None:
    """Its path; sshd lies where only root looks."""
    return shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")


def need(*programs: str) -> None:
    """Skip the test that calls this (also through a fixture) unless all `programs` are installed."""
    for program in programs:
        if find(program):
            continue
        missing(f"{program} is missing: apt-get install {PACKAGES[program]}")


def missing(reason: str) -> NoReturn:
    """Skip the test that calls this, or fail it where everything must be there."""
    if os.environ.get("ASN2FPGA_TEST_ALL"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
