"""Neurons of snnTorch 0.9 and 1.x: snntorch/_neurons.

Their reset acts one time step later: R = [U[t-1] > threshold], then for "subtract" U[t] = beta * U[t-1] + I
- R * threshold, and for "zero" of Leaky U[t] = beta * (1 - R) * U[t-1] + I. With H the membrane that is
carried, that is H = beta * U - S * threshold, or 0 where the neuron fired: leak before reset. "zero" of the
others takes the input of that step with it, (1 - R) * (beta * U[t-1] + I): they are refractory for one step.

reset_delay=False resets in the same step, V = U - (S - R) * threshold or U - (S - R) * U, of which the next R
is made. With "zero" R is then always 0; with "subtract" U[t] is less by a threshold where V was above it.
"""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn

from asn2fpga.errors import UnsupportedError
from asn2fpga.kinds.neurons.semantics import NeuronSemantics, Reset
from asn2fpga.loader.foreign.neuron import ForeignNeuron, Understood, number, one_step_at_a_time, per_neuron

RESETS: dict[str, Reset] = {"subtract": "soft", "zero": "hard", "none": "none"}


def _leaky(module: Any) -> Understood:
    """Leaky: snntorch/_neurons/leaky.py."""
    _check(module)
    return Understood(_semantics(module, keeps_input=True))


def _lapicque(module: Any) -> Understood:
    """Lapicque: U[t] = (1 - dt/RC) * U[t-1] + dt/C * I - .., snntorch/_neurons/lapicque.py."""
    _check(module)
    step, resistance, capacity = (number(name, getattr(module, name)) for name in ("time_step", "R", "C"))
    beta, gain = 1.0 - step / (resistance * capacity), step / capacity
    if not 0 <= beta <= 1:
        raise UnsupportedError(
            f"{type(module).__name__} must leak by a factor of 0..1, not 1 - time_step / (R * C) = {beta:g}."
        )
    return Understood(_semantics(module, beta=beta, gain=gain))


def _synaptic(module: Any) -> Understood:
    """Synaptic: Isyn = alpha * Isyn + I, snntorch/_neurons/synaptic.py."""
    _check(module)
    return Understood(_semantics(module, alpha=_alpha(module)))


def _rleaky(module: Any) -> Understood:
    """RLeaky: I + V(S[t-1]), snntorch/_neurons/rleaky.py."""
    _check(module)
    return Understood(_semantics(module), _feedback(module))


def _rsynaptic(module: Any) -> Understood:
    """RSynaptic: snntorch/_neurons/rsynaptic.py. Its forward with reset_delay=False divides the spikes of
    the step before, which may be None, and resets a copy of the membrane.
    """
    _check(module)
    if not _is_late(module):
        raise UnsupportedError(
            f"{type(module).__name__} must have reset_delay=True, not False, with which snnTorch itself "
            "fails or resets nothing; use reset_delay=True, or RLeaky."
        )
    return Understood(_semantics(module, alpha=_alpha(module)), _feedback(module))


def _alpha(module: Any) -> float:
    return number("alpha", module.alpha.clamp(0, 1))


def _check(module: Any) -> None:
    """UnsupportedError for options that are not built."""
    name = type(module).__name__
    if module.inhibition:
        raise UnsupportedError(
            f"{name} must have inhibition=False, not True: only the largest membrane would fire."
        )
    if module.state_quant:
        raise UnsupportedError(
            f"{name} must have state_quant=False, not quantised states; they are made integers here "
            "(--state-frac-bits)."
        )


def _semantics(
    module: Any,
    *,
    beta: float | None = None,
    gain: float = 1.0,
    alpha: float | None = None,
    keeps_input: bool = False,
) -> NeuronSemantics:
    """keeps_input: whether a late reset to zero is one of the membrane alone, not of the input as well."""
    threshold, thresholds = per_neuron("threshold", module.threshold)
    given = module.beta.clamp(0, 1) if beta is None else beta
    one_beta, betas = per_neuron("beta", given)
    factor = number("graded_spikes_factor", module.graded_spikes_factor)
    if factor <= 0:
        raise UnsupportedError(
            f"{type(module).__name__} must have a positive graded_spikes_factor, not {factor:g}."
        )
    if gain != 1.0:
        # U is then counted in units of the gain: threshold / gain fires on I alone
        threshold /= gain
        thresholds = None if thresholds is None else thresholds / gain
    is_late = _is_late(module)
    doubles = module.reset_mechanism == "subtract" and not is_late
    return NeuronSemantics(
        model="lif",
        levels=1,
        alpha=0.0,
        beta=one_beta,
        threshold=threshold,
        output_scale=factor,
        leak_order="after_reset" if doubles else "before_reset",
        reset=RESETS[module.reset_mechanism],
        fires=">",
        refractory=int(module.reset_mechanism == "zero" and is_late and not keeps_input),
        doubles_threshold=doubles,
        synaptic_beta=alpha,
        betas=betas,
        thresholds=thresholds,
    )


def _is_late(module: Any) -> bool:
    """Whether a reset acts in the step after the spike; Lapicque knows nothing else."""
    return bool(getattr(module, "reset_delay", True))


def _feedback(module: Any) -> nn.Module:
    """What the spikes come back through: nn.Linear, or a factor for each neuron."""
    found: nn.Module = module.recurrent
    if isinstance(found, nn.Conv2d):
        raise UnsupportedError(
            f"{type(module).__name__} must hear itself through a Linear layer (linear_features) or one to "
            "one (all_to_all=False), not through a convolution."
        )
    return found


def _reset(module: Any) -> None:
    """Membranes and currents take the shape of the next input, and are 0."""
    for name in ("mem", "syn", "spk"):
        state = getattr(module, name, None)
        if isinstance(state, Tensor):
            setattr(module, name, state.new_zeros(0))


def _neuron(understand: Any, file: str, *states: tuple[str, int], membrane: int) -> ForeignNeuron:
    return ForeignNeuron(
        "snnTorch", f"snntorch/_neurons/{file}", understand, one_step_at_a_time, _reset, states, membrane
    )


_PLAIN = (("mem", 1),)
_CURRENT = (("syn", 1), ("mem", 2))
NEURONS: dict[str, ForeignNeuron] = {
    "snntorch._neurons.leaky.Leaky": _neuron(_leaky, "leaky.py", *_PLAIN, membrane=1),
    "snntorch._neurons.lapicque.Lapicque": _neuron(_lapicque, "lapicque.py", *_PLAIN, membrane=1),
    "snntorch._neurons.synaptic.Synaptic": _neuron(_synaptic, "synaptic.py", *_CURRENT, membrane=2),
    "snntorch._neurons.rleaky.RLeaky": _neuron(_rleaky, "rleaky.py", ("spk", 0), *_PLAIN, membrane=1),
    "snntorch._neurons.rsynaptic.RSynaptic": _neuron(
        _rsynaptic, "rsynaptic.py", ("spk", 0), *_CURRENT, membrane=2
    ),
}

PACKAGE = "snntorch._neurons"
INSTEAD = "use Leaky, Lapicque, Synaptic, RLeaky or RSynaptic, and train with that"
