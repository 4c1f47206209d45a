"""Workers end with the program that started them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

WORKER = """
import time
from asn2fpga.toolchain.parent import end_with_parent
end_with_parent(0.05)
print("begun", flush=True)
time.sleep(60)
"""
STARTER = """
import subprocess, sys
worker = subprocess.Popen([sys.executable, "-c", sys.argv[1]], stdout=subprocess.PIPE, start_new_session=True)
worker.stdout.readline()
print(worker.pid, flush=True)
"""


def test_a_worker_ends_when_its_starter_is_gone() -> None:
    found = subprocess.run(
        [sys.executable, "-c", STARTER, WORKER], stdout=subprocess.PIPE, check=True, timeout=60
    )
    worker = int(found.stdout)
    deadline = time.monotonic() + 20
    while _runs(worker) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _runs(worker)


def _runs(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{number}/stat").read_text(encoding="ascii")
    return stat.rsplit(")", 1)[1].split()[0] != "Z"
