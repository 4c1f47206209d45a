"""An accuracy that a person would not expect: at chance, or far below what training said."""

from __future__ import annotations

from asn2fpga.figures.accuracy import AccuracyFigures, CalibrationFigures
from asn2fpga.graph.types import Array
from asn2fpga.loader.chance import commonest_share, is_chance
from asn2fpga.report.numbers import percent
from asn2fpga.warning import BuildWarning

BELOW_TRAINING = 0.1  # of accuracy: as much as new data of the same kind may well cost
SAME = 0.01  # of accuracy: where the same samples differ by more, it is not rounding


def accuracy_warnings(
    accuracy: AccuracyFigures | None, y: Array | None, trained: float | None
) -> tuple[BuildWarning, ...]:
    """Warnings of the accuracy `float` on the labels y (N,) of --data; trained: what the model file says."""
    if accuracy is None or y is None:
        return ()
    if is_chance(accuracy["float"], y):
        return (_chance(accuracy["float"], y),)
    if trained is not None and accuracy["float"] < trained - BELOW_TRAINING:
        return (_below_training(accuracy["float"], trained),)
    return ()


def _chance(found: float, y: Array) -> BuildWarning:
    return BuildWarning(
        "chance_accuracy",
        "--data",
        f"the float network is right for {percent(found)} of the samples, and guessing the commonest class "
        f"would be for {percent(commonest_share(y))}",
        "check the order of the labels and of the inputs, input_scale, and that these are the trained "
        "weights",
    )


def _below_training(found: float, trained: float) -> BuildWarning:
    return BuildWarning(
        "accuracy_below_training",
        "--data",
        f"the float network is right for {percent(found)} of the samples, but was for {percent(trained)} of "
        "the labelled calibration data when the model was saved",
        "check input_scale and the preparation of the inputs, which must be the same as in training; or are "
        "these samples harder?",
    )


def calibration_warnings(found: CalibrationFigures | None) -> tuple[BuildWarning, ...]:
    """A warning if the network that was read is less or more accurate than the module on the same samples."""
    if found is None or abs(found["float"] - found["trained"]) <= SAME:
        return ()
    return (
        BuildWarning(
            "accuracy_differs_from_module",
            "model",
            f"the network that was read is right for {percent(found['float'])} of the {found['samples']} "
            f"labelled calibration samples, the module that was saved was for {percent(found['trained'])}",
            "the two do not compute the same: please report this model",
        ),
    )
