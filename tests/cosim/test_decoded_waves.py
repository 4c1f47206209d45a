"""Waveforms of the core, read back: the streams that they show as numbers are golden's events."""

from __future__ import annotations

import itertools
import re
import subprocess
from pathlib import Path

import numpy as np
import pytest
import tiny
from made_rtl import make
from map_check import map_case_of
from needs import need
from random_maps import MapSpec
from strategies import random_inputs, small_integer_graph
from wave_tools import WaveFile, events_in, expected_events

from asn2fpga import resources
from asn2fpga.golden.simulate import simulate
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.types import FixedType
from asn2fpga.passes.fold_bursts import with_bursts
from asn2fpga.passes.lanes import with_lanes
from asn2fpga.passes.map_order import comes_by_step
from asn2fpga.rtl import RtlDesign
from asn2fpga.verify.harness import HarnessProbe
from asn2fpga.verify.shown_streams import MAP, _map
from asn2fpga.verify.waves import Waves, record_waves, waves_context

VECTORS = 3


def check_events(waves: Waves, design: RtlDesign, graph: Graph, x: np.ndarray) -> int:
    """All layers that send events; how many there were."""
    file, trace, found = WaveFile(waves.fst), simulate(graph, x), 0
    layers = {layer.name: layer for layer in waves_context(design, graph).layers}
    for name in trace.counts:
        wanted = expected_events(graph, trace, name)
        assert events_in(file, layers[name]) == wanted, name
        found += len(wanted)
    return found


def check_views(waves: Waves) -> None:
    """Both viewers are told names that the waveforms have, and every number of them."""
    known = set(WaveFile(waves.fst).signals)
    listed = [line for line in waves.gtkwave.read_text().splitlines() if line[0] not in "@[-*"]
    plain = {re.sub(r"\[\d+:0\]$", "", name) for name in listed}
    assert plain <= known and len(listed) == len(plain)
    commands = [line.split() for line in waves.surfer.read_text().splitlines()]
    assert {words[1] for words in commands if words[0] == "variable_add"} == plain
    assert {words[0] for words in commands} == {"variable_add", "divider_add", "zoom_fit"}
    assert all(len(words) == 2 for words in commands[:-1])


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> tiny.Tiny:
    return tiny.make_tiny(tmp_path_factory.mktemp("waves"))


@pytest.fixture(scope="module")
def waves(network: tiny.Tiny) -> Waves:
    return record(network, "vectors")


def record(network: tiny.Tiny, name: str) -> Waves:
    folder = network.design.directory
    x = network.inputs(VECTORS)
    out = folder / "waves" / name
    return record_waves(network.design, network.graph, x, 8.0, out, folder / "sim", folder / "logs")


def test_decoded_events_are_those_of_golden(network: tiny.Tiny, waves: Waves) -> None:
    assert check_events(waves, network.design, network.graph, network.inputs(VECTORS)) > 10
    assert len(WaveFile(waves.fst).edges) > 50


def test_ends_of_step_and_cycles(network: tiny.Tiny, waves: Waves) -> None:
    file = WaveFile(waves.fst)
    ends = file.sampled("waves.layer_fc1.fc1_events.is_end")
    assert sum(ends) == VECTORS * tiny.TIME_STEPS
    steps = file.numbers("waves.layer_fc1.fc1_events.time_step")
    assert [step for step, end in zip(steps, ends, strict=True) if end] == VECTORS * [0, 1]
    cycles = file.numbers("waves.cycle")
    assert cycles == list(range(cycles[0], cycles[0] + len(cycles)))
    assert {later - earlier for earlier, later in zip(file.edges, file.edges[1:], strict=False)} == {8000}


def test_viewers_are_told_names_that_are_there(waves: Waves) -> None:
    check_views(waves)
    save = waves.gtkwave.read_text()
    numbers = re.findall(r"^@420\n(.*)$", save, re.MULTILINE)
    assert "waves.cycle" in numbers and not any("[" in name for name in numbers)
    assert "\n*-15.97 -1\n" in save  # 8 ns in 25 pixels
    assert save.startswith('[dumpfile] "vectors.fst"\n[savefile] "vectors.gtkw"\n')
    groups = re.findall(r"@800200\n-(\w+)\n", save)
    assert groups == ["s_axis", "m_axis", "encode", "fc1", "fc2"]
    assert groups == re.findall(r"@1000200\n-(\w+)\n", save)
    assert waves.commands == (
        f"gtkwave {waves.fst} {waves.gtkwave}",
        f"surfer --command-file {waves.surfer} {waves.fst}",
    )


def test_the_same_waveforms_are_the_same_bytes(network: tiny.Tiny, waves: Waves) -> None:
    again = record(network, "again")
    assert again.fst.read_bytes() == waves.fst.read_bytes()
    assert WaveFile(again.fst).file.date.strip("\0") == ""


def made(graph: Graph, x: np.ndarray, folder: Path) -> tuple[RtlDesign, Waves]:
    design = make(graph, folder)
    return design, record_waves(
        design, graph, x, 10.0, folder / "waves" / "x", folder / "sim", folder / "logs"
    )


@pytest.mark.slow
def test_two_events_in_a_word(tmp_path: Path) -> None:
    graph = small_integer_graph(8, (20, 12, 5), time_steps=2, alpha=-1.0)
    graph = with_bursts(with_lanes(graph, {"fc1": 12, "fc2": 5}), "fc1", 2)
    assert graph.edges["fc1"].events_in_word == 2
    x = random_inputs(graph, 4)
    design, waves = made(graph, x, tmp_path)
    assert check_events(waves, design, graph, x) > 10
    check_views(waves)


@pytest.mark.slow
@pytest.mark.parametrize(
    "spec",
    [MapSpec(3, 2, 2, "events"), MapSpec(1, 2, 2, "events"), MapSpec(5, 2), MapSpec(4, 2, axes=1)],
)
def test_maps_show_channel_row_and_column(spec: MapSpec, tmp_path: Path) -> None:
    """The map of the second one comes step by step."""
    case = map_case_of(spec)
    assert comes_by_step(case.graph) == (spec.seed == 1)
    x = case.x[:3]
    design, waves = made(case.graph, x, tmp_path)
    assert check_events(waves, design, case.graph, x) > 10
    check_views(waves)


PROBE = HarnessProbe(2, "words", "valid", "ready", "data", 2, "0")
BENCH = """module bench;
  logic clk = 0, rst_n = 0;
  always #5 clk = !clk;
  asn_show_map #({parameters}) shown (
    .clk(clk), .rst_n(rst_n), .valid(rst_n), .ready(1'b1), .blocked(1'b0), .data('0));
  initial begin
    repeat (2) @(posedge clk);
    #1 rst_n = 1;
    repeat ({words}) begin
      @(negedge clk);
      $display("%0d %0d %0d %0d %0d",
               shown.vector, shown.time_step, shown.row, shown.column, shown.channel);
    end
    $finish;
  end
endmodule
"""


@pytest.mark.parametrize("stepwise", [False, True])
def test_words_of_a_map_belong_where_they_are_shown(stepwise: bool, tmp_path: Path) -> None:
    """Two inferences of 3 time steps, 2 x 4 pixels and 5 channels in 3 groups of lanes, in both orders."""
    need("iverilog")
    edge = Edge(
        (5, 2, 4), "events", FixedType.for_range(0, 1), 0, 1, 3, is_map=True, lanes=2, by_step=stepwise
    )
    vectors, steps, rows, columns, channels = range(2), range(3), range(2), range(4), range(0, 5, 2)
    wanted = [
        (vector, step, row, column, channel)
        for vector in vectors
        for round_ in (steps if stepwise else [0])
        for row, column, channel in itertools.product(rows, columns, channels)
        for step in ([round_] if stepwise else steps)
    ]
    shown = next(found for found in _map("words", edge, PROBE) if found.module == MAP)
    parameters = ", ".join(f".{name}({value})" for name, value in shown.parameters)
    (tmp_path / "bench.sv").write_text(BENCH.format(parameters=parameters, words=len(wanted)))
    shows = str(resources.hardware_dir() / "sim" / "asn_show_map.sv")
    subprocess.run(["iverilog", "-g2012", "-o", "bench", shows, "bench.sv"], cwd=tmp_path, check=True)
    found = subprocess.run(["vvp", "-n", "bench"], cwd=tmp_path, check=True, capture_output=True, text=True)
    lines = [tuple(map(int, line.split())) for line in found.stdout.splitlines() if line[:1].isdigit()]
    assert lines == wanted
