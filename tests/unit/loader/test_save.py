"""asn2fpga.save: what is written, that it reads back the same, and every bad argument."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from loader_models import CALIBRATION, EXAMPLE, flat_network, network, refusal
from torch import nn

import asn2fpga
from asn2fpga.errors import InputError
from asn2fpga.graph.text import to_text
from asn2fpga.kinds.sources.input import Input
from asn2fpga.loader.save import read_module
from asn2fpga.nn import ASN, RepeatTime, TimeMean


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A good model file."""
    asn2fpga.save(network(), tmp_path / "model.pt", EXAMPLE, CALIBRATION)
    return tmp_path / "model.pt"


def test_saved_model_reads_back_the_same(path: Path) -> None:
    loaded = asn2fpga.load_model(path)
    assert to_text(loaded.graph) == to_text(read_module(network(), "model", EXAMPLE))
    assert loaded.calibration is not None
    np.testing.assert_array_equal(loaded.calibration, CALIBRATION)
    assert loaded.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert loaded.parameters == 8 * 4 + 4 + 4 * 2 + 2 + 1
    assert loaded.graph.name == "model"


def test_the_format_is_plain_and_loads_weights_only(path: Path) -> None:
    content = torch.load(path, weights_only=True)
    assert list(content) == ["format", "graph", "tensors", "calibration", "about"]
    assert content["format"] == "asn2fpga.model/6"
    assert sorted(content["tensors"]) == [
        "layer_1.bias",
        "layer_1.weight",
        "layer_3.bias",
        "layer_3.weight",
    ]
    assert content["calibration"]["x"].dtype == torch.uint8


def test_the_same_model_gives_the_same_bytes(path: Path, tmp_path: Path) -> None:
    (tmp_path / "again").mkdir()
    asn2fpga.save(network(), str(tmp_path / "again" / "model.pt"), EXAMPLE, torch.from_numpy(CALIBRATION))
    assert (tmp_path / "again" / "model.pt").read_bytes() == path.read_bytes()


def test_options_describe_the_input(tmp_path: Path) -> None:
    asn2fpga.save(network(), tmp_path / "m.pt", EXAMPLE, input_scale=1 / 16, max_count=16)
    (source,) = asn2fpga.load_model(tmp_path / "m.pt").graph.of_type(Input)
    assert (source.scale, source.max_count, source.encoding) == (1 / 16, 16, "frames")


@pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")
def test_a_module_of_torch_jit(tmp_path: Path) -> None:
    module = torch.jit.trace(flat_network(), torch.zeros(1, 8))  # type: ignore[no-untyped-call]  # torch's
    assert refusal(lambda: asn2fpga.save(module, tmp_path / "m.pt", torch.zeros(1, 8))) == (
        "save: module must be the Python module itself, not one compiled by torch.jit."
    )


def test_numbers_of_numpy(tmp_path: Path) -> None:
    asn2fpga.save(network(), tmp_path / "m.pt", EXAMPLE, input_scale=np.float32(0.5), max_count=np.int64(16))
    (source,) = asn2fpga.load_model(tmp_path / "m.pt").graph.of_type(Input)
    assert (source.scale, source.max_count) == (0.5, 16)


def test_nothing_is_written_when_saving_fails(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        asn2fpga.save(nn.Sequential(nn.ReLU()), tmp_path / "model.pt", EXAMPLE)
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_write_leaves_the_old_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = path.read_bytes()

    def fail(content: object, file: Any) -> None:
        file.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(torch, "save", fail)
    message = refusal(lambda: asn2fpga.save(network(), path, EXAMPLE))
    assert message == f"{path}: the model file must be writable, not 'No space left on device'."
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == ["model.pt"]


def test_a_folder_that_does_not_exist() -> None:
    message = refusal(lambda: asn2fpga.save(network(), "/nowhere/model.pt", EXAMPLE))
    assert message == "/nowhere/model.pt: the model file must be writable, not 'No such file or directory'."


STATEFUL = nn.Sequential(nn.Linear(8, 2), ASN(time_steps=4), TimeMean())
STATIC_OR_EVENTS = (
    "layer_1: ASN has time_steps=4, but nothing makes a time axis; for static frames put RepeatTime(4) first "
    "in "
    "the module (or x.unsqueeze(0).repeat(4, 1, ...) in forward); for events give encoding='events', "
    "max_count, "
    "and an example of shape (time, batch, ...)."
)


SAVE_ERRORS: dict[str, tuple[dict[str, Any], str]] = {
    "no module": ({"module": 3}, "save: module must be a torch.nn.Module, not int."),
    "without weights": (
        {"module": flat_network().to("meta")},
        "save: module must hold its weights, not be on the meta device; load them first.",
    ),
    "sparse example": (
        {"example_input": torch.ones(1, 8).to_sparse()},
        "save: example_input must be an ordinary dense tensor.",
    ),
    "no tensor": ({"example_input": [1.0]}, "save: example_input must be a torch.Tensor, not list."),
    "no batch": (
        {"example_input": torch.zeros(8)},
        "save: example_input must have shape (batch, ...), not (8,).",
    ),
    "no time": (
        {"module": nn.Sequential(nn.Linear(8, 2), ASN(time_steps=2)), "max_count": 1, "encoding": "events"},
        "save: example_input must have shape (time, batch, ...), not (1, 8).",
    ),
    "static or events": ({"module": STATEFUL}, STATIC_OR_EVENTS),
    "static or events, with a count": ({"module": STATEFUL, "max_count": 1}, STATIC_OR_EVENTS),
    "static or events, with a time axis": (
        {"module": STATEFUL, "example_input": torch.zeros(4, 1, 8)},
        STATIC_OR_EVENTS,
    ),
    "a scale beside integers": (
        {"example_input": torch.ones(1, 8, dtype=torch.uint8), "input_scale": 1 / 255},
        "save: example_input must be what the module sees, real numbers (integers times 1/255), not "
        "uint8; "
        "leave input_scale out if the module divides.",
    ),
    "integers that nobody casts": (
        {"example_input": torch.ones(1, 8, dtype=torch.uint8)},
        "layer_0: Linear fails on the example input of shape (3, 8) uint8: mat1 and mat2 must "
        "have "
        "the same dtype, but got Byte and Float; cast it in forward (x.float()), or give a floating-point "
        "example_input",
    ),
    "encoding": (
        {"encoding": "video"},
        "save: encoding must be 'frames', 'events' or 'tokens', not 'video'.",
    ),
    "static input repeated outside": (
        {"module": nn.Sequential(nn.Linear(8, 2), ASN(time_steps=2)), "encoding": "frames"},
        "save: a static input must be repeated inside the model, not outside; put RepeatTime(2) first.",
    ),
    "events repeated": (
        {"module": nn.Sequential(RepeatTime(2), TimeMean()), "encoding": "events", "max_count": 1},
        "save: encoding must be 'frames' for a model with RepeatTime, not 'events'.",
    ),
    "events without a count": (
        {"encoding": "events"},
        "save: max_count must be given for events, the largest count of one input in one time step; "
        "1 for binary events.",
    ),
    "scale of zero": (
        {"input_scale": 0},
        "save: input_scale must be a number in 1e-09..1e+09, what the module sees for the integer 1, not 0.",
    ),
    "scale": (
        {"input_scale": "1/255"},
        "save: input_scale must be a number in 1e-09..1e+09, what the module sees for the "
        "integer 1, not '1/255'.",
    ),
    "scale that is no number": (
        {"input_scale": float("nan")},
        "save: input_scale must be a number in 1e-09..1e+09, what the module sees for the "
        "integer 1, not nan.",
    ),
    "count": ({"max_count": 1.5}, "save: max_count must be an integer in 1..255, not 1.5."),
    "count out of range": ({"max_count": 256}, "pixels: max_count must be in 1..255, not 256."),
    "calibration's type": (
        {"calibration": np.full((3, 8), "a")},
        "calibration: x must hold integers, not <U1; give the raw pixels or counts.",
    ),
    "calibration's shape": (
        {"calibration": np.ones((3, 4, 2), np.uint8)},
        "calibration: x must have shape (samples, 8), not (3, 4, 2); give x.reshape(-1, 8) if the order of "
        "the pixels is the same.",
    ),
    "calibration's range": (
        {"calibration": np.full((3, 8), 17, np.uint8), "max_count": 16},
        "calibration: x must be at most 16 (max_count), not 17.",
    ),
}


@pytest.mark.parametrize("case", SAVE_ERRORS)
def test_bad_arguments_of_save(case: str, tmp_path: Path) -> None:
    changes, message = SAVE_ERRORS[case]
    arguments: dict[str, Any] = {"module": flat_network(), "example_input": torch.zeros(1, 8)} | changes
    assert refusal(lambda: asn2fpga.save(path=tmp_path / "model.pt", **arguments)) == message
