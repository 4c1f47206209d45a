"""C simulation with either types: equal to golden, several models in a process; failures of streams."""

from __future__ import annotations

import dataclasses
import re
import subprocess
from pathlib import Path

import numpy as np
import pytest
from dense_graphs import weight_of
from loop_graphs import LOOPS, T
from mixed_graphs import mixed_graph
from often import often
from strategies import random_inputs, small_integer_graph

from asn2fpga.codegen.project import generate
from asn2fpga.errors import CheckError, MismatchError, ToolError
from asn2fpga.golden.simulate import simulate
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.types import FixedType
from asn2fpga.kinds.nodes import foldable_nodes
from asn2fpga.kinds.population import Population, Projection, population_named
from asn2fpga.kinds.sources.source import source_of
from asn2fpga.passes.lanes import with_lanes
from asn2fpga.quantise.apply import quantise
from asn2fpga.toolchain import compiler
from asn2fpga.toolchain.plan import BuildPlan
from asn2fpga.verify import cpp
from asn2fpga.verify.compare import compare
from asn2fpga.verify.cpp_library import TYPES, Types, compile_program, compiler_of
from asn2fpga.verify.vectors import Messages, input_messages

VECTORS = 1000


def lanes(graph: Graph, count: int) -> Graph:
    """The same graph with `count` lanes in each layer with weights."""
    return with_lanes(graph, {node.name: count for node in foldable_nodes(graph)})


def with_dense(layer: Population, **fields: object) -> tuple[Projection]:
    """The only projection of a population, its dense synapses with other fields."""
    (projection,) = layer.projections
    return (dataclasses.replace(projection, synapse=dataclasses.replace(projection.synapse, **fields)),)  # type: ignore[type-var]


def write(graph: Graph, folder: Path, *edits: tuple[str, str]) -> Path:
    """Project folder of a graph; `edits` replace text in its C++ file, once each."""
    files = generate(graph, "0" * 64, "0.0.0")
    for old, new in edits:
        assert old in files["net.cpp"]
        files["net.cpp"] = files["net.cpp"].replace(old, new, 1)
    BuildPlan(files).write(folder / "hls")
    return folder / "hls"


def build(graph: Graph, folder: Path, *edits: tuple[str, str], types: Types = "engine") -> cpp.CppModel:
    return cpp.build(graph, write(graph, folder, *edits), folder / "sim", folder / "compiler.log", types)


FRAMES = lanes(small_integer_graph(1, (13, 7, 5), time_steps=2), 3)
EVENTS = lanes(small_integer_graph(2, (9, 10, 4), encoding="events", time_steps=3, alpha=-1.0), 4)


# Xilinx's headers take a hundred times as long to compile: two tests try them every time.
with_either_types = pytest.mark.parametrize("types", TYPES)
rarely_with_xilinx = pytest.mark.parametrize("types", often(TYPES, lambda types: types == "engine"))


@pytest.fixture(scope="module", params=TYPES)
def models(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, cpp.CppModel]:
    """Two networks whose layers have the same names, in one process."""
    return {
        name: build(graph, tmp_path_factory.mktemp(name), types=request.param)
        for name, graph in (("f", FRAMES), ("e", EVENTS))
    }


def test_every_layer_of_both_networks_equals_golden(models: dict[str, cpp.CppModel]) -> None:
    for _ in range(2):
        for graph, model in ((FRAMES, models["f"]), (EVENTS, models["e"])):
            x = random_inputs(graph, VECTORS)
            assert compare(graph, simulate(graph, x), model.simulate(x), "B") > VECTORS * 30


@rarely_with_xilinx
@pytest.mark.parametrize("frames", [True, False])
def test_branches_loops_and_currents_equal_golden(tmp_path: Path, frames: bool, types: Types) -> None:
    graph = mixed_graph(frames=frames, lanes=2)
    x, model = random_inputs(graph, VECTORS), build(graph, tmp_path, types=types)
    assert compare(graph, simulate(graph, x), model.simulate(x), "B") > VECTORS * 10


@pytest.mark.parametrize("value", [0, 255])
def test_empty_and_full_frames(models: dict[str, cpp.CppModel], value: int) -> None:
    x = np.full_like(random_inputs(FRAMES, 3), value)
    compare(FRAMES, simulate(FRAMES, x), models["f"].simulate(x), "B")


def test_batches_do_not_matter(models: dict[str, cpp.CppModel], monkeypatch: pytest.MonkeyPatch) -> None:
    x = random_inputs(FRAMES, 10)
    whole = models["f"].simulate(x)
    monkeypatch.setattr(cpp, "BATCH", 4)
    compare(FRAMES, whole, models["f"].simulate(x), "B")
    parts = [(first, len(trace.scores)) for first, trace in models["f"].traces(x, 7)]
    assert parts == [(7, 4), (11, 4), (15, 2)]


def test_large_networks_run_in_smaller_batches(
    models: dict[str, cpp.CppModel], monkeypatch: pytest.MonkeyPatch
) -> None:
    x = random_inputs(FRAMES, 10)
    whole = models["f"].simulate(x)
    sent = sum(found[0].size for found in whole.counts.values())
    monkeypatch.setattr(cpp, "MOST_COUNTS", 4 * sent)
    compare(FRAMES, whole, models["f"].simulate(x), "B")
    parts = [(first, len(trace.scores)) for first, trace in models["f"].traces(x, 7)]
    assert parts == [(7, 4), (11, 4), (15, 2)]
    monkeypatch.setattr(cpp, "MOST_COUNTS", 1)
    assert len(list(models["f"].traces(x[:3]))) == 3


def test_a_wrong_weight_is_found_and_named(models: dict[str, cpp.CppModel]) -> None:
    layer = population_named(FRAMES, "fc1")
    weight = weight_of(layer).copy()
    weight[4] = -weight[4]
    changed = dataclasses.replace(layer, projections=with_dense(layer, weight=weight))
    wrong = FRAMES.replace("fc1", changed)
    x = random_inputs(FRAMES, 50)
    with pytest.raises(
        MismatchError, match=r"^layer fc1, vector \d+, time step \d, neuron 4: expected \d, got"
    ):
        compare(FRAMES, simulate(wrong, x), models["f"].simulate(x), "B")


RECEIVE_STEPS = "receive_config {\n  static const int time_steps = 2;"
READOUT_STEPS = "fc1_config : asn::PlainPopulation {\n  static const int time_steps = 2;"


@rarely_with_xilinx
@pytest.mark.parametrize(
    ("edit", "failure"),
    [
        (
            (READOUT_STEPS, READOUT_STEPS.replace("= 2", "= 3")),
            "receive_events: stream must hold a word when it is read, not be empty.",
        ),
        (
            (READOUT_STEPS, READOUT_STEPS.replace("= 2", "= 1")),
            "receive_events: stream must be empty after an inference, not hold 4 word(s).",
        ),
        (
            (RECEIVE_STEPS, RECEIVE_STEPS.replace("= 2", "= 1")),
            "receive_events: stream must hold a word when it is read, not be empty.",
        ),
        (
            ("static const int score_words = 2;", "static const int score_words = 1;"),
            "fc1_scores: stream must be empty after an inference, not hold 1 word(s).",
        ),
        (
            (
                "fc1_scores, m_axis);\n}\n\n",
                "fc1_scores, m_axis);\n  m_axis.write(asn::axis_word<32>(0, false));\n}\n\n",
            ),
            "m_axis: TLAST must be set on the last word of a message and on no other.",
        ),
    ],
    ids=["empty", "leftover", "input", "scores", "last"],
)
def test_failures_of_streams_are_noticed(
    tmp_path: Path, edit: tuple[str, str], failure: str, types: Types
) -> None:
    graph = small_integer_graph(1, (3, 2), encoding="events", time_steps=2)
    model = build(graph, tmp_path, edit, types=types)
    for _ in range(2):  # what the first run left behind is no part of the second
        with pytest.raises(CheckError, match=f"^C simulation, vector 0: {re.escape(failure)}$"):
            model.simulate(random_inputs(graph, 3, density=1.0))


def test_what_does_not_end_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waits = ("fc2_scores, m_axis);\n}\n", "fc2_scores, m_axis);\n  pause();\n}\n")
    model = build(FRAMES, tmp_path, ('#include "', '#include <unistd.h>\n#include "'), waits)
    monkeypatch.setattr(cpp, "SECONDS", 0.6)
    with pytest.raises(
        CheckError, match=r"^C simulation, vectors 0 to 2: no end after 0\.01 minutes; a proc"
    ):
        model.simulate(random_inputs(FRAMES, 3))


@with_either_types
def test_compiler_errors_and_warnings_are_shown(tmp_path: Path, types: Types) -> None:
    program = re.escape(Path(compiler_of(types).command[0]).name)
    with pytest.raises(ToolError, match=rf"^{program}: exit status must be 0, not 1\.\n.*unused variable"):
        build(FRAMES, tmp_path, ("  HLS_DATAFLOW\n", "  HLS_DATAFLOW\n  int left_over;\n"), types=types)


def test_a_library_built_again_at_the_same_place_is_the_new_one(tmp_path: Path) -> None:
    for seed in (1, 2):
        graph = small_integer_graph(seed, (3, 2), encoding="events")
        x = random_inputs(graph, 20)
        compare(graph, simulate(graph, x), build(graph, tmp_path).simulate(x), "B")


def test_compiler_is_found_by_its_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(compiler.VARIABLE, "/no/g++")
    message = f"g++: {compiler.VARIABLE} must name a program that can be run, not '/no/g++'."
    with pytest.raises(ToolError, match=f"^{re.escape(message)}$"):
        build(FRAMES, tmp_path, types="xilinx")


@pytest.mark.skipif(compiler.find_compiler().is_zig, reason="the clang of ziglang has no address checks")
def test_kernels_are_clean_under_address_and_undefined_behaviour_checks(tmp_path: Path) -> None:
    graph = small_integer_graph(2, (9, 10, 4), encoding="events", time_steps=2)
    program, x = tmp_path / "csim", random_inputs(graph, 200)
    compile_program(graph, write(graph, tmp_path), program, tmp_path / "compiler.log")
    messages = input_messages(source_of(graph), x)
    header = np.array([len(x)]).tobytes()
    (tmp_path / "in").write_bytes(header + messages.offsets.tobytes() + messages.words.tobytes())
    streams = [f"{name}_events" for name in simulate(graph, x).counts]
    ran = subprocess.run([program, "in", "out", *streams], cwd=tmp_path, capture_output=True, text=True)
    assert (ran.returncode, ran.stderr) == (0, "")
    recorded = read_result(tmp_path / "out", [*streams, cpp.OUTPUT_STREAM])
    compare(graph, simulate(graph, x), cpp.trace_of(graph, recorded.__getitem__), "B")


def read_result(path: Path, streams: list[str]) -> dict[str, Messages]:
    """What csim's main wrote."""
    data, result = np.fromfile(path, np.int64), {}
    for stream in streams:
        offsets, rest = data[1 : data[0] + 2], data[data[0] + 2 :]
        result[stream] = Messages(rest[: offsets[-1]].astype(np.uint64), offsets)
        data = rest[offsets[-1] :]
    return result


@rarely_with_xilinx
@pytest.mark.parametrize("positive", [True, False], ids=["unsigned thresholds", "unsigned sums"])
def test_potentials_and_thresholds_of_different_sign_and_more_than_32_bits(
    tmp_path: Path, positive: bool, types: Types
) -> None:
    """ap_int compares wide signed with unsigned numbers as unsigned ones, as C does."""
    graph = small_integer_graph(3, (6, 5, 3))
    layer = population_named(graph, "fc1")
    width = 40
    neuron = dataclasses.replace(
        layer.graded,
        thresholds=layer.graded.thresholds + (8000 if positive else -20000),
        threshold_type=FixedType(width, not positive),
        potential_type=FixedType(width, positive),
    )
    weight = weight_of(layer) if positive else np.abs(weight_of(layer))
    wide, projections = FixedType(width, positive), with_dense(layer, weight=weight)
    changed = dataclasses.replace(layer, projections=projections, acc_type=wide, neuron=neuron, lanes=2)
    graph = graph.replace("fc1", changed)
    x = random_inputs(graph, 200)
    trace = simulate(graph, x)
    assert len(np.unique(trace.counts["fc1"])) > 2
    compare(graph, trace, build(graph, tmp_path, types=types).simulate(x), "B")


LOOP = quantise(LOOPS["over two layers"][0]).graph


@with_either_types
def test_processes_of_a_loop_that_wait_for_each_other_are_named(tmp_path: Path, types: Types) -> None:
    """The line takes a time step before it sends the one before, so that nobody begins."""
    model = build(LOOP, tmp_path, ("asn::delay_in_loop<", "asn::delay<"), types=types)
    with pytest.raises(CheckError) as error:
        model.simulate(np.full((3, T, 4), 2, np.uint8))
    message = str(error.value)
    assert message.startswith("C simulation, vector 0: processes wait for each other: ")
    assert "fc2_before_delay for a word of fc2_events_to_fc2_before" in message
    assert "n1_integrate_fire for a word of fc2_before_events" in message
    assert "receive_receive for room in receive_events, which holds 8 word(s)" in message


@rarely_with_xilinx
def test_a_loop_runs_with_fifos_of_one_word(tmp_path: Path, types: Types) -> None:
    """Depths are for speed, but those that hold a time step: here of two words."""
    events = [(f"{name}_events, 8)", f"{name}_events, 1)") for name in ("receive", "fc2_before", "n1", "fc2")]
    copies = [(f"fc2_events_to_{name}, 8)", f"fc2_events_to_{name}, 1)") for name in ("fc2_before", "fc3")]
    model = build(LOOP, tmp_path, *events, *copies, types=types)
    x = random_inputs(LOOP, 40)
    assert compare(LOOP, simulate(LOOP, x), model.simulate(x), "B") > 40 * T * 4
