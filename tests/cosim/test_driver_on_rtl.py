"""The driver as it lies in a package, on simulated RTL: exact scores; every fault ends in a clear error."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tiny
from accelerators import SHA256, Accelerator, make_accelerator, wrap
from board_tools import inputs_of, write_package
from dense_graphs import dense_graph, every_step

from asn2fpga.golden.simulate import simulate
from asn2fpga.graph import rules
from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.neurons.early_exit import margins_of
from asn2fpga.passes.early_exit import with_margins
from asn2fpga.passes.fold_bursts import with_bursts
from asn2fpga.passes.fold_words import widest_words
from asn2fpga.passes.lanes import with_lanes
from asn2fpga.toolchain import process
from asn2fpga.verify.simulated_board import FAMILIES, board_of
from asn2fpga.verify.simulators import build_accelerator

CLIENT = Path(__file__).parent / "driver_client.py"
FRAMES = dense_graph(20, 12, 5, time_steps=2)
EVENTS = dense_graph(10, 6, 4, time_steps=3, frames=False)


class Bench:
    """The RTL of a network, its simulator, and its package."""

    def __init__(self, accelerator: Accelerator, vectors: int = 14) -> None:
        folder = self.folder = accelerator.folder
        self.design = accelerator.design
        self.program = build_accelerator(self.design, folder / "sim", folder / "logs")
        self.package = write_package(accelerator.graph, folder / "package", vectors, "pynq-z2", SHA256)

    def run(self, scenario: str, faults: Sequence[str] = (), family: str = "zynq7000") -> Any:
        """The answer of a scenario of driver_client.py, on a board of its own."""
        log = self.folder / "client.log"
        work = self.folder / "board"
        with board_of(self.design, self.program, work, faults=faults, family=family) as environment:
            command = [sys.executable, CLIENT, self.package, scenario]
            process.run(command, cwd=work, log=log, timeout_seconds=200, environment=environment)
        return json.loads(log.read_text())


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(make_accelerator(FRAMES, tmp_path_factory.mktemp("bench")))


def test_scores_of_frames_are_exact(bench: Bench) -> None:
    check_exact(*bench.run("exact"))


def test_scores_of_events_are_exact(tmp_path: Path) -> None:
    """On the other family too: it has other addresses, above 4 GiB."""
    (other,) = set(FAMILIES) - {"zynq7000"}
    check_exact(*Bench(make_accelerator(EVENTS, tmp_path)).run("exact", family=other))


@pytest.mark.parametrize("bits", [64, 128])
def test_scores_of_wide_words_are_exact(tmp_path: Path, bits: int) -> None:
    """Several pixels and scores in a word, two events in a cycle; the last word of both is padded."""
    graph = with_lanes(FRAMES, {"fc1": 12, "fc2": 5})
    graph = with_bursts(with_bursts(widest_words(graph, bits), "source", 2), "fc1", 2)
    accelerator = make_accelerator(graph, tmp_path)
    assert accelerator.check().vectors == len(accelerator.x)
    check_exact(*Bench(accelerator).run("exact"))


@pytest.mark.slow
@pytest.mark.parametrize("bits", [32, 64])
def test_scores_of_every_step_are_exact(tmp_path: Path, bits: int) -> None:
    """Registers, counters and messages of an answer of several rows."""
    graph = widest_words(with_lanes(every_step(EVENTS), {"fc2": 4}), bits)
    accelerator = make_accelerator(graph, tmp_path)
    assert accelerator.context.score_rows == 3
    assert accelerator.check().vectors == len(accelerator.x)
    check_exact(*Bench(accelerator).run("exact"))


def exiting(plain: Graph, share: float) -> Graph:
    """With thresholds that the margins of so many of some inputs do not reach."""
    margins = np.quantile(margins_of(simulate(plain, inputs_of(plain, 40)).answers), share, axis=0)
    graph = with_margins(plain, margins[:-1].astype(np.int64) + 1)
    rules.check(graph)
    return graph


@pytest.mark.slow
def test_answers_before_the_last_step_are_exact(tmp_path: Path) -> None:
    """Scores and the time steps used, their sum in a register, and what follows an early answer."""
    accelerator = make_accelerator(exiting(with_lanes(every_step(EVENTS), {"fc2": 3}), 0.6), tmp_path)
    assert accelerator.trace.steps_used is not None and len(set(accelerator.trace.steps_used)) > 1
    assert accelerator.check().vectors == len(accelerator.x)
    results, counters, steps = Bench(accelerator).run("early")
    check_exact(results, counters)
    assert steps and counters["time_steps_used"] > 31


def test_events_of_an_answered_input_are_cut(tmp_path: Path) -> None:
    """The same scores; without cuts all of golden's events reach the layers, with them fewer."""
    vectors = 14
    graph = exiting(every_step(dense_graph(120, 6, 4, time_steps=6, frames=False)), 0.3)
    bench = Bench(make_accelerator(graph, tmp_path), vectors)
    (equal, steps, layers), (still, same, fewer) = bench.run("cutting")
    trace = simulate(graph, inputs_of(graph, vectors))
    assert trace.steps_used is not None and steps == 2 * trace.steps_used.sum() < 6 * 2 * vectors
    assert equal and still and same == steps
    ends = 6 * vectors
    assert layers[0] == 2 * (np.count_nonzero(inputs_of(graph, vectors)) + ends)
    assert 2 * ends < fewer[0] < 0.8 * layers[0] and fewer[1] < 0.8 * layers[1]


def check_exact(results: list[bool], counters: dict[str, Any]) -> None:
    assert all(results) and len(results) == 6
    assert counters["inferences"] == 14 + 3 + 14 and counters["inference_cycles"] > 0
    assert counters["latency_us"] == counters["inference_cycles"] / 100
    assert [layer["name"] for layer in counters["layers"]] == ["source", "fc1", "fc2"]
    assert counters["layers"][2]["events_out"] % 31 == 0  # the read-out counts scores


START = "DeviceError: accelerator: no scores came for a message"
RESET = "; the device has been reset and can be used again."
LATE = "nothing moved for 3 s"
EXPECTED = {
    "stuck_send": (LATE, "errors: none; core: .*in message; DMA: send busy, receive busy"),
    "stuck_receive": (LATE, "errors: none; core: busy, .*output waiting.*; DMA: send .*, receive busy"),
    "dropped_send_last": (
        "an error was flagged",
        "errors: missing last; core: .*draining; DMA: send idle, .*",
    ),
    "dropped_receive_last": (LATE, "errors: none; core: idle; DMA: send idle, receive busy"),
    "reset": (
        "the DMA was halted by someone else",
        "errors: none; core: idle; DMA: send halted, receive halted",
    ),
}


def test_every_fault_is_named_and_the_device_recovers(bench: Bench) -> None:
    found = bench.run("faults")
    assert list(found) == list(EXPECTED)
    for fault, (message, usable) in found.items():
        problem, state = EXPECTED[fault]
        expected = f"{START} \\({problem}\\); [0-9]+ of 14 inferences done; {state}{RESET}"
        assert re.fullmatch(expected, message), f"{fault}: {message}"
        assert usable, fault


def test_a_slow_accelerator_is_waited_for_whatever_the_wall_clock_says(tmp_path: Path) -> None:
    """An inference takes about 10,000 cycles, far longer than a message may by its own limit of 1 ms."""
    assert Bench(make_accelerator(dense_graph(40, 600, 4), tmp_path), 3).run("impatient") is True


def test_a_core_that_stops_is_given_up_without_any_wall_clock(tmp_path: Path) -> None:
    network = tiny.make_tiny(tmp_path, tiny.HANG)
    bench = Bench(wrap(network.graph, network.design, network.inputs(8), tmp_path), 8)
    message = bench.run("impatient")
    expected = r"nothing moved for 0\.00\d+ s\); 3 of 8 inferences done; errors: none; core: busy.*"
    assert re.fullmatch(f"{START} \\({expected}{RESET}", message), message


def test_another_bitstream_is_refused(bench: Bench) -> None:
    other = f"{int(SHA256[:8], 16) ^ 1:08x}{SHA256[8:16]}"
    assert bench.run("wrong_hash", faults=["wrong_hash"]) == (
        f"accelerator: the bitstream must be of model {SHA256[:16]}, not {other}; "
        "take bitstream and manifest from the same package."
    )
