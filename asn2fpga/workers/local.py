"""Processes of this machine as an executor: each a Python of ours, which ends with the one that began it.

Unlike those of ProcessPoolExecutor they never run the user's script again, one that is lost takes no other
with it, and none is left when the program that began them is killed.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

from asn2fpga.errors import ToolError
from asn2fpga.jsonfile import parse_json
from asn2fpga.toolchain import process
from asn2fpga.workers.work import work

WORKER = "asn2fpga.workers.local_worker"
_Item = tuple[Future[dict[str, Any]], Mapping[str, Any]]


class LocalProcesses(Executor):
    """At most `jobs` processes; what they say beside their answers lies in `logs`."""

    def __init__(self, jobs: int, logs: Path) -> None:
        self._max_workers = jobs
        self._logs = logs
        self._waiting: queue.SimpleQueue[_Item | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._talking: set[process.Talking] = set()
        self._ended = False

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Only `work` with one job, whose values are JSON, is done."""
        future: Future[dict[str, Any]] = Future()
        self._waiting.put((future, args[0]))
        if len(self._threads) < self._max_workers:
            number = len(self._threads)
            thread = threading.Thread(target=self._serve, args=(number,), daemon=True)
            self._threads.append(thread)
            thread.start()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the processes, also those that work."""
        self._ended = True
        for _ in self._threads:
            self._waiting.put(None)
        with self._lock:
            for talking in tuple(self._talking):
                talking.end()
        if wait:
            for thread in self._threads:
                thread.join()

    def _serve(self, number: int) -> None:
        """One process after the other, as long as there is work."""
        talking: process.Talking | None = None
        while (item := self._waiting.get()) is not None:
            future, plain = item
            if self._ended or not future.set_running_or_notify_cancel():
                continue
            try:
                talking = talking or self._begin(number)
                future.set_result(parse_json(talking.ask(json.dumps(plain))))
            except Exception as error:  # whoever waits for the answer must get one
                self._forget(talking)
                talking = None
                future.set_exception(LostError(_reason(error)))
        self._forget(talking)

    def _begin(self, number: int) -> process.Talking:
        command = [sys.executable, "-m", WORKER]
        environment = {"PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)}
        talking = process.Talking(command, self._logs / f"worker-{number}.log", environment)
        with self._lock:
            self._talking.add(talking)
        return talking

    def _forget(self, talking: process.Talking | None) -> None:
        if talking is None:
            return
        with self._lock:
            self._talking.discard(talking)
        talking.close()


def _reason(error: Exception) -> str:
    """Why there is no answer; of an error that is not ours, of which kind it is."""
    return str(error) if isinstance(error, ToolError | ValueError) else f"{type(error).__name__}: {error}"


class LostError(Exception):
    """A process ended without an answer."""


class LocalPool:
    """Processes of this machine."""

    name = "--jobs"

    def __init__(self, jobs: int, logs: Path) -> None:
        self.jobs = jobs
        self.executor = LocalProcesses(jobs, logs)

    def at_a_time(self) -> int:
        """As many as were asked for."""
        return self.jobs

    def submit(self, plain: Mapping[str, Any]) -> Future[dict[str, Any]]:
        """Have a process do a job."""
        return self.executor.submit(work, plain)

    def check(self) -> None:
        """A process that is lost is replaced."""

    def close(self) -> None:
        """End them all."""
        self.executor.shutdown(wait=True)
