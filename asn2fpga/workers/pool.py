"""Where work is done: something that takes jobs, and says how many at a time."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor, Future
from typing import Any, Protocol

from asn2fpga.workers.work import work


class Pool(Protocol):
    """Workers behind one executor of `concurrent.futures`."""

    name: str
    """As the user named it, for messages."""

    def at_a_time(self) -> int:
        """How many jobs can be done now; more would only wait."""

    def submit(self, plain: Mapping[str, Any]) -> Future[dict[str, Any]]:
        """Have `work` do a job."""

    def check(self) -> None:
        """Raise an Asn2FpgaError if no worker will ever answer again."""

    def close(self) -> None:
        """End what is running; nothing is submitted any more."""


class ExecutorPool:
    """Any executor of `concurrent.futures` that the caller made and will shut down."""

    name = "executor"

    def __init__(self, executor: Executor, jobs: int) -> None:
        self.executor = executor
        self.jobs = jobs

    def at_a_time(self) -> int:
        """As many as it has workers, if it says so."""
        return int(getattr(self.executor, "_max_workers", 0) or self.jobs)

    def submit(self, plain: Mapping[str, Any]) -> Future[dict[str, Any]]:
        """Have `work` do a job."""
        return self.executor.submit(work, plain)

    def check(self) -> None:
        """Nothing is known of it."""

    def close(self) -> None:
        """It is the caller's."""
