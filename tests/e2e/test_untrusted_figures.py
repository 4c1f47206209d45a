"""Inputs that give a wrong figure and yet build: each is told on top of the report, and the status is 0."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from e2e_tools import CLASSES, PIXELS, Run, tiny_module
from torch import nn

import asn2fpga
from asn2fpga.nn import ASN
from asn2fpga.stages.folder import load_arrays

X = np.random.default_rng(4).integers(0, 256, (50, PIXELS), dtype=np.uint8)
FACTORY = "from e2e_tools import tiny_module\n"


@pytest.fixture
def checkpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state_dict beside the code that builds its module, in the current directory."""
    (tmp_path / "user_factory.py").write_text(FACTORY)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(sys.modules, "user_factory", raising=False)
    torch.save(tiny_module().state_dict(), tmp_path / "weights.pt")
    return tmp_path / "weights.pt"


def load(
    run: Run, tmp_path: Path, model: Path, *options: object, x: np.ndarray | None = X, until: str = "load"
) -> dict[str, Any]:
    """report.json of a build until a stage; the build must end with 0."""
    out = tmp_path / "out"
    if x is not None:
        np.savez(tmp_path / "d.npz", x=x)
        options = (*options, "--data", tmp_path / "d.npz")
    outcome = run("build", model, "--board", "pynq-z2", "--out", out, "--until", until, *options)
    assert outcome.status == 0, outcome.stderr
    report: dict[str, Any] = json.loads((out / "report.json").read_text())
    return report


def codes(report: dict[str, Any]) -> list[str]:
    return [warning["code"] for warning in report["warnings"]]


def rows_with_labels(x: np.ndarray, y: np.ndarray) -> set[tuple[int, ...]]:
    """Every sample with its class: what remains in any order."""
    return {(*map(int, row), int(label)) for row, label in zip(x, y, strict=True)}


def test_a_checkpoint_comes_without_an_input_scale(run: Run, tmp_path: Path, checkpoint: Path) -> None:
    model = ("--model", "user_factory:tiny_module")
    assert codes(load(run, tmp_path, checkpoint, *model)) == ["input_scale_unknown"]
    assert codes(load(run, tmp_path, checkpoint, *model, "--input-scale", "1/255")) == []
    assert codes(load(run, tmp_path, checkpoint, *model, "--input-scale", "1")) == []
    assert codes(load(run, tmp_path, checkpoint, *model, "--input-scale", "255")) == ["input_scale"]


def test_random_inputs_are_compared_with_the_example(run: Run, tmp_path: Path) -> None:
    for scale, expected in ((None, ["random_inputs", "input_scale"]), (1 / 255, ["random_inputs"])):
        asn2fpga.save(tiny_module(), tmp_path / "m.pt", torch.rand(1, PIXELS), input_scale=scale)
        assert codes(load(run, tmp_path, tmp_path / "m.pt", "--overwrite", x=None)) == expected


def test_the_input_scale_of_a_pickled_module(run: Run, tmp_path: Path) -> None:
    torch.save(tiny_module(), tmp_path / "m.pt")
    load(run, tmp_path, tmp_path / "m.pt", "--unsafe-pickle", "--input-scale", "0.5")
    asn2fpga.save(tiny_module(), tmp_path / "s.pt", torch.zeros(1, PIXELS), input_scale=0.5)
    weights = load_arrays(tmp_path / "out" / "state" / "real.npz")
    (tmp_path / "other").mkdir()
    load(run, tmp_path / "other", tmp_path / "s.pt")
    same = load_arrays(tmp_path / "other" / "out" / "state" / "real.npz")
    assert weights.keys() == same.keys() and all(np.array_equal(weights[k], same[k]) for k in same)


def test_what_the_model_file_says_reaches_the_stage(run: Run, tmp_path: Path) -> None:
    module = nn.Sequential(nn.Linear(PIXELS, 5), nn.BatchNorm1d(5), ASN(levels=4), nn.Linear(5, CLASSES))
    y = np.arange(50) % CLASSES
    example = torch.from_numpy(X[:1]).float() / 255
    summary = asn2fpga.save(module, tmp_path / "m.pt", example, X, labels=y, input_scale=1 / 255)
    report = load(run, tmp_path, tmp_path / "m.pt", x=None)
    assert codes(report) == ["untrained_batchnorm", "chance_accuracy"]
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["stages"]["load"]["figures"]["trained_accuracy"] == summary.trained_accuracy
    for name in ("samples", "calibration"):
        stored = load_arrays(tmp_path / "out" / "state" / f"{name}.npz")
        assert rows_with_labels(stored["x"], stored["y"]) == rows_with_labels(X, y)


@pytest.mark.parametrize("data", [False, True])
def test_chance_is_told_once_and_of_the_samples_it_was_found_on(run: Run, tmp_path: Path, data: bool) -> None:
    module = tiny_module()
    scores = module(torch.from_numpy(X).float() / 255).detach().numpy()
    asn2fpga.save(
        module, tmp_path / "m.pt", torch.ones(1, PIXELS), X, labels=scores.argmin(1), input_scale=1 / 255
    )
    report = load(run, tmp_path, tmp_path / "m.pt", x=X if data else None, until="golden")
    told = [warning["where"] for warning in report["warnings"] if warning["code"] == "chance_accuracy"]
    assert told == ["calibration"]


def test_one_sample_that_is_right_is_no_reason_to_alarm(run: Run, tmp_path: Path) -> None:
    module = tiny_module()
    y = module(torch.from_numpy(X).float() / 255).argmax(1).numpy()
    asn2fpga.save(module, tmp_path / "m.pt", torch.ones(1, PIXELS), X, labels=y, input_scale=1 / 255)
    np.savez(tmp_path / "one.npz", x=X[:1], y=y[:1])
    options = ("--data", tmp_path / "one.npz")
    assert codes(load(run, tmp_path, tmp_path / "m.pt", *options, x=None, until="golden")) == []


def test_data_that_says_nothing(run: Run, tmp_path: Path) -> None:
    example = torch.from_numpy(X[:1]).float() / 255
    asn2fpga.save(tiny_module(), tmp_path / "m.pt", example, X, input_scale=1 / 255)
    assert codes(load(run, tmp_path, tmp_path / "m.pt", x=np.full_like(X, 200))) == ["constant_data"]
    assert codes(load(run, tmp_path, tmp_path / "m.pt", x=X // 200)) == ["input_scale", "data_range"]


@pytest.mark.parametrize("value", [30.0, 100.0, 1000.0])
def test_one_large_weight_in_the_last_layer_costs_no_accuracy(run: Run, tmp_path: Path, value: float) -> None:
    x = np.random.default_rng(4).integers(0, 256, (400, PIXELS), dtype=np.uint8)
    module = tiny_module()
    with torch.no_grad():
        module[0].bias[4] = -1000.0  # neuron 4 never fires
        module[2].weight[0, 4] = value
    example = torch.from_numpy(x[:1]).float() / 255
    asn2fpga.save(module, tmp_path / "m.pt", example, x, input_scale=1 / 255)
    assert codes(load(run, tmp_path, tmp_path / "m.pt", x=x, until="golden")) == []
    assert agreement(tmp_path) >= 0.99


def agreement(tmp_path: Path) -> float:
    """Part of the samples for which integers find the float network's class."""
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    return float(manifest["stages"]["golden"]["figures"]["agreement"])


def test_what_a_large_weight_costs_its_own_class_is_told_with_the_way_out(run: Run, tmp_path: Path) -> None:
    x = np.random.default_rng(4).integers(0, 256, (400, PIXELS), dtype=np.uint8)
    module = tiny_module()
    with torch.no_grad():
        module[0].bias[4] = -1000.0
        module[2].weight[0, 4] = 100.0
    example = torch.from_numpy(x[:1]).float() / 255
    asn2fpga.save(module, tmp_path / "m.pt", example, input_scale=1 / 255)
    report = load(run, tmp_path, tmp_path / "m.pt", x=x, until="golden")
    (warning,) = report["warnings"]
    assert (warning["code"], warning["where"]) == ("accuracy_loss", "layer_2")
    assert warning["hint"].startswith("with --scale-method clipped it is ")
    clipped = ("--scale-method", "clipped")
    assert codes(load(run, tmp_path, tmp_path / "m.pt", *clipped, x=x, until="golden")) == []
    assert f"{100 * agreement(tmp_path):.2f} %" in warning["hint"]


@pytest.mark.parametrize(
    ("layer", "field", "value", "code", "where"),
    [
        (0, "weight", 0.0, "zero_weights", "layer_0"),
        (2, "weight", 0.0, "zero_weights", "layer_2"),
        (0, "bias", -100.0, "silent_layer", "layer_0"),
        (0, "bias", 100.0, "saturated_layer", "layer_0"),
    ],
)
def test_layers_that_do_nothing(
    run: Run, tmp_path: Path, layer: int, field: str, value: float, code: str, where: str
) -> None:
    module = tiny_module()
    with torch.no_grad():
        getattr(module[layer], field).fill_(value)
    example = torch.from_numpy(X[:1]).float() / 255
    asn2fpga.save(module, tmp_path / "m.pt", example, input_scale=1 / 255)
    for data in (X, None):
        (tmp_path / str(data is None)).mkdir()
        report = load(run, tmp_path / str(data is None), tmp_path / "m.pt", x=data, until="golden")
        found = [(warning["code"], warning["where"]) for warning in report["warnings"]]
        assert (code, where) in found
