"""Workers of a Dask cluster, reached through its scheduler."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from typing import Any

from asn2fpga.errors import InputError, StoppedError
from asn2fpga.workers.extras import needed
from asn2fpga.workers.work import work

CONNECT_SECONDS = 10
NO_WORKER_SECONDS = 60.0


class DaskPool:
    """The workers behind a scheduler, as many as there are at the time; it sends lost work again itself."""

    def __init__(self, address: str, *, no_worker_seconds: float = NO_WORKER_SECONDS) -> None:
        self.name = f"--dask {address}"
        distributed = needed("distributed", "--dask")
        self._check_address(address)
        try:
            self.client = distributed.Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            raise InputError(
                f"{self.name}: the scheduler must be one that can be reached, not '{_first_line(error)}'; "
                "start one with `dask scheduler`, and `dask worker ADDRESS` on each machine."
            ) from error
        self.executor = self.client.get_executor(pure=False)
        self._patience = no_worker_seconds
        self._alone_since: float | None = None
        self._quiet = contextlib.ExitStack()
        self._quiet.enter_context(_quiet("distributed.client"))

    def _check_address(self, address: str) -> None:
        """A client of no address at all waits for 20 s, and complains of itself when it is deleted."""
        from distributed.comm.addressing import parse_address, parse_host_port
        from distributed.comm.registry import backends

        try:
            scheme, place = parse_address(address)
            known = scheme in backends and (scheme == "inproc" or parse_host_port(place) is not None)
        except ValueError:
            known = False
        if not known:
            raise InputError(
                f"{self.name}: the address must be that of a scheduler, as `dask scheduler` prints it "
                "(tcp://HOST:8786)."
            )

    def at_a_time(self) -> int:
        """As many as all workers have threads; one where there is no worker yet."""
        try:
            threads = int(sum(self.client.ncores().values()))
        except (OSError, TimeoutError, ValueError) as error:
            raise self._lost() from error
        self._alone_since = None if threads else self._alone_since or time.monotonic()
        return max(1, threads)

    def submit(self, plain: Mapping[str, Any]) -> Future[dict[str, Any]]:
        """Have a worker do a job."""
        future: Future[dict[str, Any]] = self.executor.submit(work, dict(plain))
        return future

    def check(self) -> None:
        """StoppedError if the scheduler is lost, or has had no worker for a minute."""
        if self.client.status != "running":
            raise self._lost()
        if self._alone_since is not None and time.monotonic() - self._alone_since > self._patience:
            raise StoppedError(
                f"{self.name}: the scheduler has had no worker for {self._patience:.0f} s; start some with "
                "`dask worker ADDRESS`; what is done is kept; run the same again to continue."
            )

    def close(self) -> None:
        """Leave the cluster; what is queued there is cancelled."""
        if self.client.status == "running":
            self.executor.shutdown(wait=False)
        self.client.close(timeout=2)
        self._quiet.close()

    def _lost(self) -> StoppedError:
        return StoppedError(
            f"{self.name}: the scheduler was lost; what is done is kept; run the same again to continue."
        )


@contextlib.contextmanager
def _quiet(name: str) -> Iterator[None]:
    """Let a logger say nothing: what it would say in many lines is told in one sentence."""
    logger = logging.getLogger(name)
    before = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(before)


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
