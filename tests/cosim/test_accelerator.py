"""The accelerator around generated cores: scores, registers and counters are golden's; lint; area."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import numpy as np
import pytest
import tiny
from accelerators import Accelerator, make_accelerator, wrap
from dense_graphs import dense_graph
from needs import need
from strategies import small_integer_graph

from asn2fpga.board.accelerator_check import check_answered
from asn2fpga.errors import CheckError
from asn2fpga.passes.time_limits import TimeLimits
from asn2fpga.synthesis.area import synthesise
from asn2fpga.verify.lint import lint


@pytest.fixture(scope="session")
def events(tmp_path_factory: pytest.TempPathFactory) -> Accelerator:
    """A network of events, three time steps."""
    graph = small_integer_graph(8, (20, 12, 5), encoding="events", time_steps=3)
    return make_accelerator(graph, tmp_path_factory.mktemp("events"))


def test_events_and_their_counters_are_golden(events: Accelerator) -> None:
    result = events.check()
    assert result.vectors == 12
    assert 20 < result.inference_cycles < 1000


def test_a_wrong_score_is_named(events: Accelerator) -> None:
    scores = np.array(events.trace.scores)
    scores[7, 2] += 1
    wanted, got = scores[7:8].tolist(), events.trace.scores[7:8].tolist()
    message = f"accelerator, fc2, vector 7: scores must be {wanted}, not {got}."
    with pytest.raises(CheckError, match=f"^{re.escape(message)}$"):
        events.check(dataclasses.replace(events.trace, scores=scores))


def test_a_wrong_counter_is_named(events: Accelerator) -> None:
    counts = dict(events.trace.counts)
    counts["fc1"] = np.zeros_like(counts["fc1"])
    sent = int(np.count_nonzero(events.trace.counts["fc1"]))
    message = f"accelerator, registers, after all inferences: EVENTS_OUT of layer 1 must be 0, not {sent}."
    with pytest.raises(CheckError, match=f"^{re.escape(message)}$"):
        events.check(dataclasses.replace(events.trace, counts=counts))


def test_a_wrong_constant_is_named(events: Accelerator) -> None:
    other = dataclasses.replace(events, context=dataclasses.replace(events.context, clock_khz=1))
    message = "accelerator, registers, after all inferences: CLOCK_KHZ must be 1, not 100000."
    with pytest.raises(CheckError, match=f"^{re.escape(message)}$"):
        other.check()


def test_the_accelerator_gives_no_warning(events: Accelerator, tmp_path: Path) -> None:
    need("iverilog")
    assert lint(events.design, tmp_path, tmp_path).passed == ("verilator", "icarus", "yosys", "slang")


def test_the_wrapper_is_small(events: Accelerator, tmp_path: Path) -> None:
    result = synthesise(events.design, "xc7", tmp_path / "synth", tmp_path / "synth.log")
    (wrapper,) = [area for name, area in result.modules.items() if name.endswith("asn_wrapper")]
    assert wrapper.lut < 1000 and wrapper.ff < 1100
    assert (wrapper.bram36, wrapper.dsp) == (0, 0)


def test_an_accelerator_that_does_not_answer_is_told(events: Accelerator) -> None:
    """Its messages lack one end of step."""
    source = dataclasses.replace(events.graph.layers[0], time_steps=2)  # type: ignore[call-arg]
    graph = dataclasses.replace(events.graph, layers=(source, *events.graph.layers[1:]))
    short = dataclasses.replace(events, graph=graph, x=events.x[:, :2])
    message = (
        r"^accelerator: 0 of 12 inferences were answered; nothing moved for 2\d,\d+ cycles; "
        r"core: .*draining.*; events in and out: receive \d+ and \d+, fc1 \d+ and \d+, fc2 \d+ and 0\.$"
    )
    with pytest.raises(CheckError, match=message):
        short.check()


def test_an_accelerator_that_stops_in_the_middle_is_told(tmp_path: Path) -> None:
    network = tiny.make_tiny(tmp_path, tiny.HANG)
    x = network.inputs(8)
    with pytest.raises(
        CheckError,
        match=r"^accelerator: 3 of 8 inferences were answered; "
        r"nothing moved for 2\d,\d+ cycles; core: busy.*; events in and out: encode .*\.$",
    ):
        wrap(network.graph, network.design, x, tmp_path).check()


LIMITS = TimeLimits(quiet_cycles=20_000, answer_cycles=4_000_000)


@pytest.mark.parametrize(
    ("given_up", "why"),
    [
        ("quiet", "nothing moved for 20,000 cycles"),
        ("late", "events move, but an inference took more than 4,000,000 cycles"),
    ],
)
def test_it_is_told_how_far_an_accelerator_came(given_up: str, why: str) -> None:
    row = {"EVENTS_IN": 3, "EVENTS_OUT": 2, "STALL_CYCLES": 9}
    seen = {"given_up": given_up, "registers": {"INFERENCES_LOW": 1, "STATUS": 3, "layers": [row, row]}}
    message = (
        f"accelerator: 1 of 4 inferences were answered; {why}; core: busy, input waiting; "
        "events in and out: source 3 and 2, fc1 3 and 2."
    )
    with pytest.raises(CheckError, match=f"^{re.escape(message)}$"):
        check_answered(seen, dense_graph(4, 2), 4, LIMITS)


def test_registers_that_do_not_answer_are_told() -> None:
    with pytest.raises(CheckError, match=r"^accelerator: its registers stopped answering\.$"):
        check_answered({"given_up": "bus"}, dense_graph(4, 2), 4, LIMITS)
