"""load_model on files that are not ours: state_dicts, pickles, anything else."""

from __future__ import annotations

import contextlib
import io
import pickle
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from loader_models import CALIBRATION, EXAMPLE, flat_network, network, refusal

import asn2fpga
from asn2fpga.graph.text import to_text
from asn2fpga.importing import ImportOptions
from asn2fpga.kinds.sources.input import Input
from asn2fpga.kinds.synapses.dense import Linear
from asn2fpga.loader.save import read_module
from asn2fpga.loader.torch_file import SUPPORTED


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A good model file."""
    asn2fpga.save(network(), tmp_path / "model.pt", EXAMPLE, CALIBRATION)
    return tmp_path / "model.pt"


def test_missing_file(tmp_path: Path) -> None:
    path = tmp_path / "none.pt"
    assert refusal(lambda: asn2fpga.load_model(path)) == (
        f"{path}: the model file must exist; there is no such file."
    )


def test_unreadable_file(tmp_path: Path) -> None:
    assert refusal(lambda: asn2fpga.load_model(tmp_path)) == (
        f"{tmp_path}: the model file must be readable, not 'Is a directory'."
    )


@pytest.mark.parametrize("data", [b"", b"hello, world", b"PK\x03\x04 but no archive"])
def test_not_a_torch_file(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "model.pt"
    path.write_bytes(data)
    assert refusal(lambda: asn2fpga.load_model(path)) == (
        f"{path}: the model must be {SUPPORTED}, not another kind of file."
    )


def test_damaged_file(path: Path) -> None:
    data = bytearray(path.read_bytes())
    start = data.index(b"asn2fpga.model/6")
    data[start - 8 : start + 80] = bytes(88)
    path.write_bytes(data)
    assert refusal(lambda: asn2fpga.load_model(path)) == (
        f"{path}: the file must be as it was written, not changed: 'archive/data.pkl' does not have its "
        "checksum; copy it again."
    )


@contextlib.contextmanager
def without_checksums() -> Iterator[None]:
    """Within it torch.save computes none."""
    torch.serialization.set_crc32_options(False)
    yield
    torch.serialization.set_crc32_options(True)


def test_a_changed_weight(path: Path) -> None:
    """One bit of one number, in a file that can be read all the same."""
    with zipfile.ZipFile(path) as archive:
        weights = next(part for part in archive.infolist() if "/data/" in part.filename)
    data = bytearray(path.read_bytes())
    data[data.index(b"FB", weights.header_offset) + 200] ^= 1
    path.write_bytes(data)
    assert "does not have its checksum; copy it again." in refusal(lambda: asn2fpga.load_model(path))


def test_a_file_without_checksums(path: Path) -> None:
    """As torch.serialization.set_crc32_options(False) makes it: torch.load says what is damaged."""
    content = torch.load(path, weights_only=True)
    with without_checksums():
        torch.save(content, path)
    assert asn2fpga.load_model(path).graph.layers
    data = bytearray(path.read_bytes())
    start = data.index(b"asn2fpga.model/6")
    data[start - 8 : start + 80] = bytes(88)
    path.write_bytes(data)
    assert refusal(lambda: asn2fpga.load_model(path)) == (
        f"{path}: the model must be {SUPPORTED}, not a damaged file."
    )


def test_an_archive_that_is_no_torch_file(tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    np.savez(path, x=np.zeros(3))
    assert refusal(lambda: asn2fpga.load_model(path)) == (
        f"{path}: the model must be {SUPPORTED}, not another kind of file."
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            ImportOptions(dt=1e-3),
            "--dt must be left out, not be 0.001; it is for NIR graphs, whose time is continuous.",
        ),
        (
            ImportOptions(discretisation="exact"),
            "--nir-discretisation must be left out, not be exact; it is for NIR graphs, whose time is "
            "continuous.",
        ),
    ],
)
def test_options_of_nir_graphs(path: Path, options: ImportOptions, message: str) -> None:
    for model in (path, "net.py:Net"):
        assert refusal(lambda model=model: asn2fpga.load_model(model, options)) == f"{model}: {message}"


def test_a_file_of_something_else(tmp_path: Path) -> None:
    path = tmp_path / "model.pt"
    torch.save([1, 2], path)
    assert refusal(lambda: asn2fpga.load_model(path)) == (
        f"{path}: the model must be {SUPPORTED}, not a file of list."
    )


FACTORIES = """
import torch
from torch import nn
from asn2fpga.nn import NASN

def flat():
    return nn.Sequential(nn.Linear(8, 4), NASN(4), nn.Linear(4, 2))

def images():
    module = nn.Sequential(nn.Flatten(), *flat())
    return module, {"example_input": torch.zeros(1, 2, 4), "input_scale": 1 / 255,
                    "calibration": torch.ones(2, 2, 4, dtype=torch.uint8)}

def other():
    return nn.Sequential(nn.Linear(8, 5), NASN(4), nn.Linear(5, 2))

def options():
    return flat(), {"bits": 8}

def broken():
    return 1 / 0

nothing = 3
"""


@pytest.fixture
def user_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state_dict beside the code that builds its module, in the current directory."""
    (tmp_path / "user_networks.py").write_text(FACTORIES)
    torch.save(flat_network().state_dict(), tmp_path / "flat.pt")
    torch.save(network().state_dict(), tmp_path / "images.pt")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(sys.modules, "user_networks", raising=False)
    return tmp_path


def test_state_dict_with_a_factory(user_code: Path) -> None:
    loaded = asn2fpga.load_model("flat.pt", ImportOptions(factory="user_networks:flat"))
    assert to_text(loaded.graph) == to_text(read_module(flat_network(), "flat"))
    assert loaded.calibration is None and str(user_code) not in sys.path


def test_a_factory_may_describe_the_input(user_code: Path) -> None:
    loaded = asn2fpga.load_model("images.pt", ImportOptions(factory="user_networks:images"))
    (source,) = loaded.graph.of_type(Input)
    assert source.shape == (2, 4) and source.scale == 1 / 255
    assert loaded.calibration is not None and loaded.calibration.shape == (2, 2, 4)
    np.testing.assert_array_equal(
        loaded.graph.of_type(Linear)[0].weight, network()[1].weight.detach().double().numpy()
    )


FACTORY_ERRORS = {
    None: "flat.pt: a state_dict must come with the code that builds its module, not alone: "
    "my_model.py:Net --weights flat.pt; it holds weights, but not the network they belong to.",
    "flat": "--model flat: the factory must be written package.module:function or "
    "my_model.py:Net; e.g. nets:mnist.",
    "no_such_module:flat": "--model no_such_module:flat: the factory cannot be imported, or not be "
    "called without arguments: ModuleNotFoundError: No module named 'no_such_module'",
    "user_networks:missing": "--model user_networks:missing: the factory cannot be imported, or not be "
    "called without arguments: AttributeError: module 'user_networks' has no attribute 'missing'; it "
    "has flat, images, other, options, broken",
    "user_networks:broken": "--model user_networks:broken: the factory cannot be imported, or not be "
    "called without arguments (user_networks.py:21: return 1 / 0): ZeroDivisionError: division by zero",
    "user_networks:nothing": "--model user_networks:nothing: the factory cannot be imported, or not be "
    "called without arguments: TypeError: 'int' object is not callable",
    "builtins:dict": "--model builtins:dict: the factory must return a torch.nn.Module, not dict.",
    "user_networks:options": "--model user_networks:options: the options must be a dict with keys among "
    "example_input, encoding, input_scale, max_count, calibration, labels, "
    "time_steps, output, read_out.",
    "user_networks:images": "flat.pt: the weights must fit the module that is built, but lack "
    "1.weight, "
    "1.bias, 2.alpha, 3.weight, 3.bias; the file holds 0.weight, 0.bias, 1.alpha, 2.weight, 2.bias, "
    "which it has not.",
    "user_networks:other": "flat.pt: the weights must fit the module that is built, not differ in "
    "shape: "
    "0.weight is (4, 8) in the file and (5, 8) in the module, 0.bias is (4,) in the file and (5,) in the "
    "module, "
    "2.weight is (2, 4) in the file and (2, 5) in the module.",
}


@pytest.mark.usefixtures("user_code")
@pytest.mark.parametrize("factory", FACTORY_ERRORS)
def test_state_dict_errors(factory: str | None) -> None:
    assert (
        refusal(lambda: asn2fpga.load_model("flat.pt", ImportOptions(factory=factory)))
        == FACTORY_ERRORS[factory]
    )


def unwanted_pickle(path: Path) -> str:
    return (
        f"{path}: the file must be plain weights, not pickled Python objects, because loading those "
        "can run code; write it with asn2fpga.save, or add --unsafe-pickle if you trust where it comes from."
    )


class Trap:
    """A pickle that would leave a trace when loaded."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (self.path,))


@pytest.mark.parametrize("legacy", [False, True])
def test_pickles_are_refused_and_not_run(tmp_path: Path, legacy: bool) -> None:
    path, trace = tmp_path / "module.pt", tmp_path / "trace"
    torch.save({"trap": Trap(trace)}, path, _use_new_zipfile_serialization=not legacy)
    assert refusal(lambda: asn2fpga.load_model(path)) == unwanted_pickle(path)
    torch.save(Trap(trace), path, _use_new_zipfile_serialization=not legacy)
    assert refusal(lambda: asn2fpga.load_model(path)) == unwanted_pickle(path)
    torch.save({"format": "asn2fpga.model/1", "graph": Trap(trace)}, path)
    assert refusal(lambda: asn2fpga.load_model(path)) == unwanted_pickle(path)
    assert not trace.exists()


@pytest.mark.parametrize("legacy", [False, True])
def test_pickled_modules_are_refused(tmp_path: Path, legacy: bool) -> None:
    path = tmp_path / "module.pt"
    for content in (flat_network(), {"model": flat_network(), "epoch": 3}):
        torch.save(content, path, _use_new_zipfile_serialization=not legacy)
        assert refusal(lambda: asn2fpga.load_model(path)) == unwanted_pickle(path)


def test_a_pickled_module_is_read_on_demand(tmp_path: Path) -> None:
    path = tmp_path / "module.pt"
    torch.save(flat_network(), path)
    loaded = asn2fpga.load_model(path, ImportOptions(unsafe_pickle=True))
    assert to_text(loaded.graph) == to_text(read_module(flat_network(), "module"))


def test_a_pickled_module_whose_class_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "module.pt"
    buffer = io.BytesIO()
    with without_checksums():
        torch.save(network(), buffer, pickle_protocol=2)
    path.write_bytes(buffer.getvalue().replace(b"asn2fpga.nn.nasn", b"asn2fpga.nn.gone"))
    message = refusal(lambda: asn2fpga.load_model(path, ImportOptions(unsafe_pickle=True)))
    assert message.startswith(f"{path}: cannot load the pickled model: ")


def test_plain_pickles(tmp_path: Path) -> None:
    path = tmp_path / "model.pkl"
    path.write_bytes(pickle.dumps({"weight": 1}))
    assert refusal(lambda: asn2fpga.load_model(path)) == unwanted_pickle(path)
    assert refusal(lambda: asn2fpga.load_model(path, ImportOptions(unsafe_pickle=True))) == (
        f"{path}: cannot load the pickled model: RuntimeError: Invalid magic number; corrupt file?"
    )
