"""The proof of a guess: every spike of the module is that of the equations, in float64.

A potential may lie so close to a threshold that the order of additions decides. Where thresholds and leaks
are dyadic numbers with few digits nothing is rounded, and such ties are compared as all others. Elsewhere a
sequence is compared up to the step before the first one that comes closer than NEAR.
"""

from __future__ import annotations

import numpy as np

from asn2fpga.graph.arrays import RealArray
from asn2fpga.kinds.neurons.semantics import NeuronSemantics, State, level_of, potential_of, start, step
from asn2fpga.loader.probed.box import Box
from asn2fpga.loader.probed.drives import LEAST, drives
from asn2fpga.loader.probed.refusal import UnknownNeuronError

NEAR = 1e-9
FEWEST_CALLS = 16
MOST_CALLS = 4000
MANTISSA_BITS = 53
DRIVE_BITS = 10
Truth = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]


def verify(box: Box, semantics: NeuronSemantics) -> int:
    """In how many neuron-steps all spikes were the same. UnknownNeuronError at the first other one."""
    exact, compared = is_exact(semantics, box.steps), 0
    for calls, drive in enumerate(drives(semantics, box.shape, MOST_CALLS)):
        if compared >= LEAST and calls >= FEWEST_CALLS:
            return compared
        wanted, sure = _expected(semantics, drive, exact)
        found = box.run(drive)
        differs = (found != wanted) & sure
        if differs.any():
            raise UnknownNeuronError(_difference(semantics, drive, found, wanted, differs))
        compared += int(sure.sum())
    raise UnknownNeuronError(f"its spikes could be compared in {compared} steps only; its layer is too small")


def is_exact(semantics: NeuronSemantics, steps: int) -> bool:
    """Whether no float64 is rounded in so many steps, of drives that are multiples of threshold / 8."""
    leak = max(_bits(value) for value in semantics.all_betas.ravel().tolist())
    leak += _bits(semantics.synaptic_beta or 0.0)
    others = max(_bits(value) for value in semantics.all_thresholds.ravel().tolist())
    others += _bits(semantics.reset_gain) + _bits(semantics.floor or 0.0) + steps.bit_length()
    return leak * steps + others + DRIVE_BITS <= MANTISSA_BITS


def _bits(value: float) -> int:
    """Of the fraction and the whole part of a number, without the leading bits of 0 and 1."""
    numerator, denominator = float(value).as_integer_ratio()
    return denominator.bit_length() - 1 + (abs(numerator) // denominator // 2).bit_length()


def _expected(semantics: NeuronSemantics, drive: RealArray, exact: bool) -> tuple[RealArray, Truth]:
    """What the equations send, and where that is beyond doubt."""
    sent, sure = np.empty(drive.shape), np.ones(drive.shape, dtype=bool)
    certain = np.ones((drive.shape[0], drive.shape[2]), dtype=bool)
    state = start(semantics, certain.shape)
    on_grid = exact & (drive * 8 / semantics.all_thresholds % 1 == 0).all(axis=1)
    for index in range(drive.shape[1]):
        beyond = on_grid | ~_is_near(semantics, state, drive[:, index])
        if index == 0 and semantics.levels == 1:
            beyond |= drive[:, 0] == semantics.all_thresholds  # `find_levels` tried just this
        certain &= beyond
        state, spikes = step(semantics, state, drive[:, index])
        sent[:, index], sure[:, index] = spikes * semantics.output_scale, certain
    return sent, sure


def _is_near(semantics: NeuronSemantics, state: State, drive: RealArray) -> Truth:
    """Whether a little more or less changes what is sent, or whether the threshold is doubled then."""
    potential = potential_of(semantics, state, drive)
    margin = NEAR * (np.abs(potential) + semantics.all_thresholds)
    near: Truth = level_of(semantics, potential + margin) != level_of(semantics, potential - margin)
    if state.above is not None:
        margin = margin + NEAR * np.abs(drive)
        (less, _), (more, _) = (step(semantics, state, drive + part) for part in (-margin, margin))
        near = near | (less.above != more.above)
    return near


def _difference(
    semantics: NeuronSemantics,
    drive: RealArray,
    found: RealArray,
    wanted: RealArray,
    differs: Truth,
) -> str:
    """The shortest sequence that tells the two apart."""
    row, time, neuron = min((tuple(map(int, index)) for index in np.argwhere(differs)), key=lambda at: at[1])
    first = max(0, time - 3)
    shown = ", ".join(["..", *[f"{value:g}" for value in drive[row, first : time + 1, neuron]]][first == 0 :])
    return (
        f"it is most like {taken_for(semantics)}, but after inputs {shown} it sends "
        f"{found[row, time, neuron]:g} at step {time}, not {wanted[row, time, neuron]:g}; it has another "
        "state, or other parameters in each step"
    )


def taken_for(semantics: NeuronSemantics) -> str:
    """The neuron in a few words."""
    amplitude = "" if semantics.output_scale == 1 else f", amplitude {semantics.output_scale:g}"
    current = "" if semantics.synaptic_beta is None else f", a current that keeps {semantics.synaptic_beta:g}"
    return f"{semantics.text}{current}, threshold {semantics.threshold_text}{amplitude}"
