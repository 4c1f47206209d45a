"""What a layer of maps reads, and the window that it moves: refused here, where the layer and a remedy have
names.
"""

from __future__ import annotations

from asn2fpga.graph.types import Shape
from asn2fpga.kinds.maps.upsample import MAX_FACTOR
from asn2fpga.kinds.maps.window import MAX_DILATION, MAX_KERNEL, MAX_SIDE, MAX_STRIDE, Window
from asn2fpga.loader.call import Call

AXES = {1: ("channels", "length"), 2: ("channels", "height", "width")}


def map_shape(call: Call, axes: int) -> Shape:
    """The shape (channels, pixels ..) of what is read, refused if it has other axes."""
    shape = tuple(call.x.shape[call.value.leading_axes :])
    if len(shape) == axes + 1 and call.value.leading_axes == 1:
        return shape
    wanted = ", ".join(("batch", *AXES[axes]))
    raise call.refuse(f"{call.label} must get ({wanted}), not {_shown(call)}; {_axes_hint(call, axes)}.")


def _shown(call: Call) -> str:
    """The shape of what is read, with names for the axes that are not its own."""
    names = ("batch",) if call.value.leading_axes == 1 else ("time", "batch")
    return f"({', '.join((*names, *map(str, call.x.shape[len(names) :])))})"


def _axes_hint(call: Call, axes: int) -> str:
    shape = call.x.shape[call.value.leading_axes :]
    if call.value.leading_axes == 2:
        return "merge time into the batch around it: x.flatten(0, 1) before, x.unflatten(0, (T, -1)) after"
    if len(shape) == 1:
        return f"bring its elements into rows before it: nn.Unflatten(1, ({', '.join(AXES[axes])}))"
    if len(shape) == axes:
        return "give the example an axis of samples, x[None], or the input one of channels, x.unsqueeze(1)"
    return f"it has {len(shape)} axes after the batch, not {axes + 1}"


def check_channels(call: Call, shape: Shape, wanted: int) -> None:
    """Refuse a map of other channels than a convolution was made for."""
    if shape[0] == wanted:
        return
    hint = f"give it in_channels={shape[0]}"
    if shape[-1] == wanted:
        hint = "the channels stand last: x.movedim(-1, 1) puts them first"
    raise call.refuse(f"{call.label} must get {wanted} channels, not {shape[0]} of {_shown(call)}; {hint}.")


def check_bias(call: Call, bias: object) -> None:
    """Refuse a bias after a sum over time, which would be added once."""
    if call.value.reduced == "sum" and bias is not None:
        raise call.refuse(f"{call.label} with a bias must stand before TimeSum, not after it.")


def check_features(call: Call, wanted: int) -> None:
    """Refuse a BatchNorm of another number of features, or channels."""
    found = call.x.shape[1] if call.x.dim() > 1 else 0
    if found != wanted:
        what = "channels" if call.x.dim() > 2 else "features"
        raise call.refuse(
            f"{call.label} must get {wanted} {what}, not {found} of {_shown(call)}; "
            f"give it num_features={found}."
        )


def check_spatial_axes(call: Call, axes: int) -> None:
    """Refuse adaptive neurons whose biases do not lie along the channels."""
    found = call.x.dim() - call.value.leading_axes - 1
    if found != axes:
        raise call.refuse(
            f"{call.label} must have spatial_axes={found} for its input {_shown(call)}, not {axes}: it has a "
            "bias for each channel, and so many axes follow these."
        )


def check_conv_window(call: Call, window: Window, shape: Shape) -> None:
    """Refuse what no hardware of ours moves over a map."""
    smaller = "two smaller ones in a row, with neurons between them, see as far"
    _check(call, "kernel_size", window.kernel, MAX_KERNEL, smaller, shape)
    _check(
        call, "stride", window.stride, MAX_STRIDE, "use a smaller stride and a pool after the neurons", shape
    )
    larger = "use a stride or a pool before it, or a larger kernel"
    _check(call, "dilation", window.dilation, MAX_DILATION, larger, shape)
    _check_size(call, window, shape)


def check_transposed(
    call: Call, kernel: tuple[int, ...], stride: tuple[int, ...], dilation: tuple[int, ...], shape: Shape
) -> None:
    """Likewise of a transposed convolution, whose stride says how far pixels are put apart."""
    in_a_row = "use two in a row, with neurons between them"
    _check(call, "kernel_size", kernel, MAX_KERNEL, in_a_row, shape)
    _check(call, "stride", stride, MAX_FACTOR, in_a_row, shape)
    _check(call, "dilation", dilation, MAX_DILATION, "use a larger kernel", shape)


def check_pool_window(call: Call, window: Window, shape: Shape) -> None:
    """Likewise for a pool, which may cover a map as a whole."""
    _check(call, "kernel_size", window.kernel, MAX_SIDE, "use two pools in a row", shape)
    _check(call, "stride", window.stride, MAX_SIDE, "use two pools in a row", shape)
    _check(call, "dilation", window.dilation, 1, "use a stride instead", shape)
    _check_size(call, window, shape)


def _check(call: Call, name: str, values: tuple[int, ...], most: int, hint: str, shape: Shape) -> None:
    if max(values) > most or min(values) < 1:
        limit = f"1 to {most}" if most > 2 else " or ".join(map(str, range(1, most + 1)))
        raise call.refuse(f"{name} of {call.label} must be {limit}, not {by_axis(values, shape)}; {hint}.")


def _check_size(call: Call, window: Window, shape: Shape) -> None:
    if min(window.outputs(shape)) >= 1:
        return
    padded = " with its padding" if any(window.padding) else ""
    raise call.refuse(
        f"{call.label} must get maps at least as large as its window of {by_axis(window.extent, shape)} "
        f"pixels, not of {' x '.join(map(str, shape[1:]))}{padded}; use a smaller kernel, or padding, or "
        "leave out a pool or a stride before it."
    )


def by_axis(values: tuple[int, ...], shape: Shape) -> str:
    """Of a map of one axis that one alone."""
    return " x ".join(map(str, values[3 - len(shape) :]))
