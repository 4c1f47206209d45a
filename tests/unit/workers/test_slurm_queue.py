"""What SLURM's queue says of jobs, told by stand-ins for its programs; and a real SLURM where one answers."""

from __future__ import annotations

import re
import shutil
import subprocess
import threading
import time
from pathlib import Path

import pytest
from worker_tasks import DOUBLE, WAIT

from asn2fpga.errors import StoppedError
from asn2fpga.workers import slurm_queue
from asn2fpga.workers.dispatch import dispatch
from asn2fpga.workers.slurm import SlurmPool
from asn2fpga.workers.slurm_queue import SlurmQueue
from asn2fpga.workers.work import Job, Outcome


class Cluster:
    """Stand-ins for SLURM's programs, in a folder that is first on PATH."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        folder.mkdir()
        monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
        self.put("srun", "exit 0")

    def put(self, name: str, script: str) -> None:
        """A program that is this shell script."""
        (self.folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (self.folder / name).chmod(0o755)


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cluster:
    return Cluster(tmp_path / "bin", monkeypatch)


def test_states_of_jobs(cluster: Cluster, tmp_path: Path) -> None:
    cluster.put("squeue", "echo 1 RUNNING; echo 2 OUT_OF_MEMORY; echo 77 RUNNING; echo 5 PREEMPTED; echo 1_2")
    queue = SlurmQueue(tmp_path / "squeue.log")
    for job in ("1", "2", "3", "5"):
        queue.register_job(job)
    assert queue.get_state("3") == "PENDING"  # asked for seldom
    assert [queue.is_done(job, "force") for job in ("1", "2", "3", "5")] == [False, True, True, False]
    assert queue.get_state("2") == "OUT_OF_MEMORY" and queue.get_state("3") == slurm_queue.GONE
    assert queue.get_state("77") == "UNKNOWN"


def test_a_controller_that_does_not_answer(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster.put("squeue", "echo 'slurm_load_jobs error: no contact' >&2; exit 1")
    queue = SlurmQueue(tmp_path / "squeue.log")
    queue.register_job("1")
    assert not queue.is_done("1", "force")
    queue.check()  # not yet for long
    monkeypatch.setattr(slurm_queue, "PATIENCE_SECONDS", 0.0)
    message = (
        r"^--slurm: SLURM has not answered for \d+ s \(squeue: exit status must be 0, not 1\. "
        r"slurm_load_jobs error: no contact log: .+squeue\.log\); what is done is kept; run the "
        r"same again to continue\.$"
    )
    with pytest.raises(StoppedError, match=message):
        queue.check()
    cluster.put("squeue", "echo 1 RUNNING")
    assert queue.get_state("1", "force") == "RUNNING"
    queue.check()


def collect(pool: SlurmPool, jobs: list[Job]) -> dict[str, Outcome]:
    found: dict[str, Outcome] = {}
    try:
        dispatch(pool, iter(jobs), lambda job, outcome: found.update({job.name: outcome}))
    finally:
        pool.close()
    return found


def test_jobs_that_are_always_cancelled_are_given_up(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without SLURM's accounting: there is no sacct to ask."""
    submitit = pytest.importorskip("submitit")
    monkeypatch.setattr(submitit.Job, "_results_timeout_s", 0)
    monkeypatch.setattr(slurm_queue, "ASK_SECONDS", 0.1)
    count = tmp_path / "count"
    count.write_text("10\n")
    cluster.put("sbatch", f"n=$(cat {count}); echo $((n + 1)) > {count}; echo Submitted batch job $n")
    cluster.put("squeue", "for n in 10 11 12; do echo $n CANCELLED; done")
    cluster.put("scancel", "exit 0")
    found = collect(SlurmPool({"jobs": 1}, tmp_path / "jobs"), [Job("a", DOUBLE, {"number": 1})])
    assert found["a"].lost and re.match(
        r"its worker was lost 3 times \(UncompletedJobError: Job 12 \(task: 0\) with path .+ has not "
        r"produced any output \(state: CANCELLED\) ",
        found["a"].reason,
    )


def test_a_refused_submission_is_one_sentence(
    cluster: Cluster, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("submitit")
    cluster.put("sbatch", "echo 'sbatch: error: no such partition' >&2; exit 1")
    message = (
        r"^--slurm: it takes no more work \(FailedJobError: sbatch: error: no such partition\); what is done "
        r"is kept; run the same again to continue\.$"
    )
    with pytest.raises(StoppedError, match=message):
        collect(SlurmPool({"partition": "moon"}, tmp_path / "jobs"), [Job("a", DOUBLE, {"number": 1})])
    assert capsys.readouterr().err == ""


@pytest.fixture
def real_slurm() -> None:
    """Skips the test where no SLURM answers."""
    if not shutil.which("squeue") or subprocess.run(["squeue"], capture_output=True, check=False).returncode:
        pytest.skip("no SLURM answers here")


@pytest.mark.slow
@pytest.mark.usefixtures("real_slurm")
def test_a_job_that_is_cancelled_in_a_real_slurm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("submitit")
    monkeypatch.setattr(slurm_queue, "ASK_SECONDS", 1.0)
    pool = SlurmPool({"jobs": 1, "memory_gb": 1, "minutes": 5}, tmp_path / "jobs")
    cancelling = threading.Thread(target=cancel_three, args=(tmp_path / "jobs",), daemon=True)
    cancelling.start()
    found = collect(pool, [Job("waits", WAIT, {}), Job("doubles", DOUBLE, {"number": 4})])
    assert found["waits"].lost and "(state: CANCELLED)" in found["waits"].reason
    assert found["doubles"].value == 8


def cancel_three(folder: Path) -> None:
    """Cancel the first three jobs, each as soon as it runs."""
    done: set[str] = set()
    deadline = time.monotonic() + 300
    while len(done) < 3 and time.monotonic() < deadline:
        time.sleep(0.5)
        running = {path.name.split("_")[0] for path in folder.glob("*_log.out")} - done
        for job in sorted(running):
            subprocess.run(["scancel", job], check=False)
            done.add(job)
