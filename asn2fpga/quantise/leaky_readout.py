"""The integer read-out with membranes: docs/spec/numerics.md, "Read-out"."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from asn2fpga.errors import UnsupportedError
from asn2fpga.graph.arrays import IntArray
from asn2fpga.kinds.neurons.convert import FINE_LEAK_SHIFT_MAX, Drive, leak_of
from asn2fpga.kinds.neurons.leaky_integrator import LeakyIntegrator
from asn2fpga.kinds.neurons.leaky_integrator import Output as OutputOf
from asn2fpga.kinds.neurons.membrane import Leak
from asn2fpga.kinds.neurons.rationals import round_half_even
from asn2fpga.kinds.operators.output import Output
from asn2fpga.kinds.ranges import hull, signed_type
from asn2fpga.quantise.network import Trained
from asn2fpga.quantise.readout import SCORE_BITS, Readout, check_steps, readout_population
from asn2fpga.quantise.scheme import Scheme

if TYPE_CHECKING:
    from asn2fpga.quantise.sums import Sums

MOST_FRAC_BITS = 8
OUTPUTS: dict[str, OutputOf] = {"last": "last", "max": "max", "sum": "sum", "mean": "sum"}
"""The mean has the same order of classes as the sum."""


def leaky_readout(
    population: Trained, sums: Sums, output: Output, time_steps: int, scheme: Scheme
) -> Readout:
    """The last population, with as many fractional bits as scores of 32 bits leave room for, at most 8."""
    leak = Leak(0, 0) if output.beta is None else leak_of(output.beta, FINE_LEAK_SHIFT_MAX)
    most = MOST_FRAC_BITS if scheme.state_frac_bits is None else scheme.state_frac_bits
    check_steps(population.name, time_steps, scheme)
    for frac_bits in range(most, -1, -1):
        neuron, bias = _neuron(sums.drive, leak, OUTPUTS[output.reduce], frac_bits, time_steps)
        if neuron.total_type.width_bits + int(neuron.shift.max()) <= SCORE_BITS:
            neuron = dataclasses.replace(neuron, every_step=scheme.every_step)
            layer = readout_population(population, sums, neuron, sums.drive.acc_type, time_steps)
            return Readout(layer, float(sums.drive.scale.min()) / 2**frac_bits, bias)
    width = neuron.total_type.width_bits + int(neuron.shift.max())
    raise UnsupportedError(
        f"{population.name}: scores must fit {SCORE_BITS} bits, not {width}; "
        "use fewer time steps, fewer weight bits or a smaller bias."
    )


def _neuron(
    drive: Drive, leak: Leak, output: OutputOf, frac_bits: int, time_steps: int
) -> tuple[LeakyIntegrator, np.ndarray[tuple[int, ...], np.dtype[np.float64]]]:
    """The read-out neurons, and the real bias (C,) that their integers stand for."""
    unit = float(drive.scale.min())
    shift = np.frexp(drive.scale / unit)[1].astype(np.int64) - 1
    units = [2**frac_bits / Fraction(scale) for scale in drive.scale.tolist()]
    rounded = [
        round_half_even(Fraction(b) * per_one) for b, per_one in zip(drive.bias.tolist(), units, strict=True)
    ]
    bias = np.array(rounded, np.int64) + (drive.offset << frac_bits)
    states = list(_states(leak, drive, bias, frac_bits, time_steps))
    state = signed_type(min(low for low, _ in states), max(high for _, high in states))
    total = state
    if output == "sum":
        total = signed_type(sum(low for low, _ in states), sum(high for _, high in states))
    neuron = LeakyIntegrator(
        output_of=output,
        leak=leak,
        state_frac_bits=frac_bits,
        bias=bias,
        shift=shift,
        state_type=state,
        total_type=total,
    )
    return neuron, np.array([float(b / per_one) for b, per_one in zip(rounded, units, strict=True)])


def _states(
    leak: Leak, drive: Drive, bias: IntArray, frac_bits: int, time_steps: int
) -> Iterator[tuple[int, int]]:
    """The range of U at each time step."""
    low = high = np.zeros_like(bias)
    for _ in range(time_steps):
        low = leak.apply(low) + (drive.sums[0] << frac_bits) + bias
        high = leak.apply(high) + (drive.sums[1] << frac_bits) + bias
        yield hull(low, high)
