"""Sends jobs to a pool, as many as it takes, and hands on what becomes of them; lost ones are sent again."""

from __future__ import annotations

import pickle
import re
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait
from typing import Any

from asn2fpga.errors import Asn2FpgaError, InputError, StoppedError
from asn2fpga.workers.pool import Pool
from asn2fpga.workers.work import Job, Outcome

TRIES = 3
"""A job whose worker was lost so often is given up: perhaps it is the job that ends its workers."""
LOOK_SECONDS = 1.0
NOT_OURS = (ImportError, AttributeError, pickle.UnpicklingError)
"""What an executor raises whose workers have no asn2fpga, or one that does not know `work`."""

LOG = re.compile(r"-{3,}$|Traceback \(|Error stream ")
ERROR = re.compile(r"([A-Za-z_]\w*\.)*[A-Z]\w*(Error|Exception|Interrupt|Exit)\b")
"""How a log begins in what an executor says, and the line that ends a traceback."""

Done = Callable[[Job, Outcome], bool | None]
_Running = dict[Future[dict[str, Any]], tuple[Job, int]]


def dispatch(pool: Pool, jobs: Iterator[Job], done: Done) -> None:
    """Do all jobs. done: gets each as it ends, in any order, and may return True to do no more.

    jobs: asked for one only when a worker is free. Raises InputError if a worker refuses (another version, a
    folder that it cannot use), StoppedError if all workers are lost.
    """
    running: _Running = {}
    again: list[tuple[Job, int]] = []
    try:
        while True:
            _fill(pool, jobs, running, again)
            if not running:
                return
            ended, _ = wait(running, LOOK_SECONDS, FIRST_COMPLETED)
            pool.check()
            for future in ended:
                job, tries = running.pop(future)
                outcome = _outcome(pool, future, tries)
                if outcome is None:
                    again.append((job, tries + 1))
                elif done(job, outcome):
                    return
    finally:
        for future in running:
            future.cancel()


def _fill(pool: Pool, jobs: Iterator[Job], running: _Running, again: list[tuple[Job, int]]) -> None:
    """Give every free worker a job: first those that were lost."""
    while len(running) < pool.at_a_time():
        job, tries = again.pop(0) if again else (next(jobs, None), 1)
        if job is None:
            return
        running[_submit(pool, job)] = (job, tries)


def _submit(pool: Pool, job: Job) -> Future[dict[str, Any]]:
    try:
        return pool.submit(job.to_plain())
    except Asn2FpgaError:
        raise
    except (BrokenExecutor, OSError, RuntimeError) as error:
        told = f"{type(error).__name__}: {' '.join(str(error).split())}"
        raise StoppedError(
            f"{pool.name}: it takes no more work ({told}); what is done is kept; run the same again to "
            "continue."
        ) from error


def _outcome(pool: Pool, future: Future[dict[str, Any]], tries: int) -> Outcome | None:
    """What became of a job; None: it must be done again."""
    error = None if future.cancelled() else future.exception()
    if isinstance(error, NOT_OURS):
        raise InputError(
            f"{pool.name}: every worker must have this asn2fpga, not another one or none "
            f"({type(error).__name__}: {error})."
        ) from error
    if isinstance(error, Asn2FpgaError):
        raise error
    if error is not None:
        what = told_by(error)
    elif future.cancelled():
        what = "its work was cancelled"
    else:
        answer = future.result()
        if "lost" not in answer:
            return _read(pool, answer)
        what = answer["lost"]
    if tries < TRIES:
        return None
    return Outcome(reason=f"its worker was lost {tries} times ({what})", kind="lost", lost=True)


def told_by(error: BaseException) -> str:
    """What an executor says of lost work, in one line: how it begins, and of a log after that the last line
    that names an error.
    """
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    begin = next((n for n, line in enumerate(lines) if LOG.match(line)), len(lines))
    named = [line for line in lines[begin:] if ERROR.match(line)]
    return " ".join([f"{type(error).__name__}:", *lines[:begin], *named[-1:]])


def _read(pool: Pool, answer: dict[str, Any]) -> Outcome:
    if "refused" in answer:
        raise InputError(f"{pool.name}: the worker {answer['worker']} {answer['refused']}.")
    return Outcome(answer.get("value"), answer.get("reason", ""), answer.get("kind", ""))
