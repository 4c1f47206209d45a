"""Where work is done, as commands and `asn2fpga.explore` say it: here, by Dask, by SLURM, by any executor."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

from asn2fpga.api.request import check_jobs
from asn2fpga.errors import InputError
from asn2fpga.workers.pool import ExecutorPool, Pool


@dataclass(frozen=True)
class Workers:
    """One of: `jobs` processes here, the scheduler at `dask`, SLURM with KEY=VALUE,... or an executor.

    jobs: of an executor that does not say how many workers it has, as many at a time. Nothing: as many
    processes here as there are cores.
    """

    jobs: int | None = None
    dask: str | None = None
    slurm: str | None = None
    executor: Executor | None = None

    def opener(self) -> Callable[[Path], Pool]:
        """Makes the pool, given a folder for logs. InputError if two are named, or one is named wrongly."""
        given = {"--jobs": self.jobs, "--dask": self.dask, "--slurm": self.slurm, "executor": self.executor}
        named = [name for name, value in given.items() if value is not None]
        named = [name for name in named if name != "--jobs" or self.executor is None]
        if len(named) > 1:
            raise InputError(f"{', '.join(named)}: one of them must be given, not {len(named)}.")
        jobs = (os.cpu_count() or 1) if self.jobs is None else self.jobs
        check_jobs(jobs)
        if self.executor is not None:
            return self._of_executor(self.executor, jobs)
        if self.slurm is not None:
            return self._of_slurm(self.slurm)
        if self.dask is not None:
            return self._of_dask(self.dask)
        return lambda logs: _local(jobs, logs)

    def _of_executor(self, executor: Executor, jobs: int) -> Callable[[Path], Pool]:
        if not isinstance(executor, Executor):
            raise InputError(
                f"executor: it must be one of concurrent.futures, not {type(executor).__name__}; of Dask's "
                "Client take .get_executor()."
            )
        return lambda logs: ExecutorPool(executor, jobs)

    def _of_slurm(self, text: str) -> Callable[[Path], Pool]:
        from asn2fpga.workers.slurm import SlurmPool, parse_slurm

        asked = parse_slurm(text)
        return lambda logs: SlurmPool(asked, logs / "slurm")

    def _of_dask(self, address: str) -> Callable[[Path], Pool]:
        from asn2fpga.workers.dask import DaskPool

        return lambda logs: DaskPool(address)


def _local(jobs: int, logs: Path) -> Pool:
    from asn2fpga.workers.local import LocalPool

    return LocalPool(jobs, logs)
