"""Neurons whose own spikes change something beside their membrane, as thresholds that adapt."""

from __future__ import annotations

import numpy as np

from asn2fpga.loader.probed.box import Box
from asn2fpga.loader.probed.crossing import crossings
from asn2fpga.loader.probed.levels import FoundLevels
from asn2fpga.loader.probed.refusal import UnknownNeuronError

CLOSE = 1e-6
"""Constants of forward may be float32."""
DIGITS = 9
QUIET, FIRING, DOWN = 0.375, 1.25, -4.0


def refuse_adaptation(box: Box, levels: FoundLevels) -> None:
    """UnknownNeuronError if what is left of a spike fades at another rate than what is left of an input.

    In units of the thresholds. An input that keeps neurons still follows the spike, so that there is one.
    """
    if box.steps < 4 or levels.levels != 1:
        return
    first = levels.first
    tiny, none = np.full(len(first), np.finfo(float).tiny), np.zeros_like(first)

    def kept(*sizes: float) -> float:
        (at,) = crossings(box, [np.stack([size * first if size else none for size in sizes])], tiny)
        return float(((first - at) / first)[0])

    leak, after_two = (round(kept(QUIET, *rest) / QUIET, DIGITS) + 0.0 for rest in ((), (0.0,)))
    left = [kept(FIRING, DOWN, *(0.0,) * wait) - kept(0.0, DOWN, *(0.0,) * wait) for wait in range(2)]
    is_leak = abs(kept(0.0)) < CLOSE and 0 <= leak <= 1 and abs(after_two - leak**2) < CLOSE
    if not is_leak or not np.isfinite(left).all() or abs(left[1] - leak * left[0]) < CLOSE:
        return
    raise UnknownNeuronError(
        f"its membrane keeps {leak:g} of an input from step to step, but of a spike {-left[0]:g} of a "
        f"threshold is left after two steps and {-left[1]:g} after three: its spikes change its threshold, "
        "or another state beside its membrane (ALIF, adLIF), which is not built; neurons that adapt are "
        "asn2fpga.nn.AdaptiveNeuron, and those that wait after a spike LIF(refractory=K)"
    )
