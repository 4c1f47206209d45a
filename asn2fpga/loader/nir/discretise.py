"""Equations in continuous time to one time step: what a state keeps, and what it takes of its input.

    tau dv/dt = (v_leak - v) + r I        v[t+1] = beta v[t] + (1 - beta) (v_leak + r I[t])
        euler:  beta = 1 - dt/tau         exact: beta = exp(-dt/tau), if the input is constant within a step
        dv/dt = r I                       v[t+1] = v[t] + dt r I[t]

Sources: nir.ir.neuron of nir 1.0.8; dt = 1e-4 and forward Euler are what the graphs of the NIR paper use
(arXiv 2311.14641, section 4.4). There r = 1 of IF stands for one time step: v[t+1] = v[t] + I[t], as Sinabs,
Norse, Lava and Nengo run them, while SpikingJelly writes r = 1/dt. Both give the same.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from asn2fpga.graph.arrays import RealArray, as_real
from asn2fpga.graph.types import Shape
from asn2fpga.importing import Discretisation
from asn2fpga.loader.nir.content import FlatGraph, NirNode
from asn2fpga.loader.nir.fields import broadcast

DEFAULT_DT = 1e-4
NOISE = 1e-5  # of dt/tau in files of float32


@dataclass(frozen=True)
class TimeStep:
    """How time passes: dt in s, and how equations are solved."""

    dt: float = DEFAULT_DT
    how: Discretisation = "euler"


def time_notes(graph: FlatGraph, time: TimeStep) -> tuple[str, ...]:
    """How time passes in a graph that has times in it."""
    if not any(
        name.startswith("tau") or name == "delay" for node in graph.nodes.values() for name in node.fields
    ):
        return ()
    how = "forward Euler" if time.how == "euler" else "exact exponentials"
    return (f"a time step is {time.dt:g} s, and equations are solved by {how} (--dt, --nir-discretisation)",)


@dataclass(frozen=True, eq=False)
class LowPass:
    """v[t+1] = beta * v[t] + gain * I[t] + share * rest, element by element; gain above 0."""

    beta: RealArray
    gain: RealArray
    share: RealArray
    rest: RealArray

    def held_at(self, level: RealArray) -> RealArray:
        """The constant input with which v - level obeys the same equation with a rest of 0."""
        return as_real(self.share * (self.rest - level) / self.gain)


def leaky(node: NirNode, tau: str, factor: str, shape: Shape, time: TimeStep) -> LowPass:
    """The equation with time constant `tau` and input factor `factor`; synaptic currents rest at 0."""
    taus, factors = broadcast(node, tau, shape), _positive(node, factor, shape)
    ratios = _ratios(node, tau, taus, time)
    if time.how == "exact":
        betas, shares = np.exp(-ratios), -np.expm1(-ratios)
    else:
        betas, shares = np.maximum(1.0 - ratios, 0.0), ratios
    rest = broadcast(node, "v_leak", shape, 0.0) if tau != "tau_syn" else np.zeros(shape)
    return LowPass(as_real(betas), as_real(shares * factors), as_real(shares), rest)


def _ratios(node: NirNode, name: str, taus: RealArray, time: TimeStep) -> RealArray:
    """dt / tau."""
    if taus.min() <= 0:
        raise node.wrong(f"{name} must be a time above 0 s, not {taus.min():g}")
    ratios = time.dt / taus
    if time.how == "euler" and ratios.max() > 1 + NOISE:
        raise node.wrong(
            f"{name} must be at least the time step of {time.dt:g} s, not {taus.min():g} s; forward Euler "
            "would overshoot: use a smaller --dt, or --nir-discretisation exact"
        )
    return as_real(ratios)


def integrating(node: NirNode, shape: Shape, time: TimeStep) -> LowPass:
    """Without a leak: dt * r of the input, or all of it where r is 1 everywhere."""
    factors = _positive(node, "r", shape)
    gain = factors if counts_per_step(factors) else factors * time.dt
    return LowPass(np.ones(shape), gain, np.zeros(shape), np.zeros(shape))


def passing(shape: Shape) -> LowPass:
    """No state at all: what arrives is what there is."""
    return LowPass(np.zeros(shape), np.ones(shape), np.ones(shape), np.zeros(shape))


def counts_per_step(factors: RealArray) -> bool:
    """Whether r of a node without a time constant is that of one time step."""
    return bool((factors == 1.0).all())


def _positive(node: NirNode, name: str, shape: Shape) -> RealArray:
    factors = broadcast(node, name, shape, 1.0 if name == "w_in" else None)
    if factors.min() <= 0:
        raise node.refuse(
            f"{name} must be above 0, not {factors.min():g}; let the weights before it have the other sign"
        )
    return factors
