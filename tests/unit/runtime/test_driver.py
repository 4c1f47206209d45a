from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from board_tools import inputs_of
from dense_graphs import dense_graph

from asn2fpga.golden.simulate import simulate
from asn2fpga.passes.fold_words import widest_words
from asn2fpga.passes.lanes import with_lanes
from asn2fpga.runtime import driver
from asn2fpga.runtime.driver import Accelerator

Plug = Callable[..., tuple[Path, Any]]
SHAPES = [
    dense_graph(5, 4, 3),
    dense_graph(8, 4, 2, time_steps=3),
    dense_graph(6, 5, 4, frames=False, time_steps=3),
    dense_graph(1, 2, 1, frames=False),
    widest_words(with_lanes(dense_graph(5, 4, 3), {"fc2": 3}), 64),
    widest_words(with_lanes(dense_graph(17, 4, 3), {"fc2": 3}), 128),
]
NAMES = ["frames", "frames T=3", "events", "one input", "words of 64 bits", "words of 128 bits"]


@pytest.mark.parametrize("graph", SHAPES, ids=NAMES)
@pytest.mark.parametrize("buffer_bytes", [72, 1 << 12])
def test_scores_are_golden(plug: Plug, graph: Any, buffer_bytes: int) -> None:
    folder, board = plug(graph)
    x = inputs_of(graph, 23)
    expected = simulate(graph, x).scores
    with Accelerator(folder, buffer_bytes=buffer_bytes) as accelerator:
        scores = accelerator.scores(x)
        labels = accelerator.predict(x.astype(np.int64))
    assert scores.dtype == np.int32 and np.array_equal(scores, expected)
    assert np.array_equal(labels, expected.argmax(axis=1))
    assert sum(board.batches) == 2 * 23 and max(board.batches) <= buffer_bytes // 4
    assert len(board.freed) == 2


def test_batches_are_as_large_as_the_buffers_allow(plug: Plug) -> None:
    folder, board = plug(dense_graph(5, 4, 3))  # 2 words an input, 3 a result
    with Accelerator(folder, buffer_bytes=4 * 30) as accelerator:
        accelerator.scores(inputs_of(board.graph, 25))
    assert board.batches == [10, 10, 5]


def test_buffers_hold_whole_words(plug: Plug) -> None:
    """A word of 128 bits is 4 units: 8 of an input of 17 pixels, 4 of 3 scores."""
    folder, board = plug(SHAPES[-1])
    with Accelerator(folder, buffer_bytes=4 * 32) as accelerator:
        accelerator.scores(inputs_of(board.graph, 10))
    assert board.batches == [4, 4, 2]
    message = "buffer_bytes: the value must be at least 32, not 28."
    with pytest.raises(driver.InputError, match=f"^{re.escape(message)}$"):
        Accelerator(folder, buffer_bytes=28)


def test_results_are_copies(plug: Plug) -> None:
    folder, board = plug()
    x = inputs_of(board.graph, 4)
    with Accelerator(folder) as accelerator:
        first = accelerator.scores(x[:2])
        kept = first.copy()
        accelerator.scores(x[2:])
    assert type(first) is np.ndarray and first.flags.writeable and np.array_equal(first, kept)


def test_no_inferences_give_no_scores(plug: Plug) -> None:
    folder, board = plug()
    with Accelerator(folder) as accelerator:
        assert accelerator.scores(np.zeros((0, 5), np.uint8)).shape == (0, 3)
        assert accelerator.predict(np.zeros((0, 5), np.uint8)).shape == (0,)
    assert board.batches == []


@pytest.mark.parametrize("batch", [1, 4])
def test_stream_gives_scores_in_order(plug: Plug, batch: int) -> None:
    folder, board = plug()
    x = inputs_of(board.graph, 10)
    with Accelerator(folder) as accelerator:
        scores = list(accelerator.stream(iter(x), batch=batch))
    assert np.array_equal(scores, simulate(board.graph, x).scores)
    assert board.batches == ([1] * 10 if batch == 1 else [4, 4, 2])


def test_stream_takes_before_it_gives(plug: Plug) -> None:
    """With batch=1 each result comes before the next input is asked for."""
    folder, board = plug()
    asked: list[int] = []

    def source() -> Any:
        for index, one in enumerate(inputs_of(board.graph, 3)):
            asked.append(index)
            yield one

    with Accelerator(folder) as accelerator:
        for count, _ in enumerate(accelerator.stream(source()), start=1):
            assert len(asked) == count


def test_events_in_any_order(plug: Plug) -> None:
    graph = dense_graph(6, 5, 4, frames=False, time_steps=3)
    folder, _ = plug(graph)
    x = inputs_of(graph, 6)
    random = np.random.default_rng(1)
    recordings = []
    for counts in x:
        steps, addresses = np.nonzero(counts)
        ones = np.repeat(np.stack([steps, addresses], 1), counts[steps, addresses], axis=0)
        rows = np.concatenate([ones, np.ones((len(ones), 1), int)], 1)  # a count of 3 as three events of 1
        recordings.append(random.permutation(rows))
    recordings.append(np.array([[0, 1, 2], [0, 1, -2]]))  # cancel out: no event at all
    with Accelerator(folder, buffer_bytes=4 * 40) as accelerator:
        scores = accelerator.events(recordings)
    silent = np.zeros((1, 3, 6), np.uint8)
    assert np.array_equal(scores, simulate(graph, np.concatenate([x, silent])).scores)


def test_counters(plug: Plug) -> None:
    folder, board = plug(cycles=250)
    with Accelerator(folder) as accelerator:
        accelerator.scores(inputs_of(board.graph, 7))
        counters = accelerator.counters()
        accelerator.clear_counters()
        assert accelerator.counters()["inferences"] == 0
    assert counters == {
        "inferences": 7,
        "inference_cycles": 250,
        "latency_us": 1.25,  # at the 200 MHz of the zcu104
        "input_stall_cycles": 0,
        "output_stall_cycles": 0,
        "layers": [
            {"name": "source", "events_in": 7, "events_out": 5, "stall_cycles": 3},
            {"name": "fc1", "events_in": 107, "events_out": 105, "stall_cycles": 103},
            {"name": "fc2", "events_in": 207, "events_out": 205, "stall_cycles": 203},
        ],
    }


def test_counters_of_layers_may_be_missing(plug: Plug) -> None:
    folder, _ = plug(layer_counters=False)
    with Accelerator(folder) as accelerator:
        assert accelerator.counters()["layers"] == []


BAD_INPUTS = [
    (lambda x: x.astype(float), "x: type must be uint8 (integers 0..255), not float64."),
    (lambda x: x[0], "x: shape must be (inferences, 5), not (5,)."),
    (lambda x: x[:, :4], "x: shape must be (inferences, 5), not (2, 4)."),
    (lambda x: x.astype(int) - 300, "x: values must be within 0..255, not -300..-45."),
]


@pytest.mark.parametrize(("change", "message"), BAD_INPUTS, ids=["type", "one input", "shape", "range"])
def test_bad_input_is_refused(plug: Plug, change: Any, message: str) -> None:
    folder, board = plug()
    x = np.array([[0, 1, 2, 3, 255], [0] * 5], np.uint8)
    with Accelerator(folder) as accelerator:
        with pytest.raises(driver.InputError) as caught:
            accelerator.scores(change(x))
        assert str(caught.value) == message and isinstance(caught.value, ValueError)
        assert board.batches == []
        accelerator.scores(x)


BAD_RECORDINGS = [
    (
        np.zeros((2, 2), int),
        "recording 0: it must be an integer array (events, 3) of time step, address, count, "
        "not int64 (2, 2).",
    ),
    (np.array([[3, 0, 1]]), "recording 0: time steps must be within 0..2, not 3..3."),
    (np.array([[0, -1, 1]]), "recording 0: addresses must be within 0..5, not -1..-1."),
    (
        np.array([[0, 1, 2], [0, 1, 2]]),
        "recording 0: counts (of equal step and address added) must be within 0..3, not 4..4.",
    ),
]


@pytest.mark.parametrize(("rows", "message"), BAD_RECORDINGS, ids=["form", "step", "address", "count"])
def test_bad_recording_is_refused(plug: Plug, rows: Any, message: str) -> None:
    folder, _ = plug(dense_graph(6, 5, 4, frames=False, time_steps=3))
    with Accelerator(folder) as accelerator, pytest.raises(driver.InputError) as caught:
        accelerator.events([rows])
    assert str(caught.value) == message


def test_other_wrong_arguments(plug: Plug) -> None:
    folder, board = plug()
    with Accelerator(folder) as accelerator:
        with pytest.raises(driver.InputError) as caught:
            accelerator.events([])
        assert str(caught.value) == "events: the model must take events, not frames; call scores(x)."
        with pytest.raises(driver.InputError) as caught:
            next(accelerator.stream(inputs_of(board.graph, 1), batch=0))
        assert str(caught.value) == "stream: batch must be at least 1, not 0."
    with pytest.raises(driver.InputError) as caught:
        Accelerator(folder, buffer_bytes=11)
    assert str(caught.value) == "buffer_bytes: the value must be at least 12, not 11."


def test_recording_longer_than_the_buffer(plug: Plug) -> None:
    folder, _ = plug(dense_graph(6, 5, 4, frames=False, time_steps=3))
    with Accelerator(folder, buffer_bytes=16) as accelerator, pytest.raises(driver.InputError) as caught:
        accelerator.events([[[0, 1, 1], [0, 2, 1]]])
    assert str(caught.value) == "buffer_bytes: the value must be at least 20 for this recording, not 16."


def test_closed(plug: Plug) -> None:
    folder, board = plug()
    accelerator = Accelerator(folder)
    accelerator.close()
    accelerator.close()
    for call in (
        lambda: accelerator.scores(inputs_of(board.graph, 1)),
        accelerator.reset,
        accelerator.counters,
    ):
        with pytest.raises(driver.ClosedError) as caught:
            call()
        assert str(caught.value) == "accelerator: it is closed; make a new Accelerator."


# ---- opening ---------------------------------------------------------------------------------------------


def edit(path: Path, **changes: Any) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


WRONG_MANIFESTS = [
    (
        {"model_sha256": "f" * 64},
        "accelerator: the bitstream must be of model ffffffffffffffff, not 0123456789abcdef; "
        "take bitstream and manifest from the same package.",
    ),
    ({"classes": 4}, "accelerator: CLASSES must be 4 as in the manifest, not 3."),
    ({"time_steps": 2}, "accelerator: TIME_STEPS must be 2 as in the manifest, not 1."),
    ({"layers": []}, "accelerator: LAYERS must be 0 as in the manifest, not 3."),
]


@pytest.mark.parametrize(("changes", "message"), WRONG_MANIFESTS, ids=["hash", "classes", "steps", "layers"])
def test_another_bitstream_is_refused(plug: Plug, changes: dict[str, Any], message: str) -> None:
    folder, _ = plug()
    edit(folder / "manifest.json", **changes)
    with pytest.raises(driver.WrongDeviceError) as caught:
        Accelerator(folder)
    assert str(caught.value) == message


WRONG_DEVICES = [
    (
        "ID",
        0xFFFFFFFF,
        "accelerator: ID must be 0x41534e32, not 0xffffffff; this is no bitstream of asn2fpga.",
    ),
    (
        "VERSION",
        0x00030000,
        "accelerator: the registers must be version 2, not 3; make bitstream and package with the same "
        "asn2fpga.",
    ),
    ("INPUT_KIND", 1, "accelerator: INPUT_KIND must be 0 as in the manifest, not 1."),
    ("INPUT_SIZE", 6, "accelerator: INPUT_SIZE must be 5 as in the manifest, not 6."),
    ("INPUT_WORDS", 3, "accelerator: INPUT_WORDS must be 2 as in the manifest, not 3."),
]


@pytest.mark.parametrize(("register", "value", "message"), WRONG_DEVICES, ids=[r for r, *_ in WRONG_DEVICES])
def test_another_device_is_refused(plug: Plug, register: str, value: int, message: str) -> None:
    folder, board = plug()
    board._set(register, value)
    with pytest.raises(driver.WrongDeviceError) as caught:
        Accelerator(folder)
    assert str(caught.value) == message


def test_another_block_design_is_refused(plug: Plug) -> None:
    folder, _ = plug(cells=("dma", "base_timer"))
    with pytest.raises(driver.WrongDeviceError) as caught:
        Accelerator(folder)
    assert str(caught.value) == (
        "net.bit: the block design must have the cells accelerator and dma, not base_timer, dma; "
        "use the package as asn2fpga made it."
    )


def test_another_board_is_refused(plug: Plug, fake_pynq: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, board = plug()
    monkeypatch.setattr(fake_pynq, "SIMULATED", "")
    monkeypatch.setenv("BOARD", "Pynq-Z2")
    with pytest.raises(driver.WrongDeviceError) as caught:
        Accelerator(folder)
    assert str(caught.value) == (
        "board: it must be a zcu104, not a Pynq-Z2; build for this board, or unset BOARD if its name "
        "is wrong."
    )
    assert board.loaded == []


def test_real_boards_need_a_bitstream(plug: Plug, fake_pynq: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, board = plug()
    monkeypatch.setattr(fake_pynq, "SIMULATED", "")
    monkeypatch.setenv("BOARD", "ZCU104")
    with pytest.raises(driver.PackageError) as caught:
        Accelerator(folder)
    assert str(caught.value) == (
        f"{folder}: the package has no net.bit; it was made without a bitstream: "
        "run `asn2fpga build --until package` where Vivado is installed."
    )
    (folder / "net.bit").touch()
    (folder / "net.hwh").touch()
    with Accelerator(folder, download=False) as accelerator:
        assert accelerator.simulated == ""
    assert board.loaded == [(str(folder / "net.bit"), False)]


def test_what_pynq_says_is_passed_on(plug: Plug, fake_pynq: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise RuntimeError("No Devices Found")

    folder, _ = plug()
    monkeypatch.setattr(fake_pynq, "Overlay", refuse)
    with pytest.raises(driver.LoadError) as caught:
        Accelerator(folder)
    assert str(caught.value) == (
        "pynq: cannot load net.bit (RuntimeError: No Devices Found); run with root rights, in the "
        "login environment of the board's PYNQ image."
    )


def test_no_pynq(plug: Plug, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, _ = plug()
    monkeypatch.setitem(sys.modules, "pynq", None)
    with pytest.raises(driver.PackageError) as caught:
        Accelerator(folder)
    assert str(caught.value) == (
        "pynq: this Python does not have it (import of pynq halted; None in sys.modules); on a PYNQ "
        "image run with root rights: sudo /usr/local/share/pynq-venv/bin/python3"
    )


@pytest.mark.parametrize("name", ["manifest.json", "registers.json"])
def test_broken_package(plug: Plug, name: str) -> None:
    folder, _ = plug()
    edit(folder / name, schema="other/9")
    with pytest.raises(driver.PackageError) as caught:
        Accelerator(folder)
    schema = "asn2fpga.package/2" if name == "manifest.json" else "asn2fpga.registers/1"
    assert str(caught.value) == (
        f"{folder / name}: schema must be {schema}, not other/9; use the driver.py of this package."
    )
    (folder / name).write_text("{")
    with pytest.raises(driver.PackageError) as caught:
        Accelerator(folder)
    assert str(caught.value).startswith(f"{folder / name}: missing, or not as asn2fpga wrote it (")


# ---- the file itself -------------------------------------------------------------------------------------


def test_it_stands_alone() -> None:
    """Python 3.8 can parse it, and it imports the standard library, numpy and pynq only."""
    tree = ast.parse(Path(driver.__file__).read_text(), feature_version=(3, 8))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    tops = {name.split(".")[0] for name in names}
    assert tops - set(sys.stdlib_module_names) == {"numpy", "pynq"}
