"""The simulated board: exact scores through DMA model and RTL; faults, and a usable device afterwards."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from accelerators import SHA256, Accelerator, make_accelerator
from strategies import small_integer_graph

from asn2fpga.errors import InputError, ToolError
from asn2fpga.hls.design_file import save_design
from asn2fpga.toolchain import process
from asn2fpga.verify.simulated_board import FAMILIES, board_of, simulated_board
from asn2fpga.verify.simulators import build_accelerator
from asn2fpga.verify.vectors import input_messages

CLIENT = Path(__file__).parent / "board_client.py"
Ask = Callable[..., Any]


@pytest.fixture(scope="module")
def frames(tmp_path_factory: pytest.TempPathFactory) -> Accelerator:
    graph = small_integer_graph(5, (20, 12, 5))
    return make_accelerator(graph, tmp_path_factory.mktemp("frames"), vectors=6)


@pytest.fixture(scope="module")
def ask(frames: Accelerator) -> Ask:
    """Run a scenario of board_client.py on a board of its own; its answer."""
    messages = input_messages(frames.graph.layers[0], frames.x)  # type: ignore[arg-type]
    vectors = frames.folder / "vectors.npz"
    scores = frames.trace.scores.astype(np.int32)
    np.savez(vectors, words=messages.words.astype(np.uint32), scores=scores)
    program = build_accelerator(frames.design, frames.folder / "sim", frames.folder / "logs")

    def run(scenario: str, **options: Any) -> Any:
        work, log = frames.folder / "board", frames.folder / "client.log"
        command = [sys.executable, CLIENT, vectors, scenario]
        with board_of(frames.design, program, work, **options) as environment:
            process.run(command, cwd=work, log=log, timeout_seconds=120, environment=environment)
        return json.loads(log.read_text())

    return run


@pytest.mark.parametrize("family", FAMILIES)
def test_scores_are_exact_on_every_family(ask: Ask, family: str) -> None:
    idle = {"send": 2, "receive": 2, "errors": 0, "status": 0}
    assert ask("exchanges", family=family) == [True, True, True, True, 18, idle]


def test_every_fault_is_noticed_and_the_device_recovers(ask: Ask) -> None:
    found = ask("faults")
    busy, output_waits, draining, in_message = 0x01, 0x04, 0x08, 0x10
    assert found == {
        "stuck_send": [True, state(send=0, receive=0, status=in_message), True],
        "stuck_receive": [True, state(receive=0, status=busy | output_waits), True],
        "dropped_send_last": [True, state(errors=2, status=draining), True],
        "dropped_receive_last": [True, state(receive=0), True],
        "reset": [True, state(send=1, receive=1), True],
    }


def state(send: int = 2, receive: int = 2, errors: int = 0, status: int = 0) -> dict[str, int]:
    return {"send": send, "receive": receive, "errors": errors, "status": status}


WORDS = [SHA256[at : at + 8] for at in range(0, 64, 8)]


def test_a_wrong_bitstream_has_another_hash(ask: Ask) -> None:
    assert ask("wrong_hash", faults=["wrong_hash"]) == [f"{int(WORDS[0], 16) ^ 1:08x}", *WORDS[1:]]


def test_dma_and_memory_are_as_on_a_board(ask: Ask) -> None:
    halted, nothing_yet, decode_error, internal_error = 0x1, 0x0, 0x41, 0x11
    dma, buffers, refused, words = ask("details")
    assert dma == [halted, halted, nothing_yet, nothing_yet, decode_error, internal_error, True]
    offset, unflushed_is_not_seen, coherent = buffers
    assert (offset, unflushed_is_not_seen, coherent) == (16, True, False)
    assert words == WORDS
    assert refused == [
        "MemoryError: Unaligned read: offset must be multiple of 4.",
        "ValueError: Offset cannot be negative.",
        "IndexError: index out of bounds: offset 4096 of 4096",
        "ValueError: Data type must be int here.",
        "RuntimeError: nothing answers at address 0x10: on a board the processor would hang",
        "RuntimeError: simulated board: unknown request {'do': 'fault', 'fault': 'fire', 'bytes': 0}",
    ]


def test_the_board_of_a_build_folder(frames: Accelerator, tmp_path: Path) -> None:
    save_design(frames.folder / "rtl" / "accelerator.json", frames.design)
    with simulated_board(frames.folder, tmp_path / "board") as environment:
        assert sorted(environment) == ["ASN2FPGA_SIMULATED_BOARD", "PYTHONPATH"]
    assert "TESTS=1 PASS=1" in (tmp_path / "board" / "logs" / "board.log").read_text()


def test_unknown_faults_and_families_are_refused(frames: Accelerator, tmp_path: Path) -> None:
    known = "stuck_send, stuck_receive, dropped_send_last, dropped_receive_last, reset, wrong_hash"
    message = f"simulated board: fault must be one of {known}, not 'fire'."
    with (
        pytest.raises(InputError, match=f"^{re.escape(message)}$"),
        board_of(frames.design, tmp_path, tmp_path, faults=["fire"]),
    ):
        pass
    message = "simulated board: family must be one of zynq7000, zynquplus, not 'versal'."
    with (
        pytest.raises(InputError, match=f"^{re.escape(message)}$"),
        board_of(frames.design, tmp_path, tmp_path, family="versal"),
    ):
        pass


def test_a_simulation_that_ends_at_once_is_told(frames: Accelerator, tmp_path: Path) -> None:
    message = r"^false: it ended early \(status 1\)\.\n    \(no output\)\n    log: .*board\.log$"
    with (
        pytest.raises(ToolError, match=message),
        board_of(frames.design, process.find_program("false", "FALSE"), tmp_path),
    ):
        pass


def test_a_simulation_that_does_not_start_is_ended(
    frames: Accelerator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("asn2fpga.verify.simulated_board.START_SECONDS", 0.1)
    program = tmp_path / "slow"
    program.write_text("#!/bin/sh\nsleep 60\n")
    program.chmod(0o755)
    message = r"^simulated board: simulation must start within 0\.1 s, not later; log: .*board\.log$"
    with pytest.raises(ToolError, match=message), board_of(frames.design, program, tmp_path):
        pass
