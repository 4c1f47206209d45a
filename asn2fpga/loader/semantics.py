"""Table of conventions: which class of which framework computes which neuron, with its source."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from torch import Tensor

from asn2fpga.errors import UnsupportedError
from asn2fpga.graph.arrays import RealArray
from asn2fpga.kinds.neurons.adaptation import Adaptation
from asn2fpga.kinds.neurons.semantics import NeuronSemantics
from asn2fpga.nn import ASN, IF, ILIF, LIF, NASN, PLIF, AdaptiveNeuron, CubaLIF, Lookup, SigmaDelta
from asn2fpga.nn.graded import GradedNeuron
from asn2fpga.nn.neuron import SpikingNeuron


@dataclass(frozen=True)
class Convention:
    """How instances of one class behave. `source`: where that is written down."""

    framework: str
    source: str
    semantics: Callable[[Any], NeuronSemantics]


def neuron_semantics(module: SpikingNeuron) -> NeuronSemantics:
    """What `module` computes. Subclasses are not looked up: they may compute anything.

    UnsupportedError, without a place, for what trains and is not built.
    """
    return CONVENTIONS[type(module)].semantics(module)


def _graded(model: Literal["asn", "nasn", "ilif"]) -> Callable[[GradedNeuron], NeuronSemantics]:
    def read(module: GradedNeuron) -> NeuronSemantics:
        return NeuronSemantics(
            model=model,
            levels=module.levels,
            alpha=float(module.alpha.detach()),
            beta=module.beta,
            output_scale=1.0 / module.norm,
            integer_alpha=module.integer_alpha,
        )

    return read


def _leaky(module: LIF) -> NeuronSemantics:
    """Where channels differ, `beta` is the largest and `threshold` the smallest of them."""
    betas, thresholds = _numbers(module.effective_beta()), _numbers(module.effective_threshold())
    return NeuronSemantics(
        model="lif",
        levels=module.levels,
        alpha=0.0,
        beta=float(betas.max()),
        threshold=float(thresholds.min()),
        output_scale=module.amplitude,
        integer_alpha=True,
        leak_order=module.leak,
        reset=module.reset,
        fires=module.fires,
        v_reset=module.v_reset if module.reset == "hard" else 0.0,
        decay_input=module.decay_input,
        signed=module.signed,
        refractory=module.refractory,
        sends_change=isinstance(module, SigmaDelta),
        floor=module.v_min,
        synaptic_beta=_synaptic_beta(module) if isinstance(module, CubaLIF) else None,
        betas=None if _is_one(betas) else betas,
        thresholds=None if _is_one(thresholds) else thresholds,
    )


def _adaptive(module: AdaptiveNeuron) -> NeuronSemantics:
    if module.time_steps == 1:
        raise UnsupportedError(
            "AdaptiveNeuron must have several time steps, not 1, which is its transfer function for "
            "training; build the network with time_steps=T and RepeatTime(T), and give it the state_dict of "
            "this one."
        )
    first = module.precisions[0]
    return NeuronSemantics(
        model="adaptive",
        levels=1,
        alpha=0.0,
        beta=0.0,
        threshold=first.rest,
        output_scale=first.height,
        fires=">",
        reset="none",
        adaptation=Adaptation(
            bias=_numbers(module.bias),
            direct=module.direct,
            precisions=module.precisions,
            tau_current=module.tau_current,
            tau_filter=module.tau_filter,
            tau_estimate=module.tau_estimate,
            tau_threshold=module.tau_threshold,
        ),
    )


def _lookup(module: Lookup) -> NeuronSemantics:
    return NeuronSemantics(
        model="lookup", levels=1, alpha=0.0, beta=0.0, fires=">", reset="none", table=module.table
    )


def _synaptic_beta(module: CubaLIF) -> float:
    alphas = _numbers(module.alpha)
    if not _is_one(alphas):
        raise UnsupportedError("CubaLIF must have one alpha, not one for each channel; give it a number.")
    return float(alphas.max())


def _numbers(values: Tensor) -> RealArray:
    """() or (N,) float64."""
    numbers: RealArray = values.detach().cpu().double().numpy()
    return numbers.copy()


def _is_one(numbers: RealArray) -> bool:
    return bool(np.all(numbers == numbers.flat[0]))


OWN = "asn2fpga.nn"

CONVENTIONS: Mapping[type[SpikingNeuron], Convention] = {
    ASN: Convention(OWN, "arXiv 2604.12365, eq. (7); asn2fpga/nn/asn.py", _graded("asn")),
    NASN: Convention(OWN, "arXiv 2604.12365, eq. (12); asn2fpga/nn/nasn.py", _graded("nasn")),
    ILIF: Convention(OWN, "arXiv 2407.20708; asn2fpga/nn/ilif.py", _graded("ilif")),
    LIF: Convention(OWN, "arXiv 1706.02609; asn2fpga/nn/lif.py", _leaky),
    IF: Convention(OWN, "arXiv 1612.04052; asn2fpga/nn/if_neuron.py", _leaky),
    PLIF: Convention(OWN, "arXiv 2007.05785; asn2fpga/nn/plif.py", _leaky),
    CubaLIF: Convention(OWN, "arXiv 1901.09948; asn2fpga/nn/cuba_lif.py", _leaky),
    SigmaDelta: Convention(OWN, "arXiv 1611.02024; asn2fpga/nn/sigma_delta.py", _leaky),
    AdaptiveNeuron: Convention(OWN, "arXiv 1710.04838; asn2fpga/nn/adaptive.py", _adaptive),
    Lookup: Convention(OWN, "asn2fpga/nn/lookup.py", _lookup),
}
