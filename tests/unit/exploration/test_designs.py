"""Which designs no other one is better than, and what is said where none is possible."""

from __future__ import annotations

import dataclasses

from exploring import AVAILABLE, FIGURES, design, figures, judge

from asn2fpga.config import Config
from asn2fpga.exploration.design_figures import DesignFigures
from asn2fpga.exploration.designs import design_plain, key_of, missed_limits, reason_of, why_nothing


def test_the_front_holds_what_nothing_is_better_than() -> None:
    fast, small = design(0, figures(latency_cycles=100.0)), design(1, figures(lut=100.0))
    worse = design(2, figures(latency_cycles=150.0, lut=600.0))
    same = design(3, figures(latency_cycles=100.0))
    failed = design(4, None, reason="it does not fit")
    assert judge().front([small, worse, same, fast, failed]) == [same, small]


def test_accuracy_is_to_be_large() -> None:
    low, high = design(0), design(1, figures(accuracy=0.95, lut=600.0))
    assert judge("lut,accuracy").front([low, high]) == [low, high]
    assert judge("accuracy").front([low, high]) == [high]


def test_the_best_is_near_to_the_best_of_everything() -> None:
    designs = [
        design(number, figures(latency_cycles=latency, lut=lut))
        for number, (latency, lut) in enumerate([(100.0, 900.0), (130.0, 300.0), (900.0, 100.0)])
    ]
    assert judge().best(judge().front(designs)) is designs[1]
    assert judge().nearest(designs) == [designs[1], designs[0], designs[2]]
    measured = design(2, designs[2].predicted, measured=designs[2].predicted)
    assert judge().best([*designs[:2], measured]) is measured
    assert judge().best([]) is None and judge().best(designs[:1]) is designs[0]


def test_what_was_measured_corrects_what_was_predicted_at_the_same_clock() -> None:
    measured = design(0, measured=figures(latency_cycles=300.0, lut=550.0, energy_uj=0.75))
    others = [design(1), design(2, figures(clock_mhz=200.0))]
    taught = judge().taught([measured, *others])
    same, other = taught.known(others[0]), taught.known(others[1])
    assert same is not None and other is not None
    assert (same.latency_cycles, same.lut, same.dsp, same.energy_uj) == (300.0, 550.0, 2.0, 0.75)
    assert other == others[1].predicted
    assert taught.known(measured) == measured.measured


def test_accuracies_are_those_of_the_same_samples() -> None:
    """A build's are of all its data."""
    built = design(0, measured=figures(accuracy=0.99, agreement=1.0, lut=400.0))
    assert judge().known(built) == figures(lut=400.0)


def test_a_design_that_does_not_keep_its_clock_is_not_possible() -> None:
    slow = design(0, measured=figures(path_ns=12.5))
    assert not judge().is_possible(slow) and judge().front([slow]) == []
    assert reason_of(slow, judge()) == "its slowest path takes 12.50 ns, and its clock 10.00 ns"
    assert judge().is_possible(design(0, measured=figures(path_ns=9.9)))


def test_designs_with_a_problem_or_beyond_a_limit_are_not_possible() -> None:
    assert not judge().is_possible(design(0, figures(problem="fc1: the network must fit")))
    limited = judge(limits="lut=0.4")
    assert not limited.is_possible(design(0)) and limited.is_possible(design(0, figures(lut=400.0)))
    assert reason_of(design(0), limited) == "misses lut=0.4"


def test_a_limit_that_no_design_meets_says_by_how_much() -> None:
    designs = [design(0), design(1, figures(lut=450.0)), design(2, None, reason="no")]
    assert missed_limits(judge(limits="lut=0.4"), designs) == (
        "no design of 3 keeps to lut=0.4 (40.00 % of the board): the nearest, trial 1, has 45.00 % of the "
        "board, 12.5 % too much"
    )
    assert missed_limits(judge(limits="lut=0.01"), designs).endswith(
        ", has 45.00 % of the board, 4,400.0 % too much"
    )
    assert missed_limits(judge(limits="accuracy=0.99"), designs).endswith(" % too little")
    assert missed_limits(judge(limits="lut=0.45"), designs) == ""
    assert missed_limits(judge(), designs) == ""


def test_a_network_that_no_design_of_fits() -> None:
    designs = [
        design(0, figures(problem="fc1: the network must fit 9 LUT.")),
        design(1, None, reason="too large"),
    ]
    assert why_nothing(judge(), designs) == (
        "no design of 2 is possible; trial 0: fc1: the network must fit 9 LUT"
    )
    assert why_nothing(judge(limits="lut=0.4"), designs).startswith(
        "--limit: no design of 2 keeps to lut=0.4 "
    )
    assert why_nothing(judge(), [*designs, design(2)]) == "" == why_nothing(judge(), [])


def test_limits_that_no_design_meets_at_once() -> None:
    designs = [design(0, figures(latency_cycles=100.0)), design(1, figures(lut=300.0, latency_cycles=220.0))]
    assert missed_limits(judge(limits="lut=0.4,latency=2"), designs) == (
        "no design of 2 keeps to all limits at once; the nearest misses latency=2 (2 us): the nearest, "
        "trial 1, has 2.2 us, 10.0 % too much"
    )


def test_figures_and_designs_as_plain_values() -> None:
    assert DesignFigures.from_plain(FIGURES.to_plain()) == FIGURES
    one = design(3, is_default=True)
    plain = design_plain(one, judge(), [one], one)
    assert plain["config"] == dataclasses.asdict(one.config) and plain["predicted"]["latency_us"] == 2.0
    assert (plain["default"], plain["front"], plain["best"], plain["possible"]) == (True,) * 4
    assert plain["measured"] is None and plain["reason"] == ""


def test_equal_configurations_have_one_key() -> None:
    assert key_of(Config()) == key_of(Config()) != key_of(Config(seed=2))
    assert AVAILABLE.lut == 1000
