"""SLURM through submitit: what --slurm takes, and jobs run by submitit's local executor."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest
from worker_tasks import DOUBLE

from asn2fpga.errors import InputError
from asn2fpga.workers import slurm
from asn2fpga.workers.dispatch import dispatch
from asn2fpga.workers.slurm import SlurmPool, SubmittedJobs, parse_slurm
from asn2fpga.workers.work import Job, Outcome

KEYS = "jobs, cluster, partition, account, qos, constraint, minutes, memory_gb, cpus"


def test_entries() -> None:
    found = parse_slurm("partition=cpu,minutes=30,memory_gb=2.5,jobs=7,cluster=local")
    assert found == {"partition": "cpu", "minutes": 30, "memory_gb": 2.5, "jobs": 7, "cluster": "local"}
    assert parse_slurm("") == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "partitoin=x",
            f"--slurm: an entry must be KEY=VALUE of {KEYS}, not 'partitoin=x'; did you mean 'partition'?",
        ),
        ("minutes", f"--slurm: an entry must be KEY=VALUE of {KEYS}, not 'minutes'."),
        ("minutes=soon", "--slurm: minutes must be an integer above 0, not 'soon'."),
        ("memory_gb=-1", "--slurm: memory_gb must be a number above 0, not '-1'."),
        ("account=", "--slurm: account must be a name, not ''."),
        ("cluster=moon", "--slurm: cluster must be slurm or local, not 'moon'."),
    ],
)
def test_wrong_entries(text: str, message: str) -> None:
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        parse_slurm(text)


def test_no_slurm_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("submitit")
    monkeypatch.setenv("PATH", str(tmp_path))
    message = (
        r"^--slurm: SLURM must be there, not '.+'; run this on a machine that has sbatch, or give --dask "
    )
    with pytest.raises(InputError, match=message + r"or --jobs\.$"):
        SlurmPool({}, tmp_path / "jobs")


class Unknown:
    """A job that nothing can be learnt of."""

    def __init__(self) -> None:
        self.cancelled = False

    def done(self) -> bool:
        raise OSError("sacct: no such cluster")

    def cancel(self, check: bool) -> None:
        self.cancelled = True


def test_a_job_that_cannot_be_asked_for_is_an_error_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slurm, "LOOK_SECONDS", 0.01)
    unknown, good = Unknown(), Done()
    jobs = iter([unknown, good])
    executor = SubmittedJobs(lambda fn, *args: next(jobs))
    try:
        lost, answer = executor.submit(DOUBLE), executor.submit(DOUBLE)
        with pytest.raises(OSError, match=r"^sacct: no such cluster$"):
            lost.result(timeout=60)
        assert answer.result(timeout=60) == 7 and unknown.cancelled
    finally:
        executor.shutdown()


class Done:
    """A job with its result."""

    def done(self) -> bool:
        return True

    def result(self) -> int:
        return 7


def test_jobs_run_by_the_local_executor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("submitit")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(entry for entry in sys.path if entry))
    found: dict[str, Outcome] = {}
    pool = SlurmPool({"cluster": "local", "jobs": 2, "minutes": 5}, tmp_path / "jobs")
    assert pool.at_a_time() == 2
    try:
        jobs = (Job(str(number), DOUBLE, {"number": number}) for number in range(2))
        dispatch(pool, jobs, lambda job, outcome: found.update({job.name: outcome}))
    finally:
        pool.close()
    assert {name: outcome.value for name, outcome in found.items()} == {"0": 0, "1": 2}
