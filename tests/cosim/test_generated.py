"""A generated network through every simulator: the same events, scores and cycles in all of them."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from made_rtl import make
from needs import need
from often import often
from strategies import random_inputs, small_integer_graph

from asn2fpga.device.resources import Resources
from asn2fpga.golden.simulate import simulate
from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.nodes import foldable_nodes
from asn2fpga.kinds.timing import BARE
from asn2fpga.passes.accounting import lower_bound_cycles, resource_work
from asn2fpga.passes.demand import demands
from asn2fpga.passes.estimate_resources import estimate
from asn2fpga.passes.fold_bursts import with_bursts
from asn2fpga.passes.fold_words import widest_words
from asn2fpga.passes.lanes import with_lanes
from asn2fpga.passes.place_products import place_products
from asn2fpga.passes.place_weights import place_weights
from asn2fpga.passes.predict_cycles import predict_latency
from asn2fpga.rtl import RtlDesign
from asn2fpga.synthesis.area import synthesise
from asn2fpga.verify.cosim import run_cocotb, run_fast
from asn2fpga.verify.result import CosimResult

PLENTY = Resources(lut=10**6, ff=10**6, bram36=10**4, dsp=10**4)


def test_all_simulators_agree_with_golden_and_with_each_other(tmp_path: Path) -> None:
    need("iverilog")
    graph = small_integer_graph(8, (20, 12, 5), time_steps=2, alpha=-1.0)
    graph = with_lanes(graph, {"fc1": 4, "fc2": 2})
    design = make(graph, tmp_path)
    x = random_inputs(graph, 60)
    trace = simulate(graph, x)
    fast = run_fast(design, graph, x, trace, tmp_path)
    verilator = run_cocotb(design, graph, x, trace, tmp_path, simulator="verilator")
    icarus = run_cocotb(design, graph, x, trace, tmp_path, simulator="icarus")
    assert verilator.latencies.tolist() == icarus.latencies.tolist() == fast.latencies[:6].tolist()
    assert verilator.simulated_cycles == icarus.simulated_cycles
    assert verilator.spikes_compared == icarus.spikes_compared > 0


@pytest.mark.parametrize(
    ("sizes", "lanes", "fields"),
    often(
        [
            ((20, 12, 5), (4, 2), {"time_steps": 2, "alpha": -1.0}),
            ((20, 12, 5), (12, 5), {"time_steps": 8, "encoding": "events"}),
            ((20, 12, 9, 5), (4, 9, 1), {"time_steps": 5, "encoding": "events", "alpha": -1.0}),
            ((37, 24, 12, 5), (24, 1, 5), {}),
            ((64, 32, 10), (1, 1), {}),
        ],
        lambda case: len(case[0]) > 3,
    ),
)
def test_cycles_lie_between_their_bound_and_the_prediction(
    tmp_path: Path, sizes: tuple[int, ...], lanes: tuple[int, ...], fields: dict[str, object]
) -> None:
    """No vector is faster than its bound, and the prediction that lanes are chosen by is right."""
    names = [f"fc{index}" for index in range(1, len(sizes))]
    graph = with_lanes(
        small_integer_graph(8, sizes, **fields),  # type: ignore[arg-type]
        dict(zip(names, lanes, strict=True)),
    )
    check_cycles(graph, tmp_path)


@pytest.mark.parametrize(("bits", "events"), often([(64, 1), (128, 2)], lambda case: case[0] == 128))
def test_cycles_with_wide_words_and_two_events_in_a_cycle(tmp_path: Path, bits: int, events: int) -> None:
    graph = with_lanes(small_integer_graph(8, (160, 40, 10)), {"fc1": 40, "fc2": 10})
    graph = widest_words(graph, bits)
    for name in ("encode", "fc1"):
        graph = with_bursts(graph, name, events)
    check_cycles(graph, tmp_path)


def check_cycles(graph: Graph, folder: Path) -> None:
    """Simulate, and compare cycles with the bound and with the prediction."""
    x = random_inputs(graph, 40)
    trace = simulate(graph, x)
    result = run_fast(make(graph, folder), graph, x, trace, folder)
    assert sum(result.alone.values()) == pytest.approx(result.latencies.mean())
    counted = demands(graph, trace.counts)
    assert (result.latencies >= predict_latency(graph, counted, BARE)).all()
    assert np.abs(predict_latency(graph, counted) / result.latencies - 1).max() < 0.1
    bounds = {name: lower_bound_cycles(work, 40) for name, work in resource_work(graph, counted, 40).items()}
    for name, work in result.layer_work.items():
        assert bounds[name] <= work.cycles <= 1.3 * bounds[name] + 60
    assert result.interval_cycles is not None and result.interval_cycles >= max(bounds.values())


def test_a_step_is_integrated_while_the_one_before_fires(tmp_path: Path) -> None:
    """Every layer back to back within 1.05 of its bound and 12 cycles; in turn it was a third more."""
    graph = small_integer_graph(9, (16, 16, 4), time_steps=8, encoding="events")
    graph = with_lanes(graph, {"fc1": 16, "fc2": 4})
    x = random_inputs(graph, 30)
    trace = simulate(graph, x)
    result = run_fast(make(graph, tmp_path), graph, x, trace, tmp_path)
    work = resource_work(graph, demands(graph, trace.counts), 30)
    bound = max(lower_bound_cycles(layer, 30) for layer in work.values())
    assert result.interval_cycles is not None and result.interval_cycles <= 1.05 * bound + 12


@pytest.mark.parametrize(
    ("lanes", "fields", "pairs"),
    often(
        [
            # the last lane alone: 4 x 8 bits are a slice, 4 x 3 are none
            ((7, 5), {"weight_bits": 4}, 3 + 1 + 2),
            ((4, 2), {"weight_bits": 4, "alpha": -1.0}, 2 + 1),
        ],
        lambda case: case[0] == (7, 5),
    ),
)
def test_two_lanes_share_a_slice(
    tmp_path: Path, lanes: tuple[int, int], fields: dict[str, object], pairs: int
) -> None:
    """The same events and scores, also of odd lanes, and as many slices as were estimated."""
    graph = small_integer_graph(8, (20, 14, 5), **fields)  # type: ignore[arg-type]
    graph = place_products(with_lanes(graph, dict(zip(("fc1", "fc2"), lanes, strict=True))), PLENTY)
    paired = [node.name for node in graph.layers if "paired" in getattr(node, "products", {}).values()]
    assert paired == ["fc1", "fc2"] and estimate(graph).dsp == pairs
    slices = [node.product_slices(graph.edges_into(node)) for node in foldable_nodes(graph)]
    assert sum(found[0] for found in slices if found) == pairs
    x = random_inputs(graph, 40)
    design = make(graph, tmp_path)
    assert run_fast(design, graph, x, simulate(graph, x), tmp_path).spikes_compared > 0
    counted = synthesise(design, "xc7", tmp_path / "synth", tmp_path / "synth.log").resources
    assert counted.dsp == pairs


def test_wide_layers_scan_a_lane_a_cycle(tmp_path: Path) -> None:
    graph = with_lanes(small_integer_graph(11, (12, 96, 5)), {"fc1": 48, "fc2": 5})
    design = make(graph, tmp_path)
    assert [loop.initiation_interval for loop in design.report.loops] == [1] * len(design.report.loops)
    x = random_inputs(graph, 40)
    trace = simulate(graph, x)
    assert run_fast(design, graph, x, trace, tmp_path).spikes_compared > 0


@dataclass(frozen=True)
class Made:
    """A network and its RTL, in a folder of their own."""

    graph: Graph
    design: RtlDesign
    folder: Path

    @property
    def stages(self) -> int:
        """Of all loops together."""
        return sum(loop.depth for loop in self.design.report.loops)

    def run(self) -> CosimResult:
        """Forty inferences."""
        x = random_inputs(self.graph, 40)
        return run_fast(self.design, self.graph, x, simulate(self.graph, x), self.folder)

    def synthesised(self) -> Resources:
        """What Yosys counts."""
        folder = self.folder / "synth"
        return synthesise(self.design, "xc7", folder, self.folder / "synth.log").resources


@pytest.fixture(scope="module")
def blocks(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """96-40-10 with its weights in block RAM."""
    folder = tmp_path_factory.mktemp("blocks")
    graph = with_lanes(small_integer_graph(9, (96, 40, 10)), {"fc1": 8, "fc2": 2})
    return Made(graph, make(graph, folder), folder)


def test_the_estimate_is_near_the_synthesised_figures(blocks: Made) -> None:
    check_estimate(blocks.graph, blocks.synthesised())


def test_the_estimate_of_wide_words_and_two_events_in_a_cycle(tmp_path: Path) -> None:
    graph = with_lanes(small_integer_graph(9, (96, 40, 10)), {"fc1": 40, "fc2": 10})
    graph = widest_words(place_products(graph, PLENTY), 64)
    for name in ("encode", "fc1"):
        graph = with_bursts(graph, name, 2)
    graph = place_products(graph, PLENTY)
    check_estimate(
        graph, Made(graph, make(graph, tmp_path), tmp_path).synthesised(), most=1.4
    )  # 36 % too many


def check_estimate(graph: Graph, counted: Resources, most: float = 1.33) -> None:
    """Compare the estimate with what Yosys counts; most: times the look-up tables."""
    expected = estimate(graph)
    assert 0.75 < expected.lut / counted.lut < most
    assert abs(expected.bram36 - counted.bram36) <= 1
    assert abs(expected.dsp - counted.dsp) <= 2


def test_weights_in_look_up_tables_cost_their_stages_and_what_the_estimate_says(
    blocks: Made, tmp_path: Path
) -> None:
    """A register after a deep table is a stage more of the loop that reads it: a cycle per inference."""
    graph = place_weights(blocks.graph, dataclasses.replace(PLENTY, bram36=0))
    tables = Made(graph, make(graph, tmp_path), tmp_path)
    for made, style in ((blocks, "block"), (tables, "distributed")):
        report = made.design.report
        assert {memory.style for memory in report.memories if "_weights" in memory.name} == {style}
        assert [loop.initiation_interval for loop in report.loops] == [1] * len(report.loops)
    more, (first, second) = tables.stages - blocks.stages, (blocks.run(), tables.run())
    assert more in (0, 1)
    assert first.interval_cycles is not None and second.interval_cycles is not None
    assert second.interval_cycles - first.interval_cycles == more
    assert (second.latencies - first.latencies == more).all()
    counted = tables.synthesised()
    assert counted.bram36 == estimate(graph).bram36 == 0
    assert 0.75 < estimate(graph).lut / counted.lut < 1.33


@pytest.mark.parametrize("clock_ns", often([10.0, 3.6], lambda clock_ns: clock_ns < 10))
def test_deep_tables_are_read_in_time_at_any_clock(tmp_path: Path, clock_ns: float) -> None:
    """In banks where one table would be too slow: as many cycles an iteration, and the same values."""
    blocks = with_lanes(small_integer_graph(9, (1200, 40, 10)), {"fc1": 4, "fc2": 2})
    graph = place_weights(blocks, dataclasses.replace(PLENTY, bram36=0))
    other = make(blocks, tmp_path / "blocks", "xczu7ev-ffvc1156-2-e", clock_ns)
    design = make(graph, tmp_path / "tables", "xczu7ev-ffvc1156-2-e", clock_ns)
    banks = [memory for memory in design.report.memories if "fc1_weights" in memory.name]
    assert (len(banks) > 1) == (clock_ns < 10)
    assert sum(memory.depth for memory in banks) == 1200 * 10
    assert design.report.critical_path_ns <= clock_ns and design.report.warnings == other.report.warnings
    intervals = [[loop.initiation_interval for loop in made.report.loops] for made in (design, other)]
    assert intervals[0] == intervals[1]
    x = random_inputs(graph, 10)
    assert run_fast(design, graph, x, simulate(graph, x), tmp_path).mismatches == 0
