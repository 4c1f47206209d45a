"""When stages run: each as soon as those it needs are done, several at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from asn2fpga.stages.base import Stage


@dataclass(frozen=True)
class Failure:
    """What ended a build early, and the stages it hit."""

    stages: tuple[str, ...]
    error: BaseException


def run_stages(
    stages: Sequence[Stage], run: Callable[[Stage], None], jobs: int, stop: Callable[[], None]
) -> Failure | None:
    """Call `run` for every stage, at most `jobs` at a time; None when all are done.

    The first exception of one, or Ctrl-C, ends the build: no other stage is begun, `stop` is called to end
    what the running ones are waiting for, and they are waited for. Stages must stand after those they need;
    needs outside of `stages` count as done.
    """
    waiting, running = list(stages), dict[Future[None], Stage]()
    failure: Failure | None = None
    with ThreadPoolExecutor(max(1, jobs)) as pool:
        while running or (waiting and not failure):
            try:
                if not failure:
                    _begin(waiting, running, pool, run, jobs)
                done, _ = wait(running, return_when=FIRST_COMPLETED)
            except KeyboardInterrupt as error:
                failure = Failure(_names(running), error)
                stop()
                continue
            ended = [(running.pop(future), future.exception()) for future in done]
            for stage, problem in ended:
                if problem is not None and failure is None:
                    failure = Failure((stage.name,), problem)
                    stop()
    return failure


def _begin(
    waiting: list[Stage],
    running: dict[Future[None], Stage],
    pool: ThreadPoolExecutor,
    run: Callable[[Stage], None],
    jobs: int,
) -> None:
    """Move stages that can run from `waiting` to `running`."""
    for stage in tuple(waiting):
        open_needs = {other.name for other in (*waiting, *running.values())} & set(stage.needs)
        if len(running) < max(1, jobs) and not open_needs:
            waiting.remove(stage)
            running[pool.submit(run, stage)] = stage


def _names(running: dict[Future[None], Stage]) -> tuple[str, ...]:
    return tuple(stage.name for stage in running.values())
