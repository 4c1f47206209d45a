"""The table of cases: one line each. Every check of test_cases.py runs over it; a new kind gets a line
here.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import pytest
import torch
from torch import Tensor, nn

from asn2fpga.nn import (
    ASN,
    EGRU,
    IF,
    ILIF,
    LIF,
    NASN,
    AdaptiveNeuron,
    CubaLIF,
    Integrator,
    Lookup,
    Recurrent,
    SigmaDelta,
    TimeMean,
    TimeSum,
)
from kinds.networks import (
    CLASSES,
    HIDDEN,
    INPUTS,
    AddCurrents,
    AddEvents,
    AddEventsToCurrent,
    CausalAttention,
    Loop,
    Network,
    Parallel,
    Resets,
    SideBySide,
    Together,
    TwoInputs,
    chain,
    delayed,
    linear,
)


@dataclass(frozen=True)
class Case:
    """A network by name. kinds: the kinds of the registry that it holds, for the test that none is
    forgotten. exact: whether no state is rounded.
    """

    name: str
    make: Callable[[], nn.Module]
    time_steps: int = 1
    encoding: str = "frames"
    end: Callable[[], nn.Module] | None = None
    exact: bool = True

    @property
    def module(self) -> Network:
        """The network, in eval mode and float64."""
        end = None if self.end is None else self.end()
        return Network(self.make(), self.time_steps, self.encoding, end).double().eval()


def block(neuron: Callable[[], nn.Module]) -> Callable[[], nn.Module]:
    """Linear, neuron, Linear."""
    return lambda: chain(linear(INPUTS, HIDDEN, 1), neuron(), linear(HIDDEN, CLASSES, 3))


def recurrent(neuron: Callable[[], nn.Module]) -> Callable[[], nn.Module]:
    """The same with a layer that hears itself."""
    return block(lambda: Recurrent(neuron(), linear(HIDDEN, HIDDEN, 7, unit=1 / 64)))  # type: ignore[arg-type]


def late(neuron: Callable[[], nn.Module], of: str) -> Callable[[], nn.Module]:
    """Delays of synapses, or of inputs, before the neurons and before the scores."""
    return lambda: chain(delayed(INPUTS, HIDDEN, 1, 3, of), neuron(), delayed(HIDDEN, CLASSES, 3, 2, of))


def spikes_counted(neuron: Callable[[], nn.Module]) -> Callable[[], nn.Module]:
    """The scores are the spikes of the last layer."""
    return lambda: chain(linear(INPUTS, CLASSES, 1), neuron())


def leaky(output: str, beta: float, time_steps: int) -> Callable[[], nn.Module]:
    """The end of a network: membranes that never fire."""
    return lambda: Integrator(beta, output, time_steps)  # type: ignore[arg-type]


def asn(time_steps: int = 1, **fields: float) -> Callable[[], nn.Module]:
    """ASN of four levels; T, beta and alpha such that nothing is rounded."""
    return lambda: ASN(4, time_steps=time_steps, **fields)  # type: ignore[arg-type]


def adaptive(time_steps: int, **fields: object) -> AdaptiveNeuron:
    """Adaptive neurons with a bias each."""
    neuron = AdaptiveNeuron(HIDDEN, time_steps=time_steps, **fields)  # type: ignore[arg-type]
    neuron.bias.data = torch.linspace(-0.5, 0.5, HIDDEN)
    return neuron


def sigma_delta() -> nn.Module:
    """Sigma-delta layers in a row: nothing has a bias."""
    sizes = (INPUTS, HIDDEN), (HIDDEN, HIDDEN), (HIDDEN, CLASSES)
    layers = [linear(*size, seed) for seed, size in enumerate(sizes)]
    for layer in layers:
        layer.bias = None  # type: ignore[assignment]
    signed = SigmaDelta(2, signed=True, amplitude=0.5, fires=">", time_steps=4)
    return chain(layers[0], SigmaDelta(7, threshold=0.5, time_steps=4), layers[1], signed, layers[2])


def resets() -> nn.Module:
    """Ways of snnTorch's neurons to reset: at once by subtraction, and late to zero with the input."""
    snntorch = pytest.importorskip("snntorch")

    def heaviside(membrane: Tensor) -> Tensor:
        return (membrane > 0).to(membrane.dtype)

    at_once = {"reset_delay": False, "spike_grad": heaviside}
    late_to_zero = {"reset_mechanism": "zero", "spike_grad": heaviside}
    return Resets(
        snntorch.Leaky(0.5, threshold=0.5, **at_once),
        snntorch.Leaky(
            torch.tensor([0.5, 0.75, 0.0, 1.0, 0.25, 0.5]), threshold=torch.linspace(0.5, 1.75, 6), **at_once
        ),
        snntorch.Synaptic(0.5, 0.5, **at_once),
        snntorch.Synaptic(0.5, 0.75, **late_to_zero),
    )


def two_precisions() -> nn.Module:
    """Adaptive neurons of both kinds; nothing has a bias but these."""
    first, second, last = linear(INPUTS, HIDDEN, 1), linear(HIDDEN, HIDDEN, 2), linear(HIDDEN, CLASSES, 3)
    for layer in (first, second, last):
        layer.bias = None  # type: ignore[assignment]
    gains = {"m_f": (0.5, 0.1), "theta0": (1.0, 0.25)}
    return chain(first, adaptive(5, direct=True, **gains), second, adaptive(5, **gains), last)


def tables() -> nn.Module:
    """Every function as a table, one after the other."""
    layers = [
        linear(INPUTS, HIDDEN, 1, unit=1 / 64),
        linear(HIDDEN, HIDDEN, 2),
        linear(HIDDEN, HIDDEN, 4, unit=1 / 256),
    ]
    functions = [Lookup("tanh"), Lookup("sigmoid", address_bits=8), Lookup("exp", limit=2.0, frac_bits=5)]
    pairs = [part for pair in zip(layers, functions, strict=True) for part in pair]
    return chain(*pairs, linear(HIDDEN, CLASSES, 3))


def gated() -> nn.Module:
    """EGRU whose thresholds are low enough for events."""
    torch.manual_seed(3)
    return chain(EGRU(INPUTS, HIDDEN, time_steps=4, thr_mean=0.1), linear(HIDDEN, CLASSES, 3))


# fmt: off
CASES = (
    Case("dense, graded without a membrane", block(asn(alpha=-1.0))),
    Case("dense, graded, normalised", block(lambda: NASN(4))),
    Case("dense, graded with a membrane", block(asn(3, beta=0.5, alpha=-1.0)), 3),
    Case("dense, graded with a membrane, events", block(asn(3, beta=0.75, alpha=1.0)), 3, "events"),
    Case("dense, graded without memory", block(asn(3, beta=0.0)), 3),
    Case("dense, I-LIF", block(lambda: ILIF(4, beta=0.25, time_steps=3)), 3),
    Case("dense, binary", block(lambda: LIF(0.5, time_steps=4)), 4),
    Case("dense, binary, one time step", block(lambda: LIF(0.5))),
    Case("dense, ternary", block(lambda: IF(signed=True, time_steps=4)), 4, "events"),
    Case("dense, several spikes, lower clamp", block(lambda: IF(levels=4, v_min=0.0, time_steps=4)), 4),
    Case("dense, amplitude", block(lambda: LIF(0.5, amplitude=0.5, time_steps=3)), 3),
    Case("dense, refractory", block(lambda: LIF(0.5, threshold=0.25, refractory=2, time_steps=4)), 4),
    Case("dense, refractory, ternary, hard reset, a current", block(lambda: CubaLIF(
        0.5, 0.5, reset="hard", signed=True, refractory=1, time_steps=4)), 4),
    Case("dense, sigma-delta in a row", sigma_delta, 4, "events", TimeSum),
    Case("dense, resets of snnTorch", resets, 4, "events"),
    Case("dense, synaptic current", block(lambda: CubaLIF(0.5, 0.5, time_steps=4)), 4),
    Case("dense, beta and threshold per neuron", block(lambda: LIF(
        torch.tensor([0.5, 0.25, 0.75, 1.0, 0.5, 0.0]),
        threshold=torch.linspace(0.5, 1.75, 6), time_steps=4)), 4),
    Case("events added to events", lambda: AddEvents(asn(alpha=-1.0))),
    Case("events added to events, T", lambda: AddEvents(lambda: LIF(0.5, time_steps=3)), 3),
    Case("events added to a current", lambda: AddEventsToCurrent(lambda: NASN(4))),
    Case("events added to a current, T", lambda: AddEventsToCurrent(asn(3, beta=0.5)), 3, "events"),
    Case("currents added", lambda: AddCurrents(asn(alpha=-1.0))),
    Case("currents added, T", lambda: AddCurrents(lambda: LIF(0.5, reset="hard", time_steps=3)), 3),
    Case("side by side", lambda: SideBySide(asn(alpha=-1.0))),
    Case("side by side, T", lambda: SideBySide(asn(3, beta=0.5)), 3, "events"),
    Case("a frame beside events", lambda: TwoInputs(asn(3, beta=0.5)), 3),
    Case("events beside events", lambda: TwoInputs(lambda: IF(time_steps=3)), 3, "events"),
    Case("causal attention", lambda: CausalAttention(asn(4, beta=0.5)), 4, "events"),
    Case("causal attention of ternary neurons, one head", lambda: CausalAttention(
        lambda: IF(signed=True, time_steps=3), heads=1, size=5), 3, "events"),
    Case("recurrent, graded", recurrent(asn(4, beta=0.5)), 4),
    Case("recurrent, graded, lowest level below 0", recurrent(asn(4, beta=0.5, alpha=-2.0)), 4, "events"),
    Case("recurrent, binary", recurrent(lambda: LIF(0.5, time_steps=4)), 4),
    Case("recurrent, ternary without a membrane", recurrent(lambda: LIF(0.0, signed=True, time_steps=3)), 3),
    Case("a loop over two populations", lambda: Loop(6), 6, "events"),
    Case("delays of synapses", late(lambda: LIF(0.5, time_steps=6), "synapses"), 6, "events"),
    Case("delays of neurons", late(lambda: LIF(0.5, time_steps=6), "inputs"), 6, "events"),
    Case("delays of neurons, lowest level below 0", late(asn(6, beta=0.5, alpha=-1.0), "inputs"), 6,
         "events"),
    Case("dense, adaptive of an analogue input", block(lambda: adaptive(4, direct=True)), 4, exact=False),
    Case("dense, adaptive", block(lambda: adaptive(3)), 3, "events", exact=False),
    Case("two precisions", two_precisions, 5, end=TimeMean, exact=False),
    Case("tables", tables, exact=False),
    Case("gated recurrent units", gated, 4, "events", exact=False),
    Case("spikes counted", spikes_counted(lambda: IF(time_steps=4)), 4),
    Case("mean over time", block(asn(2, beta=0.5)), 2, end=TimeMean),
    Case("last membrane", block(lambda: IF(time_steps=3)), 3, end=leaky("last", 0.5, 3)),
    Case("largest membrane", block(lambda: IF(time_steps=3)), 3, end=leaky("max", 0.5, 3)),
    Case("mean of membranes", block(lambda: IF(time_steps=3)), 3, "events", end=leaky("mean", 1.0, 3)),
    Case("sum of membranes", block(lambda: IF(time_steps=3)), 3, end=leaky("sum", 0.5, 3)),
)
# fmt: on


def grouped_cases() -> list[Case]:
    """The same networks, those of equal time steps and inputs beside each other: fewer to compile.

    What ends in its own way, or counts spikes, stays alone.
    """
    groups: dict[tuple[int, str], list[Case]] = {}
    alone = []
    for case in CASES:
        if case.end is not None or case.name == "spikes counted":
            alone.append(case)
        else:
            groups.setdefault((case.time_steps, case.encoding), []).append(case)
    return [*alone, *(_together(cases) for cases in groups.values())]


def _together(cases: list[Case]) -> Case:
    first = cases[0]
    name = f"{len(cases)} networks, T = {first.time_steps}, {first.encoding}"
    return Case(name, lambda: Together([case.make() for case in cases]), first.time_steps, first.encoding)


TOGETHER = 16
"""Neurons in one network, where every combination of fields is tried."""


def combinations() -> list[Callable[[], nn.Module]]:
    """A neuron for every combination of the fields of LIF and CubaLIF, T = 4."""
    choices = {
        "reset": ("soft", "hard", "none"),
        "fires": (">=", ">"),
        "leak": ("after_reset", "before_reset"),
        "decay_input": (False, True),
        "signed": (False, True),
        "levels": (1, 3),
        "v_min": (None, -0.25),
        "threshold": (1.0, torch.tensor([0.5, 1.25])),
        "beta": (0.5, torch.tensor([0.75, 0.5])),
        "alpha": (None, 0.5),
    }
    found = []
    for values in itertools.product(*choices.values()):
        found.append(_neuron(dict(zip(choices, values, strict=True))))
    return found


def _neuron(fields: dict[str, object]) -> Callable[[], nn.Module]:
    beta, alpha = fields.pop("beta"), fields.pop("alpha")
    if fields["reset"] == "hard":
        fields["v_reset"] = -0.25
    if alpha is None:
        return lambda: LIF(beta, time_steps=4, **fields)  # type: ignore[arg-type]
    return lambda: CubaLIF(alpha, beta, time_steps=4, **fields)  # type: ignore[arg-type]


def parallel_cases() -> list[Case]:
    """Networks that hold all combinations, TOGETHER in each."""
    neurons = combinations()
    groups = [neurons[start : start + TOGETHER] for start in range(0, len(neurons), TOGETHER)]
    return [
        Case(f"combinations {number}", lambda group=group: Parallel([make() for make in group]), 4, "events")  # type: ignore[misc]
        for number, group in enumerate(groups)
    ]
