"""Accuracies that a person would not expect are said, with their likely cause."""

from __future__ import annotations

import numpy as np
import pytest

from asn2fpga.stages.accuracy_warnings import accuracy_warnings, calibration_warnings

Y = np.repeat(np.arange(10), 100)


def codes(float_accuracy: float, trained: float | None = None) -> list[str]:
    accuracy = {"samples": len(Y), "float": float_accuracy, "integer": float_accuracy}
    return [warning.code for warning in accuracy_warnings(accuracy, Y, trained)]


@pytest.mark.parametrize("found", [0.0, 0.05, 0.1, 0.12])
def test_accuracy_at_or_below_chance(found: float) -> None:
    assert codes(found) == codes(found, trained=0.9) == ["chance_accuracy"]


def test_accuracy_far_below_training() -> None:
    assert codes(0.81, trained=0.999) == ["accuracy_below_training"]
    assert codes(0.91, trained=0.999) == codes(0.81) == []


def test_sentences() -> None:
    accuracy = {"samples": 1000, "float": 0.1, "integer": 0.1}
    (warning,) = accuracy_warnings(accuracy, Y, None)
    assert warning.sentence == (
        "--data: the float network is right for 10.00 % of the samples, and guessing the commonest class "
        "would "
        "be for 10.00 %; check the order of the labels and of the inputs, input_scale, and that these are "
        "the "
        "trained weights."
    )
    (warning,) = accuracy_warnings(accuracy | {"float": 0.5}, Y, 0.95)
    assert warning.sentence == (
        "--data: the float network is right for 50.00 % of the samples, but was for 95.00 % of the labelled "
        "calibration data when the model was saved; check input_scale and the preparation of the inputs, "
        "which must be the same as in training; or are these samples harder?"
    )


def test_the_network_that_was_read_must_be_the_module() -> None:
    found = {"samples": 200, "trained": 0.95, "float": 0.945, "integer": 0.94}
    assert calibration_warnings(found) == calibration_warnings(None) == ()
    (warning,) = calibration_warnings(found | {"float": 0.5})
    assert warning.sentence == (
        "model: the network that was read is right for 50.00 % of the 200 labelled calibration samples, the "
        "module that was saved was for 95.00 %; the two do not compute the same: please report this model."
    )


def test_without_labels_there_is_nothing_to_say() -> None:
    assert accuracy_warnings(None, None, 0.9) == ()
