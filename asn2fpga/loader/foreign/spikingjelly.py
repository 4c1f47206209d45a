"""Neurons of SpikingJelly 0.0.0.0.14 and 2.x: spikingjelly/activation_based/neuron.

Charge, fire at v >= v_threshold, reset in the same time step: to v_reset, or by v_threshold if v_reset is
None.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from asn2fpga.errors import UnsupportedError
from asn2fpga.kinds.neurons.semantics import NeuronSemantics
from asn2fpga.loader.foreign.neuron import ForeignNeuron, Understood, number

SURROGATES = "spikingjelly.activation_based.surrogate"
MULTI_LEVEL = "MultiLevelSpikeCount"


def _if(module: Any) -> Understood:
    """IFNode: v = v + x, neuron/integrate_and_fire.py."""
    return Understood(_semantics(module, beta=1.0))


def _lif(module: Any) -> Understood:
    """LIFNode: v += (x - (v - v_reset)) / tau; decay_input=False: v = v - (v - v_reset) / tau + x."""
    tau = float(module.tau)
    semantics = _semantics(module, beta=1.0 - 1.0 / tau, decay_input=module.decay_input)
    return Understood(dataclasses.replace(semantics, tau=tau if module.decay_input else None))


def _plif(module: Any) -> Understood:
    """ParametricLIFNode: as LIFNode with 1 / tau = sigmoid(w), neuron/plif.py."""
    decay = number("w", module.w.detach().sigmoid())
    return Understood(_semantics(module, beta=1.0 - decay, decay_input=module.decay_input))


def _cuba(module: Any) -> Understood:
    """CUBALIFNode: c = c_decay * c + x; v = v_decay * v + c; v leaks to 0, whatever v_reset is."""
    if module.v_reset not in (None, 0.0):
        raise UnsupportedError(
            f"CUBALIFNode must have v_reset=0 or None, not {module.v_reset:g}: its membrane leaks to 0."
        )
    semantics = _semantics(module, beta=float(module.v_decay))
    return Understood(dataclasses.replace(semantics, synaptic_beta=float(module.c_decay)))


def _ilif(module: Any) -> Understood:
    """ILIFNode: round(clip(v / v_threshold, 0, D)), soft reset, leak 1 - 1 / tau, neuron/ilif.py."""
    count = module.surrogate_function
    levels = getattr(count, "max_spike_count", None)
    if type(count).__name__ != MULTI_LEVEL or levels is None:
        raise UnsupportedError(f"ILIFNode must have surrogate.{MULTI_LEVEL}, not {type(count).__name__}.")
    return Understood(
        NeuronSemantics(
            model="ilif",
            levels=int(levels),
            alpha=0.0,
            beta=1.0 - 1.0 / float(module.tau),
            threshold=float(module.v_threshold),
            reset="soft",
            fires="round",
        )
    )


def _semantics(module: Any, *, beta: float, decay_input: bool = False) -> NeuronSemantics:
    _check_surrogate(module)
    hard = module.v_reset is not None
    return NeuronSemantics(
        model="lif",
        levels=1,
        alpha=0.0,
        beta=beta,
        threshold=float(module.v_threshold),
        reset="hard" if hard else "soft",
        v_reset=float(module.v_reset) if hard else 0.0,
        fires=">=",
        decay_input=bool(decay_input),
    )


def _check_surrogate(module: Any) -> None:
    """UnsupportedError unless it sends spikes, 0 and 1."""
    surrogate = module.surrogate_function
    name = type(module).__name__
    if not getattr(surrogate, "spiking", True):
        raise UnsupportedError(
            f"{name} must have a surrogate function with spiking=True, not one that sends real numbers."
        )
    if type(surrogate).__name__ == MULTI_LEVEL:
        raise UnsupportedError(f"{name} must have a surrogate function of 0 and 1; use ILIFNode for counts.")


def _is_sequence(module: Any) -> bool:
    return str(getattr(module, "step_mode", "s")) == "m"


def _neuron(understand: Any, file: str) -> ForeignNeuron:
    source = f"spikingjelly/activation_based/neuron/{file}"
    return ForeignNeuron("SpikingJelly", source, understand, _is_sequence, lambda module: module.reset())


FRAMEWORK = "spikingjelly.activation_based."
PACKAGE = f"{FRAMEWORK}neuron"
NEURONS: dict[str, ForeignNeuron] = {
    f"{PACKAGE}.integrate_and_fire.IFNode": _neuron(_if, "integrate_and_fire.py"),
    f"{PACKAGE}.lif.LIFNode": _neuron(_lif, "lif.py"),
    f"{PACKAGE}.plif.ParametricLIFNode": _neuron(_plif, "plif.py"),
    f"{PACKAGE}.lif_variants.CUBALIFNode": _neuron(_cuba, "lif_variants.py"),
    f"{PACKAGE}.ilif.ILIFNode": _neuron(_ilif, "ilif.py"),
    f"{PACKAGE}.IFNode": _neuron(_if, "neuron.py"),
    f"{PACKAGE}.LIFNode": _neuron(_lif, "neuron.py"),
    f"{PACKAGE}.ParametricLIFNode": _neuron(_plif, "neuron.py"),
}

CELLS = f"{FRAMEWORK}rnn"
"""Module of gated cells, SpikingLSTM and others."""
GATED = (
    "its gates multiply what it keeps; use LinearRecurrentContainer with IFNode or LIFNode, or EGRU of "
    "asn2fpga.nn, and train with that"
)
INSTEAD = "use IFNode, LIFNode, ParametricLIFNode, CUBALIFNode or ILIFNode, and train with that"
