"""What SLURM's own queue says of our jobs.

submitit asks SLURM's accounting, which a cluster need not have, and ever more seldom: without it a job that
was cancelled or ran out of memory would be waited for without an end.
"""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

from asn2fpga.errors import StoppedError, ToolError
from asn2fpga.toolchain import process

ASK_SECONDS = 10.0
"""Between two questions; one call asks for all jobs."""
ANSWER_SECONDS = 60.0
PATIENCE_SECONDS = 600.0
"""A controller that is restarted does not answer for a while, and its jobs go on."""
GONE = "not in the queue any more"
OVER = frozenset(
    (
        *("BOOT_FAIL", "CANCELLED", "COMPLETED", "DEADLINE", "FAILED", "NODE_FAIL", "OUT_OF_MEMORY"),
        *("REVOKED", "TIMEOUT", GONE),
    )
)
"""States that a job never leaves. One that is preempted is put into the queue again, or cancelled."""


class SlurmQueue:
    """States of jobs by their numbers, as a job of submitit asks its `watcher` for them.

    log: file for what `squeue` says.
    """

    def __init__(self, log: Path) -> None:
        self._log = log
        self._lock = threading.Lock()
        self._states: dict[str, str] = {}
        self._asked = self._answered = time.monotonic()
        self._problem = ""

    def register_job(self, job_id: str) -> None:
        """Watch a job that was just submitted."""
        with self._lock:
            self._states[job_id] = "PENDING"

    def get_state(self, job_id: str, mode: str = "standard") -> str:
        """As SLURM calls it, when it was asked last. mode: "force" asks now."""
        with self._lock:
            if mode == "force" or time.monotonic() - self._asked > ASK_SECONDS:
                self._ask()
            return self._states.get(job_id, "UNKNOWN")

    def is_done(self, job_id: str, mode: str = "standard") -> bool:
        """Whether SLURM will do no more for it."""
        return self.get_state(job_id, mode) in OVER

    def check(self) -> None:
        """StoppedError if nothing has been answered for ten minutes."""
        silent = self._asked - self._answered
        if self._problem and silent > PATIENCE_SECONDS:
            raise StoppedError(
                f"--slurm: SLURM has not answered for {silent:.0f} s ({self._problem}); what is done is "
                "kept; run the same again to continue."
            )

    def _ask(self) -> None:
        """All states anew; as they were where there is no answer."""
        command = ["squeue", "--noheader", "--states=all", f"--user={os.getuid()}", "--format=%i %T"]
        try:
            process.run(command, cwd=Path.cwd(), log=self._log, timeout_seconds=ANSWER_SECONDS)
            lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
        except (ToolError, OSError) as error:
            self._problem = " ".join(str(error).split())
            self._asked = time.monotonic()
            return
        listed = dict(line.split(maxsplit=1) for line in lines if len(line.split(maxsplit=1)) == 2)
        self._states = {job_id: listed.get(job_id, GONE).strip() for job_id in self._states}
        self._problem = ""
        self._asked = self._answered = time.monotonic()
