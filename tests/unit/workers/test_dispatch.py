"""Jobs to workers and back: lost ones again, refusals at once, and no more than is wanted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from worker_tasks import DOUBLE, END, END_ONCE, REFUSE

from asn2fpga.errors import InputError, StoppedError
from asn2fpga.workers.dispatch import dispatch
from asn2fpga.workers.pool import ExecutorPool
from asn2fpga.workers.work import Job, Outcome, work


class Scripted:
    """A pool whose first answers are given errors; `sent`: how many jobs it got."""

    name = "scripted"

    def __init__(self, *errors: BaseException, plain: Mapping[str, Any] | None = None) -> None:
        self.errors, self.plain, self.sent, self.checked = list(errors), plain or {}, 0, 0

    def at_a_time(self) -> int:
        return 2

    def submit(self, plain: Mapping[str, Any]) -> Future[dict[str, Any]]:
        self.sent += 1
        future: Future[dict[str, Any]] = Future()
        if self.errors:
            future.set_exception(self.errors.pop(0))
        else:
            future.set_result(work({**plain, **self.plain}))
        return future

    def check(self) -> None:
        self.checked += 1

    def close(self) -> None:
        pass


def numbers(count: int) -> Iterator[Job]:
    return (Job(str(number), DOUBLE, {"number": number}) for number in range(count))


def collect(pool: Any, jobs: Iterator[Job]) -> dict[str, Outcome]:
    found: dict[str, Outcome] = {}
    dispatch(pool, jobs, lambda job, outcome: found.update({job.name: outcome}))
    return found


def test_all_jobs_are_done() -> None:
    with ThreadPoolExecutor(3) as executor:
        pool = ExecutorPool(executor, 1)
        assert pool.at_a_time() == 3
        found = collect(pool, numbers(20))
    assert {name: outcome.value for name, outcome in found.items()} == {str(n): 2 * n for n in range(20)}


def test_jobs_are_asked_for_when_there_is_room() -> None:
    asked: list[int] = []

    def jobs() -> Iterator[Job]:
        for number in range(10):
            asked.append(number)
            yield Job(str(number), DOUBLE, {"number": number})

    dispatch(Scripted(), jobs(), lambda job, outcome: job.name == "1")
    assert len(asked) < 6  # ended by what `done` says


def test_a_lost_job_is_sent_again() -> None:
    pool = Scripted(ConnectionResetError("gone"), OSError("gone"))
    assert collect(pool, numbers(1))["0"].value == 0
    assert pool.sent == 3 and pool.checked >= 3


def test_a_job_that_loses_three_workers_is_given_up() -> None:
    pool = Scripted(*(ConnectionResetError("gone") for _ in range(3)))
    outcome = collect(pool, numbers(1))["0"]
    assert outcome == Outcome(
        reason="its worker was lost 3 times (ConnectionResetError: gone)", kind="lost", lost=True
    )


def test_a_job_whose_program_was_ended_from_outside_is_sent_again(tmp_path: Path) -> None:
    pool = Scripted()
    given = {"mark": str(tmp_path / "mark"), "number": 7}
    assert collect(pool, iter([Job("a", END_ONCE, given)]))["a"].value == 7 and pool.sent == 2


def test_a_job_whose_program_is_always_ended_is_given_up() -> None:
    pool = Scripted()
    outcome = collect(pool, iter([Job("a", END, {})]))["a"]
    reason = "its worker was lost 3 times (g++: it was ended from outside (SIGTERM))"
    assert outcome == Outcome(reason=reason, kind="lost", lost=True) and pool.sent == 3


def test_the_reason_of_a_job_is_handed_on() -> None:
    outcome = collect(Scripted(), iter([Job("a", REFUSE, {})]))["a"]
    assert (outcome.kind, outcome.reason) == ("DoesNotFitError", "fc1: the network must fit, not this.")


def test_a_worker_of_another_version_ends_it() -> None:
    message = (
        r"^scripted: the worker .+, process \d+ must have asn2fpga 0\.0\.9, as this side has, not "
        r"0\.1\.0 \(source [0-9a-f]{12}\)\.$"
    )
    with pytest.raises(InputError, match=message):
        collect(Scripted(plain={"version": "0.0.9"}), numbers(1))


def test_workers_without_this_asn2fpga_end_it() -> None:
    pool = Scripted(ModuleNotFoundError("No module named 'asn2fpga'"))
    message = (
        "scripted: every worker must have this asn2fpga, not another one or none "
        "(ModuleNotFoundError: No module named 'asn2fpga')."
    )
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        collect(pool, numbers(1))


LOG = """Job (task=0) failed during processing with trace:
----------------------
Traceback (most recent call last):
  File "work.py", line 1, in <module>
    raise ImportantError: is only quoted here
cloudpickle.Pickling.SomeError: it cannot be read

----------------------
You can check full logs with 'job.stderr(0)' and 'job.stdout(0)'"""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            LOG,
            "Job (task=0) failed during processing with trace: cloudpickle.Pickling.SomeError: it cannot be "
            "read",
        ),
        (
            "Job 7 (task: 0) with path /jobs/7\nhas not produced any output (state: TIMEOUT)\n"
            "Error stream produced:\n------\nslurmstepd: killed\n",
            "Job 7 (task: 0) with path /jobs/7 has not produced any output (state: TIMEOUT)",
        ),
        ("gone", "gone"),
    ],
)
def test_a_log_in_what_an_executor_says_becomes_one_line(text: str, told: str) -> None:
    pool = Scripted(*(RuntimeError(text) for _ in range(3)))
    outcome = collect(pool, numbers(1))["0"]
    assert outcome.reason == f"its worker was lost 3 times (RuntimeError: {told})"


def test_a_worker_that_does_not_know_the_task_ends_it() -> None:
    message = (
        r"^scripted: the worker .+, process \d+ must know no_such_tasks:double, not 'ModuleNotFoundError: No "
        r"module named 'no_such_tasks''\.$"
    )
    with pytest.raises(InputError, match=message):
        collect(Scripted(), iter([Job("a", "no_such_tasks:double", {})]))
    with pytest.raises(InputError, match=r"must know worker_tasks:triple, not 'AttributeError: module "):
        collect(Scripted(), iter([Job("a", "worker_tasks:triple", {})]))


def test_an_executor_that_takes_nothing_ends_it() -> None:
    executor = ThreadPoolExecutor(1)
    executor.shutdown()
    message = (
        "executor: it takes no more work (RuntimeError: cannot schedule new futures after shutdown); what is "
        "done is kept; run the same again to continue."
    )
    with pytest.raises(StoppedError, match=f"^{re.escape(message)}$"):
        collect(ExecutorPool(executor, 1), numbers(1))


def test_an_executor_that_refuses_in_several_lines_is_told_in_one() -> None:
    class Refusing(Scripted):
        def submit(self, plain: Mapping[str, Any]) -> Future[dict[str, Any]]:
            raise RuntimeError("sbatch: error: invalid partition: moon\nsbatch: error: submission failed")

    message = r"\(RuntimeError: sbatch: error: invalid partition: moon sbatch: error: submission failed\);"
    with pytest.raises(StoppedError, match=message):
        collect(Refusing(), numbers(1))


def test_cancelled_work_is_lost_work() -> None:
    class Cancelling(Scripted):
        def submit(self, plain: Mapping[str, Any]) -> Future[dict[str, Any]]:
            future = super().submit(plain)
            if self.sent < 3:
                future = Future()
                future.cancel()
                future.set_running_or_notify_cancel()
            return future

    pool = Cancelling()
    assert collect(pool, numbers(1))["0"].value == 0 and pool.sent == 3
