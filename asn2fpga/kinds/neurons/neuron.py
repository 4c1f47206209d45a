"""A population of trained spiking neurons."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from asn2fpga.graph.arrays import RealArray, as_real
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.limits import MAX_ALPHA, MAX_LEVELS, MAX_PRECISIONS, MAX_REFRACTORY, MAX_TAU, MIN_TAU
from asn2fpga.graph.rule import Context, outside, unsupported
from asn2fpga.graph.types import Array, Shape
from asn2fpga.kinds.neurons.adaptation import Adaptation
from asn2fpga.kinds.neurons.each import by_channel, changed_arrays, in_form, is_by_pixel
from asn2fpga.kinds.neurons.gated import SUMS, sums_complaint
from asn2fpga.kinds.neurons.semantics import NeuronSemantics, fire_from
from asn2fpga.kinds.real_rules import in_range, is_scale, real_array
from asn2fpga.kinds.trained import RealNode


def neuron_is_in_range(_: Context, node: Neuron) -> str:
    """Neuron: 1..255 levels, alpha within +-255, beta in 0..1, positive threshold, gain and output scale."""
    semantics = node.semantics
    return (
        in_range("levels (D)", semantics.levels, 1, MAX_LEVELS)
        or in_range("alpha", semantics.alpha, -MAX_ALPHA, MAX_ALPHA)
        or in_range("beta", semantics.beta, 0, 1)
        or is_scale("threshold", semantics.threshold)
        or is_scale("output_scale", semantics.output_scale)
        or is_scale("reset_gain", semantics.reset_gain)
    )


def neuron_fields_agree(_: Context, node: Neuron) -> str:
    """Neuron: fields that depend on each other fit together."""
    semantics = node.semantics
    if semantics.reset == "hard" and not semantics.v_reset < float(semantics.all_thresholds.min()):
        return f"v_reset must be below the threshold, not {semantics.v_reset:g}"
    if semantics.decay_input and float(semantics.all_betas.max()) >= 1:
        return "decay_input needs beta below 1, not 1: nothing of the input would be left"
    if semantics.tau is not None and not (semantics.decay_input and 1 <= semantics.tau < math.inf):
        return f"tau must be a number from 1 on of neurons with decay_input, not {semantics.tau:g}"
    if semantics.refractory and semantics.fires == "round":
        return "neurons that round cannot be refractory"
    return outside("refractory", semantics.refractory, 0, MAX_REFRACTORY) or (
        "" if semantics.synaptic_beta is None else in_range("synaptic beta", semantics.synaptic_beta, 0, 1)
    )


def changes_are_of_integrals(context: Context, node: Neuron) -> str:
    """Neuron: what sends changes adds its input up over several time steps, and forgets nothing of it."""
    semantics, steps = node.semantics, context.edge_into(node).time_steps
    if not semantics.sends_change:
        return ""
    if semantics.fires == "round":
        return "neurons that round cannot send changes"
    if semantics.reset != "none" or semantics.floor is not None:
        return "neurons that send changes must have neither a reset nor a lower bound"
    if semantics.beta != 1 or semantics.betas is not None:
        return f"beta of neurons that send changes must be 1, not {semantics.beta:g}"
    if semantics.refractory or semantics.synaptic_beta is not None:
        return "neurons that send changes must have neither a refractory time nor a synaptic current"
    if steps < 2:
        return f"neurons that send changes must have several time steps, not {steps}; use time_steps=T"
    return ""


def doubling_is_of_binary_neurons(_: Context, node: Neuron) -> str:
    """Neuron: what doubles its threshold is binary, with a soft reset before the leak, and nothing else."""
    semantics = node.semantics
    if not semantics.doubles_threshold:
        return ""
    if semantics.fires != ">" or semantics.levels != 1 or semantics.signed:
        return "neurons that double their threshold must be binary and fire above it"
    if semantics.reset != "soft" or semantics.reset_gain != 1 or semantics.leak_order != "after_reset":
        return "neurons that double their threshold must have a soft reset by it, before the leak"
    if semantics.floor is not None or semantics.refractory or semantics.sends_change or semantics.decay_input:
        return (
            "neurons that double their threshold must have no floor, refractory time, changes or decay of "
            "the input"
        )
    return ""


def adaptation_is_sound(context: Context, node: Neuron) -> str:
    """Neuron: adaptive ones have several time steps, a bias each, or each channel, and a precision."""
    adaptation = node.semantics.adaptation
    if adaptation is None:
        return ""
    edge = context.edge_into(node)
    if edge.time_steps < 2:
        return f"adaptive neurons must have several time steps, not {edge.time_steps}"
    return real_array("bias of adaptive neurons", adaptation.bias, edge.shape[:1]) or _numbers(adaptation)


def tables_and_gates_are_sound(context: Context, node: Neuron) -> str:
    """Neuron: tables of known sizes; gated units with four sums and a threshold in 0..1 each."""
    table, gated, edge = node.semantics.table, node.semantics.gated, context.edge_into(node)
    if gated is not None and len(edge.shape) != 1:
        return unsupported(f"gated neurons must read a Linear layer, not a map or tokens {edge.shape}")
    if table is not None:
        return (
            outside("address_bits", table.address_bits, 8, 12)
            or in_range("limit", table.limit, 2.0**-8, 2.0**8)
            or outside("frac_bits", table.frac_bits, 0, 8)
        )
    if gated is None:
        return ""
    if edge.time_steps < 2:
        return f"gated recurrent units must have several time steps, not {edge.time_steps}"
    complaint = sums_complaint(edge.size) or real_array(
        "thresholds of gated units", gated.thresholds, (edge.size // SUMS,)
    )
    if complaint:
        return complaint
    thresholds = as_real(gated.thresholds)
    return in_range("threshold", float(thresholds[np.argmax(np.abs(thresholds - 0.5))]), 0, 1)


def _numbers(adaptation: Adaptation) -> str:
    taus = (adaptation.tau_current, adaptation.tau_filter, adaptation.tau_estimate, adaptation.tau_threshold)
    if not 1 <= len(adaptation.precisions) <= MAX_PRECISIONS:
        return f"precisions must be 1..{MAX_PRECISIONS}, not {len(adaptation.precisions)}"
    for tau in taus:
        if not MIN_TAU <= tau <= MAX_TAU:
            return in_range("tau", tau, MIN_TAU, MAX_TAU)
    complaints = (
        in_range("m_f", precision.gain, 0, 1)
        or is_scale("theta0", precision.rest)
        or is_scale("height", precision.height)
        for precision in adaptation.precisions
    )
    return next((complaint for complaint in complaints if complaint), "")


def arrays_have_one_number_a_neuron(context: Context, node: Neuron) -> str:
    """Neuron: betas or thresholds that differ are in range, one for each neuron or channel of a map."""
    shape = context.edge_into(node).shape
    for name, array in (("beta", node.semantics.betas), ("threshold", node.semantics.thresholds)):
        is_by_channel = array is not None and array.shape == by_channel(shape)
        complaint = "" if array is None else _in_range(name, array, array.shape if is_by_channel else shape)
        if complaint:
            return complaint
    return ""


def _in_range(name: str, array: Array, shape: tuple[int, ...]) -> str:
    complaint = real_array(f"{name} of each neuron", array, shape)
    if complaint:
        return complaint
    if name == "beta":
        worst = as_real(array).flat[int(np.argmax(np.abs(as_real(array) - 0.5)))]
        return in_range("beta", float(worst), 0, 1)
    return is_scale("threshold", float(as_real(array).min()))


@dataclass(frozen=True, eq=False, kw_only=True)
class Neuron(RealNode):
    """A population of spiking neurons, one per element of its input."""

    semantics: NeuronSemantics

    rules = (
        neuron_is_in_range,
        neuron_fields_agree,
        changes_are_of_integrals,
        doubling_is_of_binary_neurons,
        arrays_have_one_number_a_neuron,
        adaptation_is_sound,
        tables_and_gates_are_sound,
    )

    def output(self, inputs: Sequence[Edge]) -> Edge:
        return dataclasses.replace(inputs[0], carries="events", is_frame=False)

    def evaluate(self, inputs: Sequence[RealArray]) -> RealArray:
        """Of whole sequences (B, T, ..)."""
        return self.spikes(None, inputs)[1] * self.semantics.output_scale

    def spikes(self, state: object, inputs: Sequence[RealArray]) -> tuple[object, RealArray]:
        (drive,) = inputs
        if state is None and drive.shape[1] > 1 and not self.remembers(drive.shape[1]):
            together = drive.reshape(-1, *drive.shape[2:])  # all time steps are one
            return None, self.spikes(None, [together[:, None]])[1].reshape(drive.shape)
        return fire_from(self.semantics, state, drive)

    @property
    def text(self) -> str:
        return self.semantics.text

    @property
    def parameters(self) -> int:
        """One alpha for every ASN and NASN layer."""
        return int(self.semantics.model in ("asn", "nasn"))

    @property
    def fires(self) -> bool:
        return True

    def of_shape(self, shape: Shape) -> Self | None:
        found = self.semantics
        if found.adaptation is not None or found.gated is not None:
            return None
        return dataclasses.replace(self, semantics=in_form(found, shape))

    @property
    def acts_by_channel(self) -> bool:
        return True

    def of_channels(self, first: int, count: int) -> Self | None:
        found = self.semantics
        if found.adaptation is not None or found.gated is not None:
            return None

        def cut(_: str, values: Array) -> Array:
            return values[first : first + count] if values.shape[0] > 1 else values

        return dataclasses.replace(self, semantics=changed_arrays(found, cut))

    def is_by_pixel(self, shape: Shape) -> bool:
        return is_by_pixel(self.semantics, shape)

    def remembers(self, time_steps: int) -> bool:
        return self.semantics.keeps_a_membrane(time_steps)

    @property
    def output_factor(self) -> float:
        return self.semantics.output_scale

    def without_factor(self) -> Self:
        return dataclasses.replace(self, semantics=dataclasses.replace(self.semantics, output_scale=1.0))
