"""The file of choices that a build writes makes the same hardware again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from e2e_tools import PIXELS, Run, tiny_module

import asn2fpga


def test_the_written_configuration_makes_the_same_hardware_with_other_data(run: Run, tmp_path: Path) -> None:
    """Lanes are chosen from --data where the model has no calibration data; then the file fixes them."""
    model, random = tmp_path / "m.pt", np.random.default_rng(5)
    asn2fpga.save(tiny_module(), model, torch.full((1, PIXELS), 0.5), input_scale=1 / 255)
    for name, share in (("dense", 1.0), ("sparse", 0.05)):
        x = random.integers(1, 256, (20, PIXELS)) * (random.random((20, PIXELS)) < share)
        np.savez(tmp_path / f"{name}.npz", x=x.astype(np.uint8))
    build = ("build", model, "--board", "pynq-z2", "--until", "codegen")
    first, second = tmp_path / "a", tmp_path / "b"
    assert run(*build, "--data", tmp_path / "dense.npz", "--optimise", "area", "--out", first).status == 0
    fixed = ("--config", first / "config.toml", "--data", tmp_path / "sparse.npz", "--out", second)
    assert run(*build, *fixed).status == 0
    for path in (first / "hls").rglob("*"):
        if path.is_file() and path.parent.name != "vectors":  # these are the data
            assert (second / path.relative_to(first)).read_bytes() == path.read_bytes(), path
