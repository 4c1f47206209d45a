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


def load(run: Run, tmp_path: Path, model: Path, *options: object, x: np.ndarray | None = X) -> dict[str, Any]:
    """report.json of a build until stage load; the build must end with 0."""
    out = tmp_path / "out"
    if x is not None:
        np.savez(tmp_path / "d.npz", x=x)
        options = (*options, "--data", tmp_path / "d.npz")
    outcome = run("build", model, "--board", "pynq-z2", "--out", out, "--until", "load", *options)
    assert outcome.status == 0, outcome.stderr
    report: dict[str, Any] = json.loads((out / "report.json").read_text())
    return report


def codes(report: dict[str, Any]) -> list[str]:
    return [warning["code"] for warning in report["warnings"]]


def test_a_checkpoint_comes_without_an_input_scale(run: Run, tmp_path: Path, checkpoint: Path) -> None:
    model = ("--model", "user_factory:tiny_module")
    assert codes(load(run, tmp_path, checkpoint, *model)) == ["input_scale_unknown"]
    assert codes(load(run, tmp_path, checkpoint, *model, "--input-scale", "1/255")) == []
    assert codes(load(run, tmp_path, checkpoint, *model, "--input-scale", "1")) == []
    assert codes(load(run, tmp_path, checkpoint, *model, "--input-scale", "255")) == ["input_scale"]


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
    assert codes(report) == ["untrained_batchnorm"]
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["stages"]["load"]["figures"]["trained_accuracy"] == summary.trained_accuracy
    for name in ("samples", "calibration"):
        np.testing.assert_array_equal(load_arrays(tmp_path / "out" / "state" / f"{name}.npz")["y"], y)


def test_data_that_says_nothing(run: Run, tmp_path: Path) -> None:
    example = torch.from_numpy(X[:1]).float() / 255
    asn2fpga.save(tiny_module(), tmp_path / "m.pt", example, X, input_scale=1 / 255)
    assert codes(load(run, tmp_path, tmp_path / "m.pt", x=np.full_like(X, 200))) == ["constant_data"]
    assert codes(load(run, tmp_path, tmp_path / "m.pt", x=X // 200)) == ["input_scale", "data_range"]
