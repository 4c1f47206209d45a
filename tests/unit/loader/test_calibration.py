"""Calibration samples and labels: everything lossless is cast, the rest is refused in one sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from loader_models import CALIBRATION, EXAMPLE, network, refusal

import asn2fpga

LOSSLESS: dict[str, Any] = {
    **{str(np.dtype(kind)): CALIBRATION.astype(kind) for kind in ("i1", "i2", "u4", "i8", "f2", "f4", "f8")},
    "list": CALIBRATION.tolist(),
    "tensor": torch.from_numpy(CALIBRATION).long(),
    "bfloat16": torch.from_numpy(CALIBRATION).to(torch.bfloat16),
    "with a gradient": torch.from_numpy(CALIBRATION).float().requires_grad_(),
}


@pytest.mark.parametrize("kind", LOSSLESS)
def test_integers_of_any_type_are_cast(kind: str, tmp_path: Path) -> None:
    asn2fpga.save(network(), tmp_path / "m.pt", EXAMPLE, LOSSLESS[kind])
    loaded = asn2fpga.load_model(tmp_path / "m.pt")
    assert loaded.calibration is not None and loaded.calibration.dtype == np.uint8
    np.testing.assert_array_equal(loaded.calibration, CALIBRATION)


def test_bools_are_counts(tmp_path: Path) -> None:
    asn2fpga.save(network(), tmp_path / "m.pt", EXAMPLE, CALIBRATION % 3 == 0, max_count=1)
    loaded = asn2fpga.load_model(tmp_path / "m.pt")
    np.testing.assert_array_equal(loaded.calibration, CALIBRATION % 3 == 0)


INTEGERS = "calibration: x must hold integers, not"
RAW = (
    "give the raw pixels or counts, and say with input_scale what the module sees for 1 "
    "(1/255 if pixels are divided outside of it)."
)
REFUSED: dict[str, tuple[Any, str]] = {
    "scaled": (CALIBRATION / 255, f"{INTEGERS} 0.00392157; {RAW}"),
    "not a number": (np.where(CALIBRATION == 5, np.nan, CALIBRATION), f"{INTEGERS} nan; {RAW}"),
    "infinity": (np.where(CALIBRATION == 5, np.inf, CALIBRATION), f"{INTEGERS} inf; {RAW}"),
    "complex": (CALIBRATION * 1j, f"{INTEGERS} complex128; give the raw pixels or counts."),
    "objects": ([{}, {}], f"{INTEGERS} object; give the raw pixels or counts."),
    "ragged": ([[1], [2, 3]], "calibration and labels must be arrays, not lists of unequal lengths."),
    "negative": (CALIBRATION.astype(int) - 1, "calibration: x must be in 0..255, not -1..22."),
    "large": (CALIBRATION * 1000.0, "calibration: x must be in 0..255, not 0..23000."),
    "none": (
        CALIBRATION[:0],
        "calibration: x must have shape (samples, 2, 4), not (0, 2, 4); there is no sample in it.",
    ),
    "all zero": (
        CALIBRATION * 0,
        "calibration: x must be real samples, not all zero; were numbers in 0..1 cast to integers? "
        "Give the raw values.",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_cast_is_refused(case: str, tmp_path: Path) -> None:
    values, message = REFUSED[case]
    path = tmp_path / "m.pt"
    assert refusal(lambda: asn2fpga.save(network(), path, EXAMPLE, values)) == message
    assert not path.exists()


LABELS: dict[str, tuple[dict[str, Any], str]] = {
    "alone": (
        {"labels": [0, 1]},
        "labels: y must come with calibration samples, not alone; give calibration=x too.",
    ),
    "another number": (
        {"calibration": CALIBRATION, "labels": [0, 1]},
        "labels: y must have shape (3,), one class for every sample, not (2,).",
    ),
    "one-hot": (
        {"calibration": CALIBRATION, "labels": np.eye(3)},
        "labels: y must have shape (3,), one class for every sample, not (3, 3).",
    ),
    "no such class": (
        {"calibration": CALIBRATION, "labels": torch.tensor([0, 1, 2])},
        "labels: y must be in 0..1, not 0..2; there are 2 classes.",
    ),
}


@pytest.mark.parametrize("case", LABELS)
def test_wrong_labels(case: str, tmp_path: Path) -> None:
    arguments, message = LABELS[case]
    assert refusal(lambda: asn2fpga.save(network(), tmp_path / "m.pt", EXAMPLE, **arguments)) == message
