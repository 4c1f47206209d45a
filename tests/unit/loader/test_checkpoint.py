"""Checkpoints as training scripts leave them: weights anywhere, prefixes, strangers' objects beside them."""

from __future__ import annotations

import argparse
import collections
import datetime
import enum
import pathlib
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from loader_models import flat_network, refusal
from torch import Tensor, nn

import asn2fpga
from asn2fpga.graph.text import to_text
from asn2fpga.importing import ImportOptions
from asn2fpga.loader.load import LoadedModel
from asn2fpga.loader.save import read_module

FACTORIES = """
from torch import nn
from loader_models import flat_network

def flat():
    return flat_network()

def wrapped():
    return nn.DataParallel(flat_network())

def inside():
    return nn.Sequential(nn.ModuleDict({"net": flat_network()})["net"])

def normed():
    flat = flat_network()
    return nn.Sequential(flat[0], nn.BatchNorm1d(4), *flat[1:])
"""
STATE = flat_network().state_dict()


class AttributeDict(dict[str, Any]):
    """Like Lightning's: a stranger's dict."""


class Colour(enum.Enum):
    RED = 1


class Loss:
    """A stranger's object with state."""

    def __init__(self) -> None:
        self.weight = torch.ones(3)


@pytest.fixture(autouse=True)
def user_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The code that builds the module, in the current directory."""
    (tmp_path / "checkpoint_factories.py").write_text(FACTORIES)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(sys.modules, "checkpoint_factories", raising=False)
    return tmp_path


def load(content: Any, factory: str = "flat", legacy: bool = False, **options: Any) -> LoadedModel:
    torch.save(content, "c.pt", _use_new_zipfile_serialization=not legacy)
    return asn2fpga.load_model(
        "c.pt", ImportOptions(factory=f"checkpoint_factories:{factory}", input_scale=1, **options)
    )


def assert_same(loaded: LoadedModel) -> None:
    assert to_text(loaded.graph) == to_text(read_module(flat_network(), "c"))
    for ours, theirs in zip(loaded.graph.layers, read_module(flat_network(), "c").layers, strict=True):
        if hasattr(ours, "weight"):
            np.testing.assert_array_equal(ours.weight, theirs.weight)  # type: ignore[attr-defined]  # a Linear too


def prefixed(prefix: str, state: dict[str, Tensor] = STATE) -> dict[str, Tensor]:
    return {prefix + name: tensor for name, tensor in state.items()}


@pytest.mark.parametrize("prefix", ["", "module.", "_orig_mod.", "model.", "net.", "module._orig_mod.model."])
@pytest.mark.parametrize("key", ["", "net", "model", "state_dict", "model_state_dict", "weights"])
def test_weights_are_found_by_their_content(key: str, prefix: str) -> None:
    state = prefixed(prefix)
    content = {"epoch": 3, "optimizer": {"state": {}}, key: state} if key else state
    loaded = load(content)
    assert_same(loaded)
    assert loaded.warnings == ()


def test_the_dict_that_fits_is_chosen() -> None:
    other = {"0.weight": torch.zeros(9, 9)}
    assert_same(load({"state_dict": other, "model": prefixed("module."), "net": {}}))
    assert_same(load({"model": {"ema": other, "net": dict(STATE)}}))


def test_names_that_look_like_prefixes_stay(user_code: Path) -> None:
    loaded = load({"model": prefixed("0.")}, "inside")
    assert to_text(loaded.graph) == to_text(read_module(nn.Sequential(flat_network()), "c"))


BESIDE: dict[str, Any] = {
    "namespace": argparse.Namespace(lr=0.1, output=pathlib.PurePosixPath("/x"), device=torch.device("cpu")),
    "numpy scalars": {"best": np.float64(99.1), "epoch": np.int64(3), "flag": np.bool_(True)},
    "numpy array": np.arange(6, dtype=np.float32),
    "attribute dict": AttributeDict(lr=0.1, nested=AttributeDict(a=[1, 2])),
    "default dict": collections.defaultdict(list, {"loss": [1.0]}),
    "enum": Colour.RED,
    "date": datetime.datetime(2024, 1, 1),
    "object": Loss(),
    "class": nn.CrossEntropyLoss,
    "function": flat_network,
    "module": nn.Linear(2, 2),
    "generator": {"random": np.random.default_rng(0).bit_generator.state},
}


WITH_SOURCE = ("class", "module")  # old torch files hold the source of their modules: refused


@pytest.mark.parametrize(
    ("name", "legacy"),
    [(name, False) for name in BESIDE] + [(name, True) for name in BESIDE if name not in WITH_SOURCE],
)
def test_objects_of_strangers_beside_the_weights(name: str, legacy: bool) -> None:
    before = set(torch.serialization.get_safe_globals())
    assert_same(load({"model": STATE, "args": BESIDE[name], "epoch": 3}, legacy=legacy))
    assert set(torch.serialization.get_safe_globals()) == before


@pytest.mark.parametrize("name", BESIDE)
def test_the_same_with_unsafe_pickle(name: str) -> None:
    assert_same(load({"model": STATE, "args": BESIDE[name]}, unsafe_pickle=True))


class Trap:
    """A pickle that would leave a trace when loaded."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return (open, (str(self.path), "w"))


def test_nothing_beside_the_weights_runs(tmp_path: Path) -> None:
    assert_same(load({"model": STATE, "args": Trap(tmp_path / "trace")}))
    assert not (tmp_path / "trace").exists()


class List(list[int]):
    """Its items are appended one by one: torch's unpickler takes that of true lists only."""


def test_what_cannot_be_made_inert_is_refused() -> None:
    assert refusal(lambda: load({"model": STATE, "args": List([1, 2])})) == (
        "c.pt: the file must be plain weights, not pickled Python objects, because loading those can run "
        "code; "
        "write it with asn2fpga.save, or add --unsafe-pickle if you trust where it comes from."
    )
    assert_same(load({"model": STATE, "args": List([1, 2])}, unsafe_pickle=True))


def test_a_wrapped_module_and_its_checkpoint() -> None:
    assert_same(load({"net": nn.DataParallel(flat_network()).state_dict()}, "wrapped"))


def test_whole_modules_in_a_dict_with_unsafe_pickle() -> None:
    content = {"epoch": 1, "model": nn.DataParallel(flat_network())}
    torch.save(content, "c.pt")
    assert_same(asn2fpga.load_model("c.pt", ImportOptions(unsafe_pickle=True, input_scale=1)))
    assert_same(load(content, unsafe_pickle=True))


def test_weights_that_the_module_lacks_are_refused() -> None:
    extra = {f"head.{index}": torch.zeros(2) for index in range(6)} | {"bad\x1b[2J": torch.zeros(1)}
    assert refusal(lambda: load({"model": STATE | extra})) == (
        "c.pt: the weights must fit the module that is built, which has no head.0, head.1, head.2, head.3, "
        "head.4 and 2 more; build the module that has them, or delete them from the file if only the "
        "training needed them."
    )


def test_weights_without_the_common_prefix_are_none_of_the_module() -> None:
    assert refusal(
        lambda: load({"state_dict": prefixed("model.") | {"criterion.weight": torch.ones(2)}})
    ) == (
        "c.pt: the weights must fit the module that is built, which has no criterion.weight; build the "
        "module that has it, or delete it from the file if only the training needed it."
    )


@pytest.mark.parametrize("prefix", ["", "module."])
def test_counters_and_states_beside_the_weights_are_none(prefix: str) -> None:
    """Of profilers, of averaged models, of BatchNorm, of neurons."""
    state = prefixed(prefix) | {
        f"{prefix}total_ops": torch.zeros(1),
        f"{prefix}0.total_params": torch.zeros(1),
        f"{prefix}1.mem": torch.zeros(4),
        "n_averaged": torch.tensor(3),
    }
    loaded = load({"model": state})
    assert_same(loaded)
    assert loaded.warnings == ()


@pytest.mark.parametrize("name", ["0.mem", "9.mem", "mem.weight", "1.total"])
def test_other_names_are_none_of_them(name: str) -> None:
    message = refusal(lambda: load({"model": STATE | {name: torch.zeros(4)}}))
    assert f"which has no {name}; build the module" in message


def test_missing_weights_are_named() -> None:
    assert refusal(lambda: load({"model": prefixed("module.", {"0.weight": STATE["0.weight"]})})) == (
        "c.pt: the weights must fit the module that is built, but lack 0.bias, 1.alpha, 2.weight, "
        "2.bias; "
        "the file holds module.0.weight."
    )


def test_the_counter_of_a_batchnorm_may_be_missing() -> None:
    flat = flat_network()
    state = nn.Sequential(flat[0], nn.BatchNorm1d(4), *flat[1:]).state_dict()
    del state["1.num_batches_tracked"]
    assert [warning.code for warning in load(dict(state), "normed").warnings] == ["untrained_batchnorm"]


NO_WEIGHTS: dict[str, tuple[Any, str]] = {
    "empty": ({}, "dict"),
    "settings": ({"epoch": 3, "args": {"lr": 0.1}}, "dict"),
    "sparse": ({"0.weight": torch.eye(3).to_sparse()}, "dict"),
    "tensor": (torch.zeros(3), "Tensor"),
}


@pytest.mark.parametrize("case", NO_WEIGHTS)
def test_files_without_weights(case: str) -> None:
    content, kind = NO_WEIGHTS[case]
    assert refusal(lambda: load(content)) == (
        "c.pt: the model must be a file written by asn2fpga.save, a NIR graph, a program of "
        "torch.export.save, or weights for a module "
        f"(my_model.py:Net --weights FILE), not a file of {kind}."
    )
