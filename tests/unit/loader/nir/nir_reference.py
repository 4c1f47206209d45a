"""A simulator of NIR graphs, step by step and node by node, that shares nothing with the loader.

Literal equations of nir.ir in float64; every state starts at v_reset, or at 0. Values a node reads from nodes
before it are those of the same time step, others (`late` edges) those of the step before.
"""

from __future__ import annotations

import math
from typing import Any

import nir
import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]


class Simulator:
    """order: names of all nodes, as they are computed within a time step."""

    def __init__(self, graph: nir.NIRGraph, order: list[str], dt: float, how: str = "euler") -> None:
        self.graph, self.order, self.dt, self.how = graph, order, dt, how
        self.state: dict[str, Any] = {}

    def run(self, x: Values) -> dict[str, Values]:
        """x: (time, *shape). What every node sent, (time, ..)."""
        self.state = {}
        sent: dict[str, list[Values]] = {name: [] for name in self.order}
        before: dict[str, Values] = {}
        for now in x:
            values: dict[str, Values] = {}
            for name in self.order:
                values[name] = self._node(name, self._arriving(name, values, before, now))
                sent[name].append(values[name])
            before = values
        return {name: np.array(steps) for name, steps in sent.items()}

    def _arriving(self, name: str, values: Any, before: Any, now: Values) -> Values:
        if isinstance(self.graph.nodes[name], nir.Input):
            return now
        total: Any = 0.0
        for source, reader in self.graph.edges:
            if reader == name:
                total = total + (values[source] if source in values else before.get(source, 0.0))
        return np.asarray(total, np.float64)

    def _share(self, tau: Values) -> Values:
        """1 - beta."""
        return self.dt / tau if self.how == "euler" else 1 - np.exp(-self.dt / tau)

    def _leak(self, v: Values, share: Values, target: Values) -> Values:
        """One time step of tau dv/dt = target - v."""
        return v + share * (target - v)

    def _node(self, name: str, x: Values) -> Values:
        node: Any = self.graph.nodes[name]
        kind = type(node).__name__
        return np.asarray(getattr(self, f"_{kind.lower()}", self._same)(name, node, x), np.float64)

    def _same(self, name: str, node: Any, x: Values) -> Values:
        assert isinstance(node, nir.Input | nir.Output), type(node)
        return x

    def _linear(self, name: str, node: Any, x: Values) -> Values:
        return node.weight.astype(np.float64) @ np.broadcast_to(x, node.weight.shape[1:]).reshape(-1)

    def _affine(self, name: str, node: Any, x: Values) -> Values:
        weight = node.weight.astype(np.float64)
        return weight @ np.broadcast_to(x.reshape(-1), weight.shape[1:]) + node.bias

    def _conv2d(self, name: str, node: Any, x: Values) -> Values:
        (sy, sx), (py, px), (dy, dx) = node.stride, node.padding, node.dilation
        outputs, per_group, rows, columns = node.weight.shape
        padded = np.pad(x, ((0, 0), (py, py), (px, px)))
        height = (padded.shape[1] - dy * (rows - 1) - 1) // sy + 1
        width = (padded.shape[2] - dx * (columns - 1) - 1) // sx + 1
        found = np.zeros((outputs, height, width))
        for o in range(outputs):
            first = o // (outputs // node.groups) * per_group
            for c in range(per_group):
                for k in range(rows):
                    for m in range(columns):
                        rest = padded[first + c, k * dy :: sy, m * dx :: sx][:height, :width]
                        found[o] += node.weight[o, c, k, m] * rest
        return found + node.bias[:, None, None]

    def _conv1d(self, name: str, node: Any, x: Values) -> Values:
        two = nir.Conv2d(
            None,
            node.weight[:, :, None],
            (1, node.stride),
            (0, node.padding),
            (1, node.dilation),
            node.groups,
            node.bias,
        )
        return self._conv2d(name, two, x[:, None])[:, 0]

    def _sumpool2d(self, name: str, node: Any, x: Values) -> Values:
        channels = x.shape[0]
        rows, columns = np.broadcast_to(node.kernel_size, 2)
        ones = np.ones((channels, 1, rows, columns))
        stride, padding = (tuple(map(int, np.broadcast_to(v, 2))) for v in (node.stride, node.padding))
        return self._conv2d(
            name, nir.Conv2d(None, ones, stride, padding, (1, 1), channels, np.zeros(channels)), x
        )

    def _avgpool2d(self, name: str, node: Any, x: Values) -> Values:
        return self._sumpool2d(name, node, x) / math.prod(np.broadcast_to(node.kernel_size, 2).tolist())

    def _flatten(self, name: str, node: Any, x: Values) -> Values:
        return x.reshape(-1)

    def _scale(self, name: str, node: Any, x: Values) -> Values:
        return x * node.scale

    def _delay(self, name: str, node: Any, x: Values) -> Values:
        steps = np.rint(node.delay / self.dt).astype(int)
        x = np.broadcast_to(x, node.delay.shape)
        history = self.state.setdefault(name, [])
        history.append(x)
        sent = np.zeros(x.shape)
        for place, late in np.ndenumerate(steps):
            if late < len(history):
                sent[place] = history[-1 - late][place]
        return sent

    def _threshold(self, name: str, node: Any, x: Values) -> Values:
        return x > node.threshold

    def _i(self, name: str, node: Any, x: Values) -> Values:
        dt = 1.0 if np.all(node.r == 1) else self.dt
        self.state[name] = self.state.get(name, np.zeros(x.shape)) + dt * node.r * x
        return self.state[name]

    def _li(self, name: str, node: Any, x: Values) -> Values:
        v = self.state.get(name, np.zeros(x.shape))
        self.state[name] = self._leak(v, self._share(node.tau), node.v_leak + node.r * x)
        return self.state[name]

    def _fire(self, name: str, node: Any, v: Values) -> Values:
        spikes = v > node.v_threshold
        self.state[name] = np.where(spikes, node.v_reset, v)
        return spikes

    def _if(self, name: str, node: Any, x: Values) -> Values:
        dt = 1.0 if np.all(node.r == 1) else self.dt
        v = self.state.get(name, np.broadcast_to(node.v_reset, x.shape))
        return self._fire(name, node, v + dt * node.r * x)

    def _lif(self, name: str, node: Any, x: Values) -> Values:
        v = self.state.get(name, np.broadcast_to(node.v_reset, x.shape))
        return self._fire(name, node, self._leak(v, self._share(node.tau), node.v_leak + node.r * x))

    def _cubalif(self, name: str, node: Any, x: Values) -> Values:
        i = self.state.get(name + ".i", np.zeros(x.shape))
        v = self.state.get(name, np.broadcast_to(node.v_reset, x.shape))
        i = self._leak(i, self._share(node.tau_syn), node.w_in * x)
        self.state[name + ".i"] = i
        return self._fire(name, node, self._leak(v, self._share(node.tau_mem), node.v_leak + node.r * i))
