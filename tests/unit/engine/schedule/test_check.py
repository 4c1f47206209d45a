"""The checker of schedules notices every rule that a scheduler breaks, here on purpose."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from asn2fpga.engine.ir.parse import parse_process
from asn2fpga.engine.ir.printed import format_op
from asn2fpga.engine.ir.process import Process
from asn2fpga.engine.schedule import scheduler
from asn2fpga.engine.schedule.check import RULES, Solution, check_schedule, questions_keep_their_order
from asn2fpga.engine.schedule.checking import Checker
from asn2fpga.engine.schedule.constraints import Gap, OnePort
from asn2fpga.engine.schedule.placement import Placement
from asn2fpga.engine.schedule.problem import Schedule
from asn2fpga.engine.schedule.scheduler import schedule_region
from asn2fpga.engine.target.delays import delay_model
from asn2fpga.errors import InternalError

DELAYS = delay_model("xc7z020clg400-1", 5.0)
REPORT = ". This is a mistake of the engine; please report it with the C++."
LOOP = parse_process(
    """process p
  stream in in u16 last=0
  stream out out u16 last=0
  ram sums 2048 x u16
  ram other 2048 x u16 read_ports=2
  %0: u16 = constant 1000
  loop work interval=1
    %1: u16 = phi  ; last
    %2: u16 = read @in
    %3: u11 = slice 0 %2
    %4: u16 = load @sums %3
    %5: u16 = add %4 %2
    %6: u16 = store @sums %3 %5
    %7: u16 = load @other %3
    %8: u16 = mul 0 %7 %1
    %9: u16 = add %8 %5
    %10: u16 = write @out %9
    %11: u1 = ult %9 %0
    %12: u16 = write @out %1 if %11
    %13: u16 = store @other %3 %9
    back %1 <- %9
    exit if %11 to work %1 <- %0
"""
)


ASKING = parse_process(
    """process p
  stream in in u16 last=0
  stream out out u16 last=0
  %0: u1 = constant 0
  loop work interval=1
    %1: u1 = available @in
    %2: u16 = read @in if %1
    %3: u16 = write @out %2 if %1
    exit if %0 to work
"""
)


def solved() -> Schedule:
    return schedule_region(LOOP, LOOP.regions[0], DELAYS)


def moved(number: int, stage: int, field: str = "stage") -> Schedule:
    """The schedule with one operation elsewhere."""
    schedule = solved()
    changed = {**getattr(schedule, field), number: getattr(schedule, field)[number] + stage}
    return replace(schedule, **{field: changed})


def check(schedule: Schedule, process: Process = LOOP) -> None:
    check_schedule(process, process.regions[0], schedule, DELAYS)


def test_the_schedulers_own_solution_is_right() -> None:
    check(solved())


def test_the_message_says_where() -> None:
    schedule = solved()
    message = (
        f"after scheduling: process p, loop work at interval {schedule.interval}: "
        "%8: u16 = mul 0 %7 %1: %7 comes in stage 99" + REPORT
    )
    late = replace(schedule, available={**schedule.available, 7: 99}, length=100)
    with pytest.raises(InternalError, match=f"^{re.escape(message)}$"):
        check(late)


WRONG: dict[str, tuple[Callable[[], Schedule], str]] = {
    "all_are_placed": (
        lambda: replace(solved(), time={k: v for k, v in solved().time.items() if k != 9}),
        "%9: u16 = add %8 %5: it is not placed",
    ),
    "arguments_are_there": (lambda: moved(6, -99), "%6: u16 = store @sums %3 %5: %5 comes in stage"),
    "latencies_are_kept": (
        lambda: moved(4, -1, "available"),
        "%4: u16 = load @sums %3: its value takes 1 cycle(s)",
    ),
    "chains_take_their_time": (
        lambda: replace(solved(), time=dict.fromkeys(solved().time, DELAYS.start())),
        "its value cannot be there after 0.900 ns",
    ),
    "stages_fit_the_clock": (
        lambda: replace(solved(), stage=at_once(), available=at_once(), time=chained()),
        "ns are more than 4.000",
    ),
    "streams_keep_their_order": (
        lambda: moved(12, -9),
        "%12: u16 = write @out %1 if %11: it must come after %10: u16 = write @out %9",
    ),
    "questions_keep_their_order": (
        lambda: asked(3, 0),
        "%3: u16 = write @out %2 if %1: it must come after %1: u1 = available @in",
    ),
    "memories_keep_their_order": (
        lambda: moved(6, 99),
        "%4: u16 = load @sums %3: 1 iteration(s) later it must come after %6: u16 = store @sums %3 %5",
    ),
    "ports_serve_one_at_a_time": (
        lambda: replace(solved(), interval=1),
        "the write port of sums serves",
    ),
    "exits_are_known_in_time": (
        lambda: replace(solved(), exit_stage=0),
        "%11, on which an exit depends, is known in stage",
    ),
    "variables_come_round": (lambda: replace(solved(), interval=2), "%1: u16 = phi: %9 is there in stage"),
}


def asked(number: int, stage: int) -> Schedule:
    """The schedule of a loop that asks before it reads, with one operation elsewhere."""
    schedule = schedule_region(ASKING, ASKING.regions[0], DELAYS)
    assert not list(questions_keep_their_order(Solution(ASKING, ASKING.regions[0], schedule, DELAYS)))
    return replace(schedule, stage={**schedule.stage, number: stage})


def test_a_read_late_after_its_question_is_noticed() -> None:
    found = questions_keep_their_order(Solution(ASKING, ASKING.regions[0], asked(2, 1), DELAYS))
    assert list(found) == [
        "%1: u1 = available @in: the next iteration would ask before %2: u16 = read @in if %1"
    ]


def at_once() -> dict[int, int]:
    return dict.fromkeys(solved().stage, 0)


def chained() -> dict[int, float]:
    """Times of a schedule that puts everything into one stage."""
    return {number: 0.6 + place for place, number in enumerate(sorted(solved().stage))}


@pytest.mark.parametrize("rule", WRONG)
def test_wrong_schedules_are_noticed(rule: str) -> None:
    make, complaint = WRONG[rule]
    others = {"ports_serve_one_at_a_time": two_stores(), "questions_keep_their_order": ASKING}
    process = others.get(rule, LOOP)
    schedule = make()
    if rule == "ports_serve_one_at_a_time":
        schedule.stage[14] = schedule.stage[6] + 1
    found = complaints(rule, schedule, process)
    assert any(complaint in each for each in found), found


def complaints(rule: str, schedule: Schedule, process: Process = LOOP) -> list[str]:
    """What one rule finds wrong with a schedule of a process of one loop."""
    by_name = {each.__name__: each for each in RULES}
    return list(by_name[rule](Solution(process, process.regions[0], schedule, DELAYS)))


def test_a_stored_word_is_seen_a_cycle_later() -> None:
    """The load of the next iteration may come one cycle after the store, and no sooner."""
    schedule = solved()
    last = schedule.stage[4] + schedule.interval - 1
    for stage, wrong in ((last, 0), (last + 1, 1)):
        later = replace(schedule, stage={**schedule.stage, 6: stage})
        found = [line for line in complaints("memories_keep_their_order", later) if "%4: u16 = load" in line]
        assert len(found) == wrong


def test_a_variable_comes_in_the_last_cycle_before_its_next_use() -> None:
    schedule = solved()
    ready = max(schedule.exit_stage, schedule.available[9])
    needed = ready + 1 - schedule.stage[1]
    assert [
        len(complaints("variables_come_round", replace(schedule, interval=interval)))
        for interval in (needed, needed - 1)
    ] == [0, 1]


SUM = parse_process(
    """process sum
  stream in in u32 last=0
  stream out out u32 last=0
  %0: u32 = constant 3
  loop work interval=1
    %1: u32 = read @in
    %2: u32 = add %1 %0
    %3: u32 = write @out %2
"""
)


def test_half_of_the_margin_is_granted_and_no_more() -> None:
    """The sum of a word that was read takes until 4.61 ns: in the same stage without a margin only."""
    hurried, reckless = (
        schedule_region(SUM, SUM.regions[0], replace(DELAYS, margin=margin)) for margin in (0.1, 0.0)
    )
    check(hurried, SUM)
    message = (
        "after scheduling: process sum, loop work at interval 1: "
        "%2: u32 = add %1 %0: 4.610 ns are more than 4.500" + REPORT
    )
    with pytest.raises(InternalError, match=f"^{re.escape(message)}$"):
        check(reckless, SUM)


GATED = parse_process(
    """process gated
  stream in in u16 last=0
  stream out out u16 last=0
  loop work interval=1
    %1: u16 = read @in
    %2: u1 = slice 0 %1
    %3: u1 = slice 1 %1
    %4: u1 = and %2 %3
    %5: u16 = write @out %1 if %4
"""
)


@pytest.mark.parametrize(
    ("process", "predicate", "levels"),
    [(LOOP, 11, 0), (GATED, 4, 1)],
    ids=["after a comparison", "after a gate"],
)
def test_a_predicate_leaves_time_for_the_handshakes(process: Process, predicate: int, levels: int) -> None:
    """A gate may share its look-up table with the first one of the handshakes."""
    schedule = schedule_region(process, process.regions[0], DELAYS)
    (write,) = (op.id for op in process.ops.values() if op.predicate == predicate)
    latest = DELAYS.budget - DELAYS.figures.handshake + levels * DELAYS.figures.lut
    available = {**schedule.available, predicate: schedule.stage[write]}
    found = []
    for time in (latest, latest + 0.01):
        late = replace(schedule, available=available, time={**schedule.time, predicate: time})
        found.append(complaints("arguments_are_there", late, process))
    stage = schedule.stage[write]
    message = f"{format_op(process.ops[write])}: its predicate comes too late in stage {stage}"
    assert found == [[], [message]]


def two_stores() -> Process:
    """The loop with a second store to `sums`."""
    region = LOOP.regions[0]
    second = replace(LOOP.ops[6], id=14)
    return replace(LOOP, ops={**LOOP.ops, 14: second}, regions=(replace(region, ops=(*region.ops, 14)),))


def test_every_rule_is_broken_once() -> None:
    assert list(WRONG) == [rule.__name__ for rule in RULES]


def nothing(*_: object) -> int:
    return 0


def too_soon(placement: Placement, value: int, needed_ns: float) -> int:
    return placement.available[value]


BROKEN: dict[str, tuple[object, str, object]] = {
    "gaps between accesses": (Gap, "missing", nothing),
    "one access of a port at a time": (OnePort, "missing", nothing),
    "values of the last iteration": (Checker, "_broken_recurrence", lambda *_: None),
    "time for the handshakes": (Placement, "settled", too_soon),
    "exits before the next iteration": (scheduler, "exit_stage", nothing),
}
HISTOGRAM = """process histogram
  stream in in u11 last=0
  ram counts 2048 x u16
  %0: u16 = constant 1
  loop work interval=1
    %1: u11 = read @in
    %2: u16 = load @counts %1
    %3: u16 = add %2 %0
    %4: u16 = store @counts %1 %3
"""
TWO_READS = """process two_reads
  stream in in u22 last=0
  stream out out u16 last=0
  rom table 2048 x u16
  loop work interval=1
    %1: u22 = read @in
    %2: u11 = slice 0 %1
    %3: u11 = slice 11 %1
    %4: u16 = load @table %2
    %5: u16 = load @table %3
    %6: u16 = add %4 %5
    %7: u16 = write @out %6
"""
RECURRENCE = """process recurrence
  stream in in u16 last=0
  loop work interval=1
    %1: u16 = phi
    %2: u16 = read @in
    %3: u16 = mul 0 %1 %2
    %4: u16 = add %3 %2
    back %1 <- %4
"""
CONDITIONS = """process conditions
  stream in in u16 last=0
  stream out out u16 last=0
  %0: u16 = constant 3000
  loop work interval=1
    %1: u16 = read @in
    %2: u16 = add %1 %0
    %3: u1 = ult %2 %1
    %4: u16 = write @out %2 if %3
    exit if %3 to work
"""
SAMPLES = [parse_process(text) for text in (HISTOGRAM, TWO_READS, RECURRENCE, CONDITIONS)]


@pytest.mark.parametrize("process", SAMPLES, ids=lambda process: process.name)
def test_solutions_of_the_samples_are_right(process: Process) -> None:
    check(schedule_region(process, process.regions[0], DELAYS), process)


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_scheduler_is_noticed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    holder, attribute, instead = BROKEN[name]
    monkeypatch.setattr(holder, attribute, instead)
    noticed = 0
    for process in SAMPLES:
        schedule = schedule_region(process, process.regions[0], DELAYS)
        try:
            check(schedule, process)
        except InternalError:
            noticed += 1
    assert noticed > 0
