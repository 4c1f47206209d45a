"""One piece of work on a worker: plain values in, plain values out, and nothing done for another version."""

from __future__ import annotations

import importlib
import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asn2fpga.errors import Asn2FpgaError, EndedError, WorkerError
from asn2fpga.toolchain.cache import VARIABLE, shared_folder
from asn2fpga.workers.version import version_text

ENDS_JOBS = "submitit"
"""What raises errors of its own in the middle of a job: SLURM's time for it is over, or others go first."""


@dataclass(frozen=True)
class Job:
    """What is to be done. task: MODULE:FUNCTION, which takes and returns JSON values; name: for people."""

    name: str
    task: str
    given: Mapping[str, Any]

    def to_plain(self) -> dict[str, Any]:
        """As a worker takes it: with the version, and the folder that all workers share."""
        return {
            "version": version_text(),
            "cache": str(shared_folder().resolve()),
            "task": self.task,
            "given": dict(self.given),
        }


@dataclass(frozen=True)
class Outcome:
    """What became of a job. value: what its function returned. reason: why there is none, one sentence.

    kind: the class of the error. lost: its workers were lost, each time it was tried.
    """

    value: Any = None
    reason: str = ""
    kind: str = ""
    lost: bool = False


def work(plain: Mapping[str, Any]) -> dict[str, Any]:
    """Do a job. Errors are returned, not raised: what is raised is a fault of the worker, not of the job.

    refused: why this worker does nothing at all; it would refuse every other job too. lost: what ended a
    program of the job from outside, as a cluster does that takes the worker away.
    """
    ours = version_text()
    if plain["version"] != ours:
        return {"refused": f"must have asn2fpga {plain['version']}, as this side has, not {ours}", **_place()}
    problem = _use_cache(Path(plain["cache"]))
    if problem:
        return {"refused": problem, **_place()}
    try:
        function = _function(plain["task"])
    except (ImportError, AttributeError) as error:
        return {"refused": f"must know {plain['task']}, not '{type(error).__name__}: {error}'", **_place()}
    try:
        return {"value": function(plain["given"])}
    except WorkerError as error:
        return {"refused": str(error), **_place()}
    except EndedError as error:
        return {"lost": str(error).splitlines()[0].rstrip(".")}
    except Asn2FpgaError as error:
        return {"reason": str(error), "kind": type(error).__name__}
    except Exception as error:
        if type(error).__module__.partition(".")[0] == ENDS_JOBS:
            raise
        # a bug: recorded with the job, which the others need not wait for
        return {"reason": f"{type(error).__name__}: {error}", "kind": "bug"}


def _function(task: str) -> Callable[[Mapping[str, Any]], Any]:
    module, _, name = task.partition(":")
    found: Callable[[Mapping[str, Any]], Any] = getattr(importlib.import_module(module), name)
    return found


def _place() -> dict[str, str]:
    return {"worker": f"{socket.gethostname()}, process {os.getpid()}"}


def _use_cache(folder: Path) -> str:
    """Take the folder that all workers share; what is wrong with it, or nothing."""
    problem = cache_problem(folder)
    if problem:
        return f"must be able to write to {folder}, the folder that all workers share, not '{problem}'"
    os.environ[VARIABLE] = str(folder)
    return ""


def cache_problem(folder: Path) -> str:
    """Why nothing can be written to the folder, or nothing."""
    probe = folder / f".{socket.gethostname()}-{os.getpid()}.probe"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink(missing_ok=True)
    except OSError as error:
        return error.strerror or str(error)
    return ""
