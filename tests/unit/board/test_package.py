from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from board_tools import SHA256, inputs_of
from dense_graphs import dense_graph
from kinds.map_networks import MAP_CASES
from kinds.test_maps import built
from strategies import small_integer_graph

from asn2fpga import __version__
from asn2fpga.board.package import Contents, make_package, package_name, runtime_files
from asn2fpga.board.register_files import registers_json
from asn2fpga.board.registers import register_map
from asn2fpga.board.spec import find_board, known_boards
from asn2fpga.golden.simulate import simulate
from asn2fpga.kinds.sources.source import source_of
from asn2fpga.passes.time_limits import time_limits
from asn2fpga.resources import PACKAGE_DIR
from asn2fpga.runtime.driver import InputError, InputFormat
from asn2fpga.verify.vectors import input_messages

FRAMES = dense_graph(6, 4, 3, time_steps=2)
EVENTS = dense_graph(5, 4, 3, time_steps=2, frames=False)
NOTEBOOKS = ["03_on_the_board.ipynb", "04_energy_on_the_board.ipynb"]
RUNTIME = sorted(path.name for path in (PACKAGE_DIR / "runtime").glob("*.py") if path.stem != "__init__")


def contents(graph: Any = FRAMES, board: str = "pynq-z2", **changes: Any) -> Contents:
    x = inputs_of(graph, 4)
    plain = {"bitstream": {}, **changes}
    return Contents(graph, find_board(board), SHA256, x, simulate(graph, x).scores, **plain)


def unpacked(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("board", known_boards())
def test_files_without_a_bitstream(board: str) -> None:
    files = unpacked(make_package(contents(board=board)))
    assert sorted(files) == sorted(
        ["README.md", "manifest.json", "registers.json", "vectors.npz", *RUNTIME, *NOTEBOOKS]
    )
    assert json.loads(files["manifest.json"])["bitstream"] is False
    assert b"**This package has no bitstream, so it does not run on a board yet.**" in files["README.md"]
    assert files["registers.json"].decode() == registers_json(register_map())


def test_files_with_a_bitstream() -> None:
    files = unpacked(make_package(contents(bitstream={"net.bit": b"bits", "net.hwh": b"<xml/>"})))
    assert files["net.bit"] == b"bits" and files["net.hwh"] == b"<xml/>"
    assert json.loads(files["manifest.json"])["bitstream"] is True
    assert b"no bitstream" not in files["README.md"]


def test_runtime_is_copied_unchanged() -> None:
    files = unpacked(make_package(contents()))
    assert [path.name for path in runtime_files()] == RUNTIME
    assert {"driver.py", "selftest.py", "power.py"} <= set(RUNTIME)
    for name in RUNTIME:
        assert files[name] == (PACKAGE_DIR / "runtime" / name).read_bytes()


def test_manifest_of_frames() -> None:
    manifest = json.loads(unpacked(make_package(contents()))["manifest.json"])
    limits = time_limits(FRAMES, "events")
    assert manifest == {
        "schema": "asn2fpga.package/2",
        "name": "net",
        "board": "pynq-z2",
        "part": "xc7z020clg400-1",
        "clock_mhz": 100.0,
        "model_sha256": SHA256,
        "input": {
            "kind": "frames",
            "shape": [6],
            "order": [0],
            "item_bits": 8,
            "words": 2,
            "word_bits": 32,
            "min": 0,
            "max": 255,
            "count_bits": 8,
            "address_bits": 3,
        },
        "output": {"word_bits": 32, "rows": 1, "early_exit": False},
        "classes": 3,
        "time_steps": 2,
        "layers": [
            {"name": "source", "kind": "Encode", "neurons": 6},
            {"name": "fc1", "kind": "Dense, Graded", "neurons": 4},
            {"name": "fc2", "kind": "Dense, Integrator", "neurons": 3},
        ],
        "limits": {"quiet_cycles": limits.quiet_cycles, "answer_cycles": limits.answer_cycles},
        "power": {
            "rails": [],
            "note": "no rail monitor on the board; measure the 5 V input with an external meter",
        },
        "bitstream": False,
        "asn2fpga_version": __version__,
    }


def test_the_driver_refuses_pixels_above_the_largest_promised() -> None:
    graph = small_integer_graph(1, (6, 4, 3), max_pixel=16)
    manifest = json.loads(unpacked(make_package(contents(graph)))["manifest.json"])
    assert (manifest["input"]["max"], manifest["input"]["count_bits"]) == (16, 5)
    format_ = InputFormat(manifest["input"], manifest["time_steps"])
    format_.check(np.full((2, 2, 3), 16, np.uint8))
    with pytest.raises(InputError, match=r"^x: values must be within 0\.\.16, not 17\.\.17\.$"):
        format_.check(np.full((2, 2, 3), 17, np.uint8))


@pytest.mark.parametrize("name", ["padding and an offset", "events over time"])
def test_the_driver_sends_maps_as_the_simulated_hardware_gets_them(name: str) -> None:
    graph = built(next(case for case in MAP_CASES if case.name == name)).graph
    manifest = json.loads(unpacked(make_package(contents(graph)))["manifest.json"])
    assert manifest["input"]["order"] != sorted(manifest["input"]["order"])
    x = inputs_of(graph, 5)
    sent = InputFormat(manifest["input"], manifest["time_steps"]).frames(x, 2)
    expected = input_messages(source_of(graph), x).words
    assert np.array_equal(np.concatenate([units for units, _ in sent]), expected)


def test_manifest_of_events() -> None:
    manifest = json.loads(unpacked(make_package(contents(EVENTS, "zcu104")))["manifest.json"])
    assert manifest["input"] == {
        "kind": "events",
        "shape": [5],
        "order": [0],
        "item_bits": 32,
        "words": 0,
        "word_bits": 32,
        "min": 0,
        "max": 3,
        "count_bits": 2,
        "address_bits": 3,
    }
    assert manifest["power"]["rails"][0]["label"]


def test_vectors_are_golden(tmp_path: Path) -> None:
    (tmp_path / "vectors.npz").write_bytes(unpacked(make_package(contents()))["vectors.npz"])
    arrays = np.load(tmp_path / "vectors.npz")
    assert sorted(arrays) == ["scores", "x"] and arrays["scores"].dtype == np.int32
    assert np.array_equal(arrays["scores"], simulate(FRAMES, arrays["x"]).scores)


def test_equal_contents_give_equal_bytes() -> None:
    bitstream = {"net.hwh": b"<xml/>", "net.bit": b"bits"}
    first = make_package(contents(bitstream=bitstream))
    assert first == make_package(contents(bitstream=dict(reversed(bitstream.items()))))
    assert first != make_package(contents(bitstream={**bitstream, "net.bit": b"other"}))
    assert {entry.date_time for entry in zipfile.ZipFile(io.BytesIO(first)).infolist()} == {
        (1980, 1, 1, 0, 0, 0)
    }


def test_read_me_says_how(golden: Any) -> None:
    text = unpacked(make_package(contents()))["README.md"].decode()
    golden(Path(__file__).parents[2] / "golden" / "package" / "README.md", text)


def test_name() -> None:
    assert package_name(FRAMES, find_board("kv260")) == "net-kv260.zip"
