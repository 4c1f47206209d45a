"""What a neuron computes, from what it did with inputs made for that: a guess, for `verify` to confirm."""

from __future__ import annotations

import dataclasses

import numpy as np

from asn2fpga.graph.arrays import RealArray
from asn2fpga.kinds.neurons.semantics import Model, NeuronSemantics
from asn2fpga.loader.probed.adapting import refuse_adaptation
from asn2fpga.loader.probed.box import Box
from asn2fpga.loader.probed.current import with_current
from asn2fpga.loader.probed.levels import FoundLevels, find_levels
from asn2fpga.loader.probed.membrane import find_membrane


def identify(box: Box) -> NeuronSemantics:
    """In units of the input, from rest: a gain of the input is in the threshold, and membranes start at 0.

    Raises UnknownNeuronError, which says what was seen.
    """
    levels = find_levels(box)
    found = _without_membrane(levels)
    if box.layout.kind == "stateless":
        return found
    membrane = find_membrane(box, levels)
    return dataclasses.replace(
        found,
        beta=float(membrane.betas.max()),
        betas=_each(membrane.betas),
        reset=membrane.reset,
        leak_order=membrane.leak_order,
        reset_gain=membrane.reset_gain,
        floor=membrane.floor,
        doubles_threshold=membrane.doubles_threshold,
        refractory=membrane.refractory,
    )


def identify_others(box: Box) -> NeuronSemantics | None:
    """The same of neurons with two states; None if they are none that are known. UnknownNeuronError if they
    are known, but not built.
    """
    levels = find_levels(box)
    found = with_current(box, levels, _without_membrane(levels))
    if found is None:
        refuse_adaptation(box, levels)
    return found


def _without_membrane(levels: FoundLevels) -> NeuronSemantics:
    rounds = levels.fires == "round"
    graded: Model = "ilif" if levels.amplitude == 1 else "nasn"
    return NeuronSemantics(
        model="lif" if not rounds else "asn" if levels.lowest else graded,
        levels=levels.levels,
        alpha=float(levels.lowest) if rounds else 0.0,
        beta=0.0,
        threshold=float(levels.thresholds.min()),
        thresholds=_each(levels.thresholds),
        output_scale=levels.amplitude,
        round_mode=levels.round_mode,
        fires=levels.fires,
        reset="soft" if rounds else "hard",
        signed=levels.lowest < 0 and not rounds,
    )


def _each(values: RealArray) -> RealArray | None:
    """None where all are the same."""
    return None if bool(np.all(values == values[0])) else values.copy()
