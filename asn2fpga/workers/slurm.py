"""Jobs of SLURM, through submitit: one a job of ours. Beside SLURM itself, `cluster=local` tries it here."""

from __future__ import annotations

import contextlib
import io
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

from asn2fpga.errors import InputError, did_you_mean
from asn2fpga.workers.extras import needed
from asn2fpga.workers.slurm_queue import SlurmQueue
from asn2fpga.workers.work import work

LOOK_SECONDS = 0.5
SIGNAL_SECONDS = 10
"""Before its time is over a job is told so; nothing of ours needs the 90 s of submitit."""
MOST = 100
"""Jobs in SLURM's queue where nothing else is said."""

# By key of --slurm, what submitit calls it, and what its value is.
KEYS: Mapping[str, tuple[str, type]] = {
    "jobs": ("", int),
    "cluster": ("", str),
    "partition": ("slurm_partition", str),
    "account": ("slurm_account", str),
    "qos": ("slurm_qos", str),
    "constraint": ("slurm_constraint", str),
    "minutes": ("timeout_min", int),
    "memory_gb": ("mem_gb", float),
    "cpus": ("cpus_per_task", int),
}
DEFAULTS: Mapping[str, Any] = {"minutes": 60, "memory_gb": 4.0, "cpus": 1}
CLUSTERS = ("slurm", "local")


def parse_slurm(text: str) -> dict[str, Any]:
    """`partition=cpu,minutes=60` as values by key. InputError for anything else."""
    found: dict[str, Any] = {}
    for part in (part for part in text.split(",") if part):
        key, separator, value = part.partition("=")
        if key not in KEYS or not separator:
            hint = "." if key in KEYS else did_you_mean(key, KEYS)
            raise InputError(f"--slurm: an entry must be KEY=VALUE of {', '.join(KEYS)}, not '{part}'{hint}")
        found[key] = _value(key, value)
    if found.get("cluster", "slurm") not in CLUSTERS:
        raise InputError(f"--slurm: cluster must be slurm or local, not '{found['cluster']}'.")
    return found


def _value(key: str, text: str) -> Any:
    kind = KEYS[key][1]
    try:
        value = kind(text)
    except ValueError:
        value = 0
    if (kind is not str and not 0 < value < 1e6) or not text:
        what = {int: "an integer above 0", float: "a number above 0", str: "a name"}[kind]
        raise InputError(f"--slurm: {key} must be {what}, not '{text}'.")
    return value


class SlurmPool:
    """Jobs that SLURM runs when it has room; folder: shared by all nodes, for submitit's files and logs."""

    name = "--slurm"

    def __init__(self, asked: Mapping[str, Any], folder: Path) -> None:
        submitit = needed("submitit", "--slurm")
        cluster = asked.get("cluster", "slurm")
        try:
            submitter = submitit.AutoExecutor(folder=folder, cluster=cluster)
            values = {KEYS[key][0]: value for key, value in {**DEFAULTS, **asked}.items() if KEYS[key][0]}
            submitter.update_parameters(name="asn2fpga", slurm_signal_delay_s=SIGNAL_SECONDS, **values)
        except (RuntimeError, OSError, NameError) as error:
            raise InputError(
                f"--slurm: SLURM must be there, not '{error}'; run this on a machine that has sbatch, or "
                "give --dask or --jobs."
            ) from error
        self.most = int(asked.get("jobs", MOST))
        self._queue = SlurmQueue(folder / "squeue.log") if cluster == "slurm" else None
        self._submitter = submitter
        self.executor = SubmittedJobs(self._submit)

    def at_a_time(self) -> int:
        """As many as may wait in SLURM's queue or run."""
        return self.most

    def submit(self, plain: Mapping[str, Any]) -> Future[dict[str, Any]]:
        """Queue a job."""
        return self.executor.submit(work, dict(plain))

    def _submit(self, *call: Any) -> Any:
        """A job of submitit, whose state is the queue's."""
        with contextlib.redirect_stderr(io.StringIO()):  # what it prints is in its error, too
            job = self._submitter.submit(*call)
        if self._queue is not None:
            self._queue.register_job(job.job_id)
            job.watcher = self._queue
        return job

    def check(self) -> None:
        """StoppedError if SLURM is silent for long. What it says of a lost job is the job's own error."""
        if self._queue is not None:
            self._queue.check()

    def close(self) -> None:
        """Cancel what waits or runs."""
        self.executor.shutdown(wait=True, cancel_futures=True)


class SubmittedJobs(Executor):
    """submitit's jobs as futures: a thread looks which are done."""

    def __init__(self, submit: Callable[..., Any]) -> None:
        self._submit = submit
        self._jobs: dict[Future[Any], Any] = {}
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Queue a call."""
        future: Future[Any] = Future()
        future.set_running_or_notify_cancel()
        job = self._submit(fn, *args, **kwargs)
        with self._lock:
            self._jobs[future] = job
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Look no more, and cancel the jobs that are not done if that is asked for."""
        self._ended.set()
        if wait:
            self._thread.join()
        with self._lock:
            jobs, self._jobs = list(self._jobs.values()), {}
        for job in jobs if cancel_futures else ():
            job.cancel(check=False)

    def _watch(self) -> None:
        while not self._ended.wait(LOOK_SECONDS):
            with self._lock:
                jobs = list(self._jobs.items())
            for future, job in jobs:
                if _is_handed_on(future, job):
                    with self._lock:
                        self._jobs.pop(future, None)


def _is_handed_on(future: Future[Any], job: Any) -> bool:
    """Whether a job is done, and its result or error told. One that nothing can be learnt of is cancelled: it
    may be done again.
    """
    try:
        if not job.done():
            return False
    except Exception as error:  # whoever waits for the job must get something
        with contextlib.suppress(Exception):
            job.cancel(check=False)
        future.set_exception(error)
        return True
    try:
        future.set_result(job.result())
    except Exception as error:
        future.set_exception(error)
    return True
