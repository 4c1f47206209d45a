"""--stream and --early-exit on the command line: what is refused, and builds all the way to the package."""

from __future__ import annotations

import io
import json
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import torch
from e2e_tools import PIXELS, Run
from torch import nn

import asn2fpga
from asn2fpga.nn import LIF, RepeatTime, TimeSum

T = 4


@pytest.fixture(scope="module")
def over_time(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """steps.pt, a network of several time steps, with calibration data of the classes that it finds."""
    torch.manual_seed(3)
    module = nn.Sequential(
        RepeatTime(T), nn.Linear(PIXELS, 8), LIF(0.75, time_steps=T), nn.Linear(8, 3), TimeSum()
    )
    nn.init.normal_(module[1].weight, std=0.8)
    nn.init.normal_(module[3].weight, std=0.8)
    x = np.random.default_rng(2).integers(0, 256, (120, PIXELS), dtype=np.uint8)
    y = module.eval()(torch.from_numpy(x) / 255).argmax(1).numpy()
    path = tmp_path_factory.mktemp("steps") / "steps.pt"
    asn2fpga.save(module, path, torch.zeros(1, PIXELS), x, labels=y, input_scale=1 / 255)
    return path


@pytest.mark.parametrize("option", ["--stream", "--early-exit"])
def test_one_time_step_is_refused(run: Run, model: Path, option: str, tmp_path: Path) -> None:
    value = ["5"] if option == "--early-exit" else []
    found = run("build", model, "--board", "pynq-z2", "--out", tmp_path / "b", option, *value, "--quiet")
    assert found.status == 2
    assert found.stderr.splitlines()[-1] == (
        f"error: layer_2: {option} needs scores after several time steps, not after 1; leave {option} out, "
        "or give the network an input over time (RepeatTime, or events)."
    )


def test_thresholds_of_an_exploration_are_chosen_on_the_calibration_samples(
    over_time: Path, tmp_path: Path
) -> None:
    pytest.importorskip("optuna")
    out = tmp_path / "out"
    with ThreadPoolExecutor(1) as executor:
        found = asn2fpga.explore(
            over_time, "pynq-z2", None, out, "latency,accuracy", 2, executor=executor, rtl_builds=0,
            samples=40, early_exit="auto:2",
        )  # fmt: skip
    assert [one.reason for one in found.results.designs] == ["", ""]


@pytest.mark.slow
@pytest.mark.parametrize("asked", ["stream", "exit"])
def test_a_build_answers_early_or_all_the_time(run: Run, over_time: Path, tmp_path: Path, asked: str) -> None:
    options = ["--stream"] if asked == "stream" else ["--early-exit", "auto:2"]
    quick = ["--vectors", "12", "--cocotb-vectors", "3"]
    out = tmp_path / "b"
    assert run("build", over_time, "--board", "pynq-z2", "--out", out, *options, *quick).status == 0
    report = json.loads((out / "report.json").read_text())
    assert report["cosim"]["mismatches"] == 0
    found = report["accuracy"]["early_exit"]
    (package,) = (out / "deploy").glob("*.zip")
    with zipfile.ZipFile(package) as archive:
        vectors = np.load(io.BytesIO(archive.read("vectors.npz")))
    assert (report["cosim"]["after_answer_us"] is None) == (asked == "stream")
    if asked == "stream":
        assert found is None and vectors["scores"].shape[1:] == (T, 3)
        return
    assert sum(found["used"]) == report["accuracy"]["data_samples"] and len(found["thresholds"]) == T - 1
    assert 1 <= found["mean_steps"] < T
    works_us = report["cosim"]["latency_us"] + report["cosim"]["after_answer_us"]
    energy = report["energy"]
    assert works_us > report["cosim"]["latency_us"]
    assert energy["static_uj"] == pytest.approx(energy["constants"]["static_mw"] * works_us * 1e-3)
    assert vectors["scores"].shape == (12, 3) and set(vectors["steps"].tolist()) <= set(range(1, T + 1))
    assert "Accuracy against time steps used" in (out / "report.html").read_text()
