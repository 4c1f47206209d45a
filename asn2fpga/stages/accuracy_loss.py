"""The warning of a network that is worse as integers than as float: what loses it, and what to change."""

from __future__ import annotations

import dataclasses

from asn2fpga.graph.graph import Graph
from asn2fpga.graph.types import Array
from asn2fpga.kinds.sources.input import input_of
from asn2fpga.quantise.blame import LayerLoss, Suspects
from asn2fpga.report.numbers import percent
from asn2fpga.verify.reference import LayerReport, ReferenceReport
from asn2fpga.warning import BuildWarning

CODE = "accuracy_loss"
MOST_SAMPLES = 2000  # that layers are tried on,
MOST_STEPS = 20_000  # and their time steps,
FEWEST_SAMPLES = 200  # but not fewer samples than this
OUTLIER_SPREAD = 20.0  # of the largest weight over the median


def accuracy_loss(
    suspects: Suspects, real: Array, integer: Array, report: ReferenceReport, labelled: bool
) -> tuple[BuildWarning, ...]:
    """One warning if the integer network is right on over a point fewer samples than float, else none.

    real, integer: (B, C) scores on all samples of `suspects`; report: golden against the reference network.
    Not `labelled`: right is the float network's class. Layers are tried on a part: it takes time.
    """
    judge = suspects.judge
    if not judge.lose_a_point(judge.right(real) - judge.right(integer)):
        return ()
    total = len(judge.x)
    if labelled:
        found = f"integer accuracy is {percent(judge.right(integer) / total)}"
        begin = f"{found}, float accuracy {percent(judge.right(real) / total)}"
    else:
        share = percent(judge.right(integer) / total)
        begin = f"the integer network finds the float network's class for only {share} of {total} samples"
    tried = dataclasses.replace(suspects, judge=judge.first(_tried_samples(suspects.real)))
    return (_membrane_warning(tried, integer, report, begin) or _layer_warning(tried, begin),)


def _tried_samples(real: Graph) -> int:
    source = input_of(real)
    return min(MOST_SAMPLES, max(FEWEST_SAMPLES, MOST_STEPS // source.time_steps))


def _membrane_warning(
    suspects: Suspects, integer: Array, report: ReferenceReport, begin: str
) -> BuildWarning | None:
    """If most is lost between the reference network and integers: they differ in nothing but membranes."""
    worst = max(report.layers, key=_difference)
    count = len(suspects.judge.x)
    lost = suspects.right(suspects.reference) - suspects.judge.right(integer[:count])
    if not _difference(worst) or lost <= suspects.losses[0].lost:
        return None
    text = f"{begin}; rounding membranes costs {_points(lost, count)}, most of it here: {worst.explanation}"
    return BuildWarning(CODE, worst.layer, text, "use more fractional bits (--state-frac-bits, up to 16)")


def _difference(layer: LayerReport) -> float:
    return layer.different / max(1, layer.compared)


def _layer_warning(suspects: Suspects, begin: str) -> BuildWarning:
    worst = suspects.losses[0]
    what = {
        "weights": f"{suspects.scheme.bits_of(worst.layer)}-bit weights of this layer alone cost",
        "alpha": "the integer alpha of this layer alone costs",
    }[worst.part]
    text = f"{begin}; {what} {_points(worst.lost, len(suspects.judge.x))}"
    return BuildWarning(CODE, worst.layer, text, _hint(suspects, worst))


def _points(lost: int, samples: int) -> str:
    return f"{100 * lost / samples:.2f} points"


def _hint(suspects: Suspects, worst: LayerLoss) -> str:
    remedy = suspects.remedy(worst)
    if remedy is not None:
        samples = len(suspects.judge.x)
        return f"with {remedy.option} it is {percent(remedy.right / samples)} on {samples} samples"
    if worst.part == "alpha":
        return "train with integer_alpha=True"
    spread = suspects.spread(worst.layer)
    if spread > OUTLIER_SPREAD:
        return f"its largest weight is {spread:,.0f} times the median one: clip weights while training"
    return "train the network with weights of that many bits"
