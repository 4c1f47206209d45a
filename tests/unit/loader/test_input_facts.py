"""Example, calibration samples, --data and input_scale beside each other: what is refused, what is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from loader_models import Forward, network, refusal
from torch import Tensor, nn

import asn2fpga
from asn2fpga.loader.input_facts import data_warnings
from asn2fpga.nn import ASN, NASN, TimeMean
from asn2fpga.warning import BuildWarning

X = np.random.default_rng(0).integers(0, 256, (20, 2, 4), dtype=np.uint8)
X[0, 0, 0] = 255
SMALL = (X % 17).astype(np.uint8)
SMALL[0, 0, 0] = 16
RAW = torch.from_numpy(X[:1]).float()
UNIT = RAW / 255
ZEROS = torch.zeros(1, 2, 4)


def divides() -> nn.Module:
    return Forward(lambda parts, x: parts["net"](x / 255), net=network())


def fitted_norm() -> nn.Module:
    """BatchNorm of the raw pixels."""
    module = nn.BatchNorm1d(8, momentum=None)
    module(torch.from_numpy(X).float().flatten(1))
    return module


def save(tmp_path: Path, example: Tensor, x: np.ndarray | None, **options: Any) -> tuple[BuildWarning, ...]:
    """The warnings of save, which are those of loading the file too."""
    module = options.pop("module", None) or network()
    summary = asn2fpga.save(module, tmp_path / "m.pt", example, x, **options)
    loaded = asn2fpga.load_model(tmp_path / "m.pt")
    assert loaded.warnings == summary.warnings
    return summary.warnings


def forgotten(low: str, high: str, largest: int, full: int) -> str:
    return (
        f"save: example_input must be on the scale of the calibration data, not within {low}..{high} beside "
        f"integers up to {largest}; give input_scale=1/{full} if they are divided outside of the module, "
        f"or divide in the module (x / {full}) and give a raw example, or input_scale=1."
    )


FORGOTTEN: dict[str, tuple[Tensor, np.ndarray, str]] = {
    "image": (UNIT, X, forgotten(f"{float(UNIT.min()):g}", "1", 255, 255)),
    "ones": (torch.ones(1, 2, 4), X, forgotten("1", "1", 255, 255)),
    "digits": (torch.full((1, 2, 4), 0.25), SMALL, forgotten("0.25", "0.25", 16, 16)),
    "double": (torch.full((1, 2, 4), 0.5, dtype=torch.float64), X, forgotten("0.5", "0.5", 255, 255)),
}


@pytest.mark.parametrize("case", FORGOTTEN)
def test_a_scaled_example_beside_raw_samples_is_refused(case: str, tmp_path: Path) -> None:
    example, x, message = FORGOTTEN[case]
    module = network().to(example.dtype)
    assert refusal(lambda: asn2fpga.save(module, tmp_path / "m.pt", example, x)) == message
    assert list(tmp_path.iterdir()) == []


SOUND: dict[str, tuple[Tensor, np.ndarray | None, dict[str, Any]]] = {
    "scale given": (UNIT, X, {"input_scale": 1 / 255}),
    "raw": (RAW, X, {}),
    "raw integers": (
        RAW.to(torch.uint8),
        X,
        {"module": Forward(lambda p, x: p["net"](x.float()), net=network())},
    ),
    "divided in the module": (RAW, X, {"module": divides()}),
    "divided in the module, example says nothing": (ZEROS, X, {"module": divides()}),
    "normalised in the module, example says nothing": (
        ZEROS.reshape(1, 8),
        X.reshape(20, 8),
        {"module": nn.Sequential(fitted_norm(), *network()[1:])},
    ),
    "said to be raw": (ZEROS, X, {"input_scale": 1}),
    "no samples": (UNIT, None, {}),
    "binary samples": (UNIT, (X > 9).astype(np.uint8), {}),
    "digits": (torch.full((1, 2, 4), 0.5), SMALL, {"input_scale": 1 / 16, "max_count": 16}),
}


@pytest.mark.parametrize("case", SOUND)
def test_sound_combinations_pass_without_a_word(case: str, tmp_path: Path) -> None:
    example, x, options = SOUND[case]
    assert save(tmp_path, example, x, **options) == ()


def test_counts_of_events_are_no_scaled_numbers(tmp_path: Path) -> None:
    module = nn.Sequential(nn.Linear(8, 6), ASN(4, time_steps=5), nn.Linear(6, 2), TimeMean())
    example = torch.zeros(5, 1, 8)
    example[2, 0, 3] = 1
    x = np.random.default_rng(1).integers(0, 4, (40, 5, 8), dtype=np.uint8)
    assert save(tmp_path, example, x, max_count=3, module=module) == ()


UNKNOWN = (
    "input_scale: nothing says what the network was trained on, so it sees the raw integers up to 255; if it "
    "was "
    "trained on x / 255, every figure is wrong: say so with input_scale (--input-scale 1/255), or say 1 if "
    "this "
    "is right."
)
WARNED: dict[str, tuple[Tensor, np.ndarray, dict[str, Any], str]] = {
    "inverted": (
        UNIT,
        X,
        {"input_scale": 255},
        "input_scale: the network sees values up to 65025 for integers up to 255, because the integer 1 is "
        "worth 255; was 1/255 meant?",
    ),
    "scaled twice": (
        RAW,
        X,
        {"input_scale": 1 / 255, "module": divides()},
        "calibration: the network sees values up to 1 (255 times the input scale 1/255), but the "
        "example "
        f"that it was saved with has values up to {float(RAW.max()):g}; check input_scale; it is the value "
        "that the module sees for the integer 1.",
    ),
    "nobody said": (ZEROS, X, {}, UNKNOWN),
    "normalised as if it were divided": (
        ZEROS,
        X,
        {"module": Forward(lambda parts, x: parts["net"]((x - 0.1307) / 0.3081), net=network())},
        UNKNOWN,
    ),
    "constant": (
        RAW,
        np.full_like(X, 7) + np.uint8(60),
        {},
        "calibration: every value is 67; no figure means anything; give real samples.",
    ),
    "one sample many times": (
        RAW,
        np.repeat(X[:1], 5, axis=0),
        {},
        "calibration: all 5 samples are the same; give samples that differ.",
    ),
}


@pytest.mark.parametrize("case", WARNED)
def test_what_looks_wrong_is_told_by_save_and_by_load(case: str, tmp_path: Path) -> None:
    example, x, options, sentence = WARNED[case]
    assert [warning.sentence for warning in save(tmp_path, example, x, **options)] == [sentence]


def test_data_of_another_range_than_the_calibration(tmp_path: Path) -> None:
    save(tmp_path, UNIT, X, input_scale=1 / 255)
    loaded = asn2fpga.load_model(tmp_path / "m.pt")
    binary = (X > 99).astype(np.uint8)
    assert data_warnings(loaded.graph, loaded.facts, X, "--data", loaded.calibration) == ()
    found = data_warnings(loaded.graph, loaded.facts, binary, "--data", loaded.calibration)
    assert [(warning.code, warning.where) for warning in found] == [
        ("input_scale", "--data"),
        ("data_range", "--data"),
    ]
    assert found[1].sentence == (
        "--data: values reach 1, those of the calibration samples in the model file 255; the two must be raw "
        "integers of one kind."
    )


def untrained() -> nn.Module:
    return nn.Sequential(nn.Flatten(), nn.Linear(8, 4), nn.BatchNorm1d(4), NASN(4), nn.Linear(4, 2))


def test_a_batchnorm_that_saw_no_batch(tmp_path: Path) -> None:
    (warning,) = save(tmp_path, RAW, X, module=untrained())
    assert (warning.code, warning.sentence) == (
        "untrained_batchnorm",
        "layer_2: the running statistics were never updated (mean 0, variance 1); train in train() mode, or "
        "load the trained checkpoint with its buffers.",
    )


def test_a_batchnorm_that_saw_one_batch(tmp_path: Path) -> None:
    module = untrained()
    module(RAW.expand(3, 2, 4) * torch.rand(3, 2, 4))
    assert save(tmp_path, RAW, X, module=module) == ()
