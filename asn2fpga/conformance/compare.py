"""One cell of the table: how far integers and framework agree, or that it is refused as it must be."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from torch import nn

from asn2fpga.conformance.bound import excess
from asn2fpga.conformance.cells import NEURONS, NIR_FRAMEWORK, Cell
from asn2fpga.conformance.nir_probe import make_nodes, nir_probe
from asn2fpga.conformance.probe import Probed, probe
from asn2fpga.errors import Asn2FpgaError, UnsupportedError
from asn2fpga.graph.arrays import RealArray
from asn2fpga.kinds.neurons.convert import FINE_LEAK_SHIFT_MAX, leak_of
from asn2fpga.loader.foreign.table import foreign_neuron

MOST_FRAC_BITS = 16
RATES_AT = (4, 8, 12)


@dataclass(frozen=True)
class Effort:
    """exact: neuron-steps at least of a comparison in which nothing is rounded. samples: of `steps` steps."""

    exact: int = 20_000
    samples: int = 25
    steps: int = 200


FULL = Effort()


@dataclass(frozen=True)
class Outcome:
    """What a cell gave. compared: neuron-steps without any rounding, where all spikes must be the same;
    differing: of these, those that are not. rates: by fraction bits of the membrane, spikes that differ in a
    million over many steps. refusal: the sentence of a cell that is refused. trouble: what is wrong, if
    something is. is_absent: the installed version of the framework has no such class or option.
    """

    cell: Cell
    compared: int = 0
    differing: int = 0
    rates: dict[int, float] = field(default_factory=dict)
    refusal: str = ""
    trouble: str = ""
    is_absent: bool = False

    @property
    def passed(self) -> bool:
        """Whether the cell keeps what is promised."""
        return not self.trouble


def compare(cell: Cell, effort: Effort = FULL) -> Outcome:
    """Run one cell; ModuleNotFoundError if its framework is not installed."""
    is_nir = cell.framework == NIR_FRAMEWORK
    try:
        neuron = make_nodes(cell) if is_nir else cell.make()
    except (AttributeError, TypeError):
        return Outcome(cell, is_absent=True)
    if cell.refused:
        return _refused(cell, neuron)
    try:
        return _compared(cell, effort)
    except Asn2FpgaError as error:
        return Outcome(cell, trouble=f"refused, but it is claimed: {error}")


def _probe(cell: Cell, time_steps: int, samples: int) -> Probed:
    if cell.framework == NIR_FRAMEWORK:
        return nir_probe(cell, time_steps, samples)
    return probe(cell.make(), time_steps, samples)


def _refused(cell: Cell, neuron: Any) -> Outcome:
    known = foreign_neuron(neuron) if isinstance(neuron, nn.Module) else None
    try:
        if known is None:
            _probe(cell, 4, 2)
        else:
            known.understand(neuron)
    except UnsupportedError as error:
        trouble = "" if cell.refused in str(error) else f"refused for another reason: {error}"
        return Outcome(cell, refusal=str(error), trouble=trouble)
    return Outcome(cell, trouble="taken, but it must be refused")


def _compared(cell: Cell, effort: Effort) -> Outcome:
    long = _probe(cell, effort.steps, effort.samples)
    steps = _exact_steps(long, effort)
    short = long if steps == effort.steps else _probe(cell, max(2, steps), _samples(effort, steps))
    compared = short.framework.size if steps > 1 else 0
    differing = int((short.golden(MOST_FRAC_BITS) != short.framework).sum()) if compared else 0
    found = {bits: long.golden(bits) for bits in RATES_AT}
    rates = {bits: float(1e6 * (spikes != long.framework).mean()) for bits, spikes in found.items()}
    return Outcome(cell, compared, differing, rates, trouble=_trouble(long, compared, differing, found))


def _samples(effort: Effort, steps: int) -> int:
    return math.ceil(effort.exact / (NEURONS * max(2, steps)))


def _trouble(long: Probed, compared: int, differing: int, found: Mapping[int, RealArray]) -> str:
    if differing:
        return f"{differing} of {compared} spikes differ where nothing is rounded"
    if len(np.unique(long.framework)) < 2:
        return "the neurons always do the same, so nothing was compared"
    if excess(long, long.real, None) > 0:
        return "the equations differ from the framework's in float64"
    for bits, spikes in found.items():
        worst = excess(long, spikes, bits)
        if worst > 0:
            return f"with {bits} fraction bits a first difference is {worst:g} beyond the bound of rounding"
    return ""


def _exact_steps(probed: Probed, effort: Effort) -> int:
    """Steps in which no leak needs more than MOST_FRAC_BITS fraction bits; at most 1 if there are none."""
    semantics = probed.semantics
    bits = max(leak_of(float(beta), FINE_LEAK_SHIFT_MAX).shift for beta in semantics.all_betas.reshape(-1))
    if semantics.synaptic_beta is not None:
        bits += leak_of(semantics.synaptic_beta, FINE_LEAK_SHIFT_MAX).shift
    return MOST_FRAC_BITS // bits if bits else effort.steps
