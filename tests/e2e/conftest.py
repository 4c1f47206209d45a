"""A model file, and the command line run in this process."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from e2e_tools import PIXELS, Outcome, Run, tiny_module

import asn2fpga
from asn2fpga.cli import main


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """`run("build", model, "--board", "pynq-z2")`: the command line in this process."""

    def call(*arguments: object) -> Outcome:
        capsys.readouterr()
        status = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Outcome(status, captured.out, captured.err)

    return call


@pytest.fixture(scope="session")
def model_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """tiny.pt with calibration data."""
    path = tmp_path_factory.mktemp("model") / "tiny.pt"
    calibration = np.random.default_rng(1).integers(0, 256, (40, PIXELS), dtype=np.uint8)
    example = torch.zeros(1, PIXELS)
    asn2fpga.save(tiny_module(), path, example, calibration, input_scale=1 / 255)
    return path


@pytest.fixture
def model(model_file: Path, tmp_path: Path) -> Path:
    """The same, in the test's own folder."""
    return Path(shutil.copy(model_file, tmp_path / "tiny.pt"))
