"""selftest.py as a user runs it: a copy in a folder, another process, pynq found on the path."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from board_tools import FAKE, inputs_of, write_package
from dense_graphs import dense_graph, every_step
from typed_values import differences

from asn2fpga.board.selftest_run import SelfTest
from asn2fpga.figures.board_run import BoardRunFigures
from asn2fpga.golden.simulate import simulate
from asn2fpga.resources import PACKAGE_DIR
from asn2fpga.runtime import selftest
from asn2fpga.stages.board_run import board_figures
from asn2fpga.stages.folder import save_graph

GRAPH = dense_graph(5, 4, 3)
TITLE = "net on zcu104, model 0123456789abcdef\n"


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """An unpacked package, and beside it the description of the fake board."""
    folder = write_package(GRAPH, tmp_path / "package", vectors=6)
    save_graph(tmp_path / "graph", GRAPH)
    write_board(folder)
    return folder


def write_board(folder: Path, *faults: str) -> None:
    board = {"graph": str(folder.parent / "graph"), "package": str(folder), "faults": faults}
    (folder.parent / "board.json").write_text(json.dumps(board))


def run(folder: Path, *arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    paths = [str(FAKE), str(PACKAGE_DIR.parent)]
    return subprocess.run(
        [sys.executable, folder / "selftest.py", *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd="/",
        timeout=60,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(paths),
            "FAKE_BOARD": str(folder.parent / "board.json"),
            "FAKE_BOARD_SIMULATED": "a model in Python",
            **environment,
        },
    )


def figure_faults(result: dict[str, Any]) -> list[str]:
    """Where the figures that a build keeps of a result are not what their type says."""
    figures = board_figures("board", SelfTest(result, "", None, 1.0), GRAPH, None)
    return differences(BoardRunFigures, figures)


def test_simulated_board(package: Path) -> None:
    out = package.parent / "out.json"
    done = run(package, "--json", out)
    assert (done.stderr, done.returncode) == ("", 0)
    assert done.stdout == (
        f"{TITLE}"
        "SIMULATED BOARD: a model in Python. Cycles are counted in it; wall-clock times would mean nothing.\n"
        "vectors     6, all scores equal to the golden model\n"
        "core        123 cycles (123 to 123) = 0.61 us per inference (registers, one inference at a time)\n"
    )
    result = json.loads(out.read_text())
    assert result["schema"] == "asn2fpga.selftest/1" and result["error"] is None
    assert (result["vectors"], result["mismatches"], result["first_difference"]) == (6, 0, None)
    assert result["core_cycles"] == {"min": 123, "mean": 123.0, "max": 123, "inferences": 6}
    assert result["core_us"] == 0.615 and result["simulated"] == "a model in Python"
    assert result["call_us"] is None and result["throughput_per_second"] is None
    assert result["counters"]["inferences"] == 12
    assert figure_faults(result) == []


def test_board_that_says_it_is_real(package: Path) -> None:
    """Times are measured where the board is not a simulated one."""
    (package / "net.bit").touch()
    (package / "net.hwh").touch()
    out = package.parent / "out.json"
    done = run(package, "--json", out, "--calls", 20, "--seconds", 0.05, FAKE_BOARD_SIMULATED="")
    assert (done.stderr, done.returncode) == ("", 0)
    lines = done.stdout.splitlines()
    assert lines[0] == TITLE.strip() and [line.split()[0] for line in lines[1:]] == (
        ["vectors", "core", "call", "throughput"]
    )
    assert lines[3].endswith(" us (scores() of one input, wall clock, 20 calls)")
    assert lines[4].endswith(" inferences/s (scores() of 6 inputs, wall clock)")
    result = json.loads(out.read_text())
    call = result["call_us"]
    assert 0 < call["p50"] <= call["p95"] <= call["p99"] <= call["max"] and call["calls"] == 20
    assert result["throughput_per_second"] > 0
    assert figure_faults(result) == []


def test_wrong_score(package: Path) -> None:
    write_board(package, "wrong score")
    out = package.parent / "out.json"
    done = run(package, "--vectors", 2, "--json", out)
    scores = np.load(package / "vectors.npz")["scores"]
    assert done.returncode == 1
    first = f"vector 0, class 0: expected {scores[0, 0]}, got {scores[0, 0] + 1}"
    assert done.stdout.splitlines()[-1] == f"vectors     2 of 2 WRONG; first: {first}"
    result = json.loads(out.read_text())
    assert (result["mismatches"], result["first_difference"]) == (2, first) and "core_cycles" not in result


def test_wrong_score_of_a_time_step(tmp_path: Path) -> None:
    graph = every_step(dense_graph(5, 4, 3, time_steps=2, frames=False))
    folder = write_package(graph, tmp_path / "package", vectors=3)
    save_graph(tmp_path / "graph", graph)
    write_board(folder)
    assert "vectors     3, all scores equal to the golden model" in run(folder).stdout.splitlines()
    write_board(folder, "wrong score")
    scores = np.load(folder / "vectors.npz")["scores"]
    first = f"vector 0, time step 0, class 0: expected {scores[0, 0, 0]}, got {scores[0, 0, 0] + 1}"
    assert run(folder).stdout.splitlines()[-1] == f"vectors     3 of 3 WRONG; first: {first}"


def test_data(package: Path) -> None:
    x = inputs_of(GRAPH, 40, seed=8)
    expected = simulate(GRAPH, x).scores
    y = expected.argmax(axis=1)
    y[:10] = (y[:10] + 1) % 3
    data, scores = package.parent / "data.npz", package.parent / "scores.npz"
    np.savez(data, x=x, y=y)
    done = run(package, "--data", data, "--scores", scores)
    assert done.stdout.splitlines()[-1] == "data        40 inferences, accuracy 75.00 %"
    assert np.array_equal(np.load(scores)["scores"], expected)
    np.savez(data, x=x)
    assert run(package, "--data", data).stdout.splitlines()[-1] == "data        40 inferences, no labels"


def test_no_power_sensor(tmp_path: Path) -> None:
    folder = write_package(GRAPH, tmp_path / "package", board="pynq-z2")
    save_graph(tmp_path / "graph", GRAPH)
    write_board(folder)
    out = tmp_path / "out.json"
    done = run(folder, "--power", "--json", out)
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1].startswith(
        "energy      not measured: pynq-z2: no rail on this board measures power; "
    )
    assert json.loads(out.read_text())["energy"] == []


def test_synthetic_power_is_never_called_measured(package: Path) -> None:
    out = package.parent / "out.json"
    done = run(package, "--power", "--power-seconds", 2, "--json", out)
    assert done.returncode == 0
    assert re.fullmatch(
        r"energy      SYNTHETIC, NOT MEASURED: \S+ \+- \S+ uJ an inference, \S+ \+- \S+ minus idle "
        r"\(synthetic source, not a board\)",
        done.stdout.splitlines()[-1],
    )
    (entry,) = json.loads(out.read_text())["energy"]
    assert entry["source"] == "simulated" and entry["inferences"] == 16


def test_the_load_for_a_meter(package: Path) -> None:
    out = package.parent / "run.json"
    done = run(package, "--meter-run", out, "--power-seconds", 3)
    assert done.returncode == 0
    assert done.stdout.splitlines()[-2:] == [
        "meter       the load begins; the meter must be recording",
        "meter       24 inferences in 3.00 s; the meter can stop: "
        "asn2fpga energy DIR --meter FILE.csv --run run.json",
    ]
    plain = json.loads(out.read_text())
    assert (plain["schema"], plain["simulated"]) == ("asn2fpga.energy-run/1", True)
    assert (plain["board"], len(plain["markers"]), plain["inferences"]) == ("zcu104", 2, 24)


def test_device_that_does_not_answer(package: Path) -> None:
    write_board(package, "no answer")
    out = package.parent / "out.json"
    done = run(package, "--timeout", 0.05, "--json", out)
    assert done.returncode == 1
    assert done.stderr.startswith(
        "error: accelerator: no scores came for a message (nothing moved for "
        "0.05 s); 0 of 6 inferences done; "
    )
    error = json.loads(out.read_text())["error"]
    assert error["kind"] == "DeviceError" and done.stderr == f"error: {error['message']}\n"


def test_package_without_bitstream_on_a_real_board(package: Path) -> None:
    done = run(package, FAKE_BOARD_SIMULATED="")
    assert done.returncode == 2
    assert done.stderr.startswith(f"error: {package}: the package has no net.bit; ")


BAD_FILES: list[tuple[dict[str, Any] | None, str]] = [
    ({"z": np.zeros(1)}, "it must hold 'x', not only z."),
    ({}, "it must hold 'x', not only nothing."),
    (
        {"x": np.zeros((4, 5), np.uint8), "y": np.zeros(3)},
        "y must have one label for each of the 4 inputs, not shape (3,).",
    ),
]


@pytest.mark.parametrize(("arrays", "message"), BAD_FILES, ids=["other", "empty", "labels"])
def test_bad_data(package: Path, arrays: dict[str, Any], message: str) -> None:
    path = package.parent / "data.npz"
    np.savez(path, **arrays)
    done = run(package, "--data", path)
    assert (done.returncode, done.stderr) == (2, f"error: {path}: {message}\n")


@pytest.mark.parametrize("content", [b"", b"PK\x05", b"\x93NUMPY", b"text"])
def test_data_that_is_no_npz(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "data.npz"
    path.write_bytes(content)
    with pytest.raises(selftest.InputError) as caught:
        selftest._read_data(path)
    assert str(caught.value).startswith(f"{path}: this is not an .npz file (")


def test_bad_option(package: Path) -> None:
    done = run(package, "--vectors", 0)
    assert (done.returncode, done.stderr) == (2, "error: --vectors: the value must be at least 1, not 0.\n")
    assert run(package, "--nonsense").returncode == 2


@pytest.mark.parametrize("path", sorted((PACKAGE_DIR / "runtime").glob("*.py")), ids=lambda path: path.name)
def test_runtime_is_for_old_pythons(path: Path) -> None:
    ast.parse(path.read_text(), feature_version=(3, 8))
