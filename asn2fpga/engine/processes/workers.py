"""Makes processes side by side on all cores: each share of them in a Python of its own.

The results do not depend on how many there are. Small designs are made here: another Python takes a third of
a second to begin.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from asn2fpga.engine.processes.cache import made_before
from asn2fpga.engine.processes.job import Job, Made, make
from asn2fpga.toolchain import process
from asn2fpga.toolchain.cores import core_count, shares

WORKER = "asn2fpga.engine.processes.worker"
SMALL = 200_000  # characters of LLVM IR, of functions: about half a second
TIMEOUT_SECONDS = 3600.0


def make_all(jobs: Sequence[Job], work: Path, cores: int | None = None) -> list[Made]:
    """What each job becomes, from the cache where it is known; `work` is for the workers' files.

    A process is made anew when its own function, a constant that it uses, the part, the clock or the engine
    has changed, when its lines have moved, which Verilog and report name, and when each step is verified.
    """
    found = [_kept(job) for job in jobs]
    missing = [job for job, known in zip(jobs, found, strict=True) if known is None]
    new = iter(_make(missing, work, cores or core_count()))
    return [known or _keep(job, next(new)) for job, known in zip(jobs, found, strict=True)]


def _kept(job: Job) -> Made | None:
    content = None if job.verify_each else made_before().get(_key(job))
    if content is not None:
        with contextlib.suppress(Exception):  # whatever a damaged file leads to: the process is made anew
            made = pickle.loads(content)
            return made if isinstance(made, Made) else None
    return None


def _keep(job: Job, made: Made) -> Made:
    """Keep a result that is none of an error."""
    if made.error is None and not job.verify_each:
        made_before().put(_key(job), pickle.dumps(made, pickle.HIGHEST_PROTOCOL))
    return made


def _key(job: Job) -> str:
    return made_before().key(job.function, job.name, str(job.handshake), repr(job.delays), job.text)


def _make(jobs: Sequence[Job], work: Path, cores: int) -> list[Made]:
    weights = [_weight(job) for job in jobs]
    count = min(cores, len(jobs)) if sum(weights) > SMALL else 1
    if count < 2:
        return [make(job) for job in jobs]
    ours, *others = shares(weights, count)
    with ThreadPoolExecutor(len(others)) as pool:
        running = [
            pool.submit(_work, [jobs[job] for job in share], work / f"worker{number}")
            for number, share in enumerate(others)
        ]
        result = dict(zip(ours, [make(jobs[job]) for job in ours], strict=True))
        for share, future in zip(others, running, strict=True):
            result.update(zip(share, future.result(), strict=True))
    return [result[job] for job in range(len(jobs))]


def _work(jobs: Sequence[Job], folder: Path) -> list[Made]:
    """Jobs done by a worker."""
    folder.mkdir(parents=True, exist_ok=True)
    given, made = folder / "jobs", folder / "made"
    given.write_bytes(pickle.dumps(list(jobs), pickle.HIGHEST_PROTOCOL))
    command = [sys.executable, "-m", WORKER, str(given.resolve()), str(made.resolve())]
    environment = {"PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)}
    process.run(
        command, cwd=folder, log=folder / "log", timeout_seconds=TIMEOUT_SECONDS, environment=environment
    )
    result: list[Made] = pickle.loads(made.read_bytes())
    given.unlink()
    made.unlink()
    return result


def _weight(job: Job) -> int:
    """About how long it takes: by the text of its functions, not by that of its ROMs."""
    return sum(len(line) for line in job.text.split("\n") if not line.startswith("@"))
