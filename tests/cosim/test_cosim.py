"""Co-simulation of a hand-written core: it agrees with golden, and every kind of fault is found and named."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import tiny
from needs import need

from asn2fpga.errors import CheckError, MismatchError
from asn2fpga.golden.simulate import simulate
from asn2fpga.graph.trace import Trace
from asn2fpga.verify.cocotb_run import Simulator
from asn2fpga.verify.cosim import WARM_UP, run_cocotb, run_fast
from asn2fpga.verify.result import CosimResult


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One work folder for all tests: the programs are built once, faults are memory contents."""
    return tmp_path_factory.mktemp("cosim")


@pytest.fixture
def make(work: Path) -> Callable[[int], tiny.Tiny]:
    def make_with(faults: int) -> tiny.Tiny:
        directory = work / f"rtl{faults}"
        directory.mkdir(exist_ok=True)
        return tiny.make_tiny(directory, faults)

    return make_with


def traced(network: tiny.Tiny, vectors: int) -> tuple[np.ndarray, Trace]:
    x = network.inputs(vectors)
    return x, simulate(network.graph, x)


def spikes(trace: Trace) -> int:
    return sum(int(np.count_nonzero(counts)) for counts in trace.counts.values())


def fast(network: tiny.Tiny, work: Path, vectors: int, **options: object) -> CosimResult:
    x, trace = traced(network, vectors)
    return run_fast(network.design, network.graph, x, trace, work, **options)  # type: ignore[arg-type]


def test_fast_simulation_agrees_with_golden(work: Path, make: Callable[[int], tiny.Tiny]) -> None:
    network = make(0)
    x, trace = traced(network, 300)
    result = run_fast(network.design, network.graph, x, trace, work)
    first = simulate(network.graph, x[:100])
    assert (result.vectors, result.mismatches) == (300, 0)
    again = simulate(network.graph, x[:WARM_UP])
    assert result.spikes_compared == 2 * spikes(trace) + spikes(first) + spikes(again)
    assert len(result.latencies) == 100
    assert result.interval_cycles is not None and result.interval_cycles < result.latencies.mean()
    encode, fc1 = result.layer_work["encode"], result.layer_work["fc1"]
    assert encode.process == "encode_encode"
    assert encode.cycles == 14.0  # 10 pixels, 3 words, one end: this core has no shortcuts
    events = np.count_nonzero(first.counts["encode"]) / 100
    assert fc1.process == "fc1_integrate_fire"
    integrating = 4 * events + 1 + 6  # 3 groups and a read an event
    assert integrating <= fc1.cycles <= 1.05 * integrating  # in some inferences compress takes longer
    total = result.latencies.mean()
    assert sum(result.alone.values()) == pytest.approx(total) and result.alone["fc1"] > 0
    assert list(result.alone) == ["encode", "fc1", "fc2"]
    told = {mode: (work / f"fast-{mode}-run" / "progress").stat().st_size for mode in ("stall", "isolated")}
    assert told == {"stall": 300, "isolated": 100}  # for who watches
    for part in result.layer_work.values():
        assert part.cycles + part.waits_for_input + part.waits_for_room == pytest.approx(total, rel=0.05)


def test_programs_are_built_once(work: Path, make: Callable[[int], tiny.Tiny]) -> None:
    network = make(0)
    fast(network, work, 2)
    assert fast(network, work, 2).build_seconds == 0.0


def test_other_seeds_stall_otherwise_with_the_same_outcome(
    work: Path, make: Callable[[int], tiny.Tiny]
) -> None:
    cycles = {fast(make(0), work, 50, seed=seed).simulated_cycles for seed in (1, 2, 3)}
    assert len(cycles) > 1


def test_a_single_vector_follows_itself(work: Path, make: Callable[[int], tiny.Tiny]) -> None:
    result = fast(make(0), work, 1)
    assert result.interval_cycles is not None and 0 < result.interval_cycles <= result.latencies[0]


@pytest.mark.parametrize("simulator", ["verilator", "icarus"])
def test_cocotb_agrees_with_golden(work: Path, make: Callable[[int], tiny.Tiny], simulator: str) -> None:
    if simulator == "icarus":
        need("iverilog")
    network = make(0)
    x, trace = traced(network, 100)
    result = run_cocotb(
        network.design,
        network.graph,
        x,
        trace,
        work,
        simulator=simulator,  # type: ignore[arg-type]
    )
    isolated = run_fast(network.design, network.graph, x[:10], simulate(network.graph, x[:10]), work)
    assert result.simulator == f"cocotb, {simulator}"
    assert result.spikes_compared == spikes(trace)
    assert result.latencies.tolist() == isolated.latencies.tolist()


WRONG = (
    r"^layer fc1, vector (\d+), time step 1, neuron 3: expected \d, got \d; "
    r"rerun with: asn2fpga verify BUILD --vector \1 --layer fc1$"
)


def test_a_wrong_count_is_named(work: Path, make: Callable[[int], tiny.Tiny]) -> None:
    with pytest.raises(MismatchError, match=WRONG):
        fast(make(tiny.WRONG_COUNT), work, 20)


def test_a_wrong_count_is_named_by_cocotb_too(work: Path, make: Callable[[int], tiny.Tiny]) -> None:
    network = make(tiny.WRONG_COUNT)
    x, trace = traced(network, 20)
    with pytest.raises(MismatchError, match=WRONG):
        run_cocotb(network.design, network.graph, x, trace, work)


def test_vectors_are_counted_from_the_first_one_given(work: Path, make: Callable[[int], tiny.Tiny]) -> None:
    with pytest.raises(MismatchError, match=r"^layer fc1, vector (70[0-9]|71[0-9]), .* asn2fpga verify OUT "):
        fast(make(tiny.WRONG_COUNT), work, 20, first_vector=700, build="OUT")


def test_only_the_layer_asked_for_is_compared(work: Path, make: Callable[[int], tiny.Tiny]) -> None:
    assert fast(make(tiny.WRONG_COUNT), work, 20, layer="encode").mismatches == 0


def test_missing_tlast_is_found(work: Path, make: Callable[[int], tiny.Tiny]) -> None:
    message = (
        "fc2, vector 0: TLAST must be on word 2 of the output message only, not on none; "
        "a DMA transfer would not end."
    )
    with pytest.raises(CheckError, match=f"^{re.escape(message)}$"):
        fast(make(tiny.NO_LAST), work, 5)


def test_a_deadlock_names_the_streams_that_wait(work: Path, make: Callable[[int], tiny.Tiny]) -> None:
    message = (
        r"^cosim: the RTL answered 3 of 8 inferences \(cycle \d+\); "
        r"nothing moved for 2\d,\d+ cycles; words wait on: fc1_events; "
        r"consumers wait on: s_axis, m_axis, encode_words, encode_events, fc1_counts, fc2_scores\.$"
    )
    with pytest.raises(CheckError, match=message):
        fast(make(tiny.HANG), work, 8)


@pytest.mark.parametrize("simulator", ["verilator", "icarus"])
def test_a_deadlock_under_cocotb_too(
    work: Path, make: Callable[[int], tiny.Tiny], simulator: Simulator
) -> None:
    if simulator == "icarus":
        need("iverilog")
    network = make(tiny.HANG)
    x, trace = traced(network, 40)
    message = (
        r"^cosim: the RTL answered 3 of 40 inferences; nothing moved for 2\d,\d+ cycles; "
        r"words wait on: fc1_events; "
    )
    with pytest.raises(CheckError, match=message):
        run_cocotb(network.design, network.graph, x, trace, work, simulator=simulator)


ENDLESS = (
    r"^cosim: the RTL answered 0 of 8 inferences( \(cycle \d+\))?; "
    r"words move, but the next answer did not come within 2\d,\d+ cycles; words wait on: "
)


def test_words_that_move_for_ever_without_an_answer_are_no_progress(
    work: Path, make: Callable[[int], tiny.Tiny]
) -> None:
    with pytest.raises(CheckError, match=ENDLESS):
        fast(make(tiny.ENDLESS), work, 8)


@pytest.mark.parametrize("simulator", ["verilator", "icarus"])
def test_nor_are_they_under_cocotb(
    work: Path, make: Callable[[int], tiny.Tiny], simulator: Simulator
) -> None:
    if simulator == "icarus":
        need("iverilog")
    network = make(tiny.ENDLESS)
    x, trace = traced(network, 8)
    with pytest.raises(CheckError, match=ENDLESS):
        run_cocotb(network.design, network.graph, x, trace, work, simulator=simulator)


def test_a_word_that_changes_while_it_waits_is_found(work: Path, make: Callable[[int], tiny.Tiny]) -> None:
    message = r"^m_axis: word must stay valid and unchanged until it is taken, not change \d+ times\.$"
    with pytest.raises(CheckError, match=message):
        fast(make(tiny.UNSTABLE), work, 50)
