"""Weights, pools and changes of shape of NIR graphs to ours."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from asn2fpga.errors import shown
from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.types import Shape
from asn2fpga.kinds.maps.window import Window
from asn2fpga.kinds.operators.delay import Delay
from asn2fpga.kinds.operators.flatten import Flatten
from asn2fpga.kinds.operators.pool import AvgPool
from asn2fpga.kinds.operators.scale import Scale
from asn2fpga.kinds.synapses.conv import Conv
from asn2fpga.kinds.synapses.dense import Linear
from asn2fpga.loader.nir.content import NirNode
from asn2fpga.loader.nir.fields import bias, broadcast, integers, real, weights
from asn2fpga.loader.nir.network import Network
from asn2fpga.loader.nir.signals import Signal, add, by_channel, scaled

WHOLE = 1e-6  # of a time step: how far a delay may be from a whole number of them
AXES: Mapping[int, str] = {1: "(channels, length)", 2: "(channels, height, width)"}


def lower_linear(network: Network, node: NirNode, signal: Signal) -> Signal:
    """y = W x + b; a map is read channel by channel."""
    weight = weights(node, "weight", 2, "(outputs, inputs)")
    if weight.shape[1] != signal.edge.size:
        raise node.wrong(
            f"weight must have a column for each of the {signal.edge.size} elements that it reads, of shape "
            f"{signal.shape}, not {weight.shape[1]}"
        )
    return add(network.builder, Linear, node, [signal], weight=weight, bias=bias(node, len(weight)))


def lower_conv(network: Network, node: NirNode, signal: Signal) -> Signal:
    """Conv1d, Conv2d."""
    axes = 1 if node.kind == "Conv1d" else 2
    kernel = "rows, columns" if axes == 2 else "length"
    weight = weights(node, "weight", axes + 2, f"(outputs, inputs / groups, {kernel})")
    (groups,) = integers(node, "groups", 1, 1)
    _check_map(node, signal, axes, weight.shape[1] * groups)
    window = Window(
        kernel=_both(weight.shape[2:], 1),
        stride=_both(integers(node, "stride", axes, 1), 1),
        padding=_padding(node, weight.shape[2:]),
        dilation=_both(integers(node, "dilation", axes, 1), 1),
    )
    _check_window(node, window, signal)
    return add(
        network.builder,
        Conv,
        node,
        [signal],
        weight=weight.reshape(*weight.shape[:2], *window.kernel),
        bias=bias(node, len(weight)),
        window=window,
        groups=groups,
    )


def _check_map(node: NirNode, signal: Signal, axes: int, channels: int | None) -> None:
    if len(signal.shape) != axes + 1:
        raise node.wrong(f"{node.kind} must read a map of shape {AXES[axes]}, not {signal.shape}")
    if channels is not None and signal.shape[0] != channels:
        raise node.wrong(f"weight must be of the {signal.shape[0]} channels that it reads, not {channels}")
    given = node.fields.get("input_shape")
    if given is None or isinstance(given, str) or given.size == 0:
        return
    pixels = integers(node, "input_shape", axes, 1)
    if pixels != signal.shape[1:]:
        raise node.wrong(f"input_shape must be that of what it reads, {signal.shape[1:]}, not {pixels}")


def _check_window(node: NirNode, window: Window, signal: Signal) -> None:
    if min(window.outputs(signal.shape)) < 1:
        raise node.wrong(
            f"the window of {' x '.join(map(str, window.extent))} must lie on the map with its padding, not "
            f"be larger than what it reads, {signal.shape}"
        )


def _both(numbers: tuple[int, ...], missing: int) -> tuple[int, ...]:
    """(rows, columns); of one axis the rows are `missing`."""
    return (missing, *numbers) if len(numbers) == 1 else numbers


def _padding(node: NirNode, kernel: tuple[int, ...]) -> tuple[int, ...]:
    """Rows above, columns left, rows below, columns right; `same` puts the odd one below and right."""
    given = node.fields["padding"]
    if isinstance(given, str) and given not in ("same", "valid"):
        raise node.wrong(f"padding must be 'same', 'valid' or numbers, not {given!r}")
    if not isinstance(given, str):
        return 2 * _both(integers(node, "padding", len(kernel), 0), 0)
    if given == "valid":
        return (0, 0, 0, 0)
    if set(integers(node, "stride", len(kernel), 1)) != {1}:
        raise node.wrong("padding 'same' must go with stride 1, not with another one")
    steps = integers(node, "dilation", len(kernel), 1)
    whole = [step * (size - 1) for size, step in zip(kernel, steps, strict=True)]
    before = _both(tuple(size // 2 for size in whole), 0)
    after = _both(tuple(size - size // 2 for size in whole), 0)
    return (*before, *after)


def lower_pool(network: Network, node: NirNode, signal: Signal) -> Signal:
    """AvgPool2d (padding counts, as in torch by default), SumPool2d."""
    _check_map(node, signal, 2, None)
    kernel = integers(node, "kernel_size", 2, 1)
    before = integers(node, "padding", 2, 0)
    window = Window(kernel=kernel, stride=integers(node, "stride", 2, 1), padding=(*before, *before))
    _check_window(node, window, signal)
    factor = 1.0 if node.kind == "SumPool2d" else 1.0 / window.taps
    return add(network.builder, AvgPool, node, [signal], window=window, factor=factor)


def lower_flatten(network: Network, node: NirNode, signal: Signal) -> Signal:
    """Axes count without the batch. Of some axes only: where Linear nodes read the result, which take all."""
    axes = len(signal.shape)
    start, end = (_axis(node, name, axes) for name in ("start_dim", "end_dim"))
    if start >= end:
        return signal
    readers = {network.graph.nodes[name].kind for name in network.graph.readers(node.name)}
    if end - start + 1 < axes and not readers <= {"Linear", "Affine"}:
        raise node.refuse(
            f"Flatten of shape {signal.shape} must be of all axes (start_dim 0, end_dim -1), not of "
            f"{start} to {end}; axes count without the batch"
        )
    return add(network.builder, Flatten, node, [signal])


def _axis(node: NirNode, name: str, axes: int) -> int:
    (axis,) = integers(node, name, 1, -axes)
    if axis >= axes:
        raise node.wrong(
            f"{name} must be one of the {axes} axes that it reads, which count without the batch, not {axis}"
        )
    return axis % axes


def lower_scale(network: Network, node: NirNode, signal: Signal) -> Signal:
    """y = s x: by one number, or by one for each element, of a map for each channel."""
    scale = broadcast(node, "scale", signal.shape)
    factor = float(scale.flat[0])
    if (scale == factor).all() and factor > 0:
        return add(network.builder, Scale, node, [signal], factor=factor)
    gains = by_channel(scale)
    if gains is None:
        raise node.refuse(
            f"scale of a map of shape {signal.shape} must be one number for each channel, not for each pixel"
        )
    return scaled(network.builder, node, signal, gains, np.zeros(len(gains)))


def lower_delay(network: Network, node: NirNode, signal: Signal) -> Signal:
    """y(t) = x(t - delay), of a whole number of time steps: one for all elements, or one for each."""
    steps = delay_steps(network, node, signal.shape)
    if not steps.any():
        return signal
    first = int(steps.flat[0])
    if (steps == first).all():
        return add(network.builder, Delay, node, [signal], shape=signal.shape, steps=first)
    each = steps.reshape(-1)
    return add(network.builder, Delay, node, [signal], shape=signal.shape, each=each)


def delay_steps(network: Network, node: NirNode, shape: Shape) -> IntArray:
    """Time steps that a Delay takes, of each element of what it reads."""
    if not np.size(node.fields["delay"]) or real(node, "delay").min() < 0:
        raise node.wrong("delay must be times of 0 s or more, not negative or none")
    steps = broadcast(node, "delay", shape) / network.time.dt
    whole = np.rint(steps)
    odd = np.abs(steps - whole) > WHOLE * np.maximum(1.0, steps)
    if odd.any():
        raise node.refuse(
            f"delay must be a whole number of time steps of {network.time.dt:g} s, not "
            f"{float(steps[odd][0] * network.time.dt):g} s; choose --dt so that it is"
        )
    return whole.astype(np.int64)


def lower_late_delay(network: Network, node: NirNode) -> Signal:
    """A Delay that closes a loop: what it reads comes later."""
    sources = network.graph.sources(node.name)
    if len(sources) > 1:
        names = ", ".join(map(shown, sources))
        raise node.refuse(
            f"a Delay in a loop must read one node, not {len(sources)} ({names}); add them after it"
        )
    shape = tuple(real(node, "delay").shape)
    if not shape or shape == (1,):
        raise node.refuse(
            "delay in a loop must have the shape of what it reads, not be one number; give it as an array"
        )
    steps = delay_steps(network, node, shape)
    if not steps.all():
        raise node.refuse("delay in a loop must be a time step or more, not 0 s")
    first = int(steps.flat[0])
    if (steps != first).any():
        raise node.refuse("delay in a loop must be one time for all elements, not one for each")
    return network.delayed(node, sources[0], first, shape)
