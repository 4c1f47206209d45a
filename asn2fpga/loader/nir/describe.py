"""The input of a NIR graph: the file says its shape, the data or the options its time steps and counts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from asn2fpga.errors import InputError
from asn2fpga.graph.limits import MAX_COUNT
from asn2fpga.graph.types import Array, Shape
from asn2fpga.importing import ImportOptions, InputEncoding
from asn2fpga.loader.data_file import read_arrays
from asn2fpga.loader.nir.content import NirNode
from asn2fpga.loader.nir.fields import shape_of


@dataclass(frozen=True)
class NirInput:
    """As the fields of Input. notes: what was decided without the user."""

    shape: Shape
    encoding: InputEncoding
    time_steps: int
    max_count: int
    scale: float
    notes: tuple[str, ...] = ()


def describe_input(node: NirNode, options: ImportOptions) -> NirInput:
    """InputError if neither options nor data say how many time steps there are."""
    shape = shape_of(node, "shape")
    x = _samples(options.data)
    encoding = options.encoding or _encoding(shape, x)
    counts = options.max_count or _max_count(x, encoding)
    return NirInput(
        shape=shape,
        encoding=encoding,
        time_steps=options.time_steps or _time_steps(shape, x, encoding),
        max_count=counts,
        scale=1.0 if options.input_scale is None else options.input_scale,
        notes=() if options.max_count or encoding == "frames" else (_counts_note(x, counts),),
    )


def _samples(data: Path | None) -> Array | None:
    return None if data is None else read_arrays(data).get("x")


def _encoding(shape: Shape, x: Array | None) -> InputEncoding:
    """Events, unless the data has no axis of time."""
    return "frames" if x is not None and x.ndim == len(shape) + 1 else "events"


def _time_steps(shape: Shape, x: Array | None, encoding: InputEncoding) -> int:
    axes = ", ".join(map(str, shape))
    if x is None or encoding == "frames":
        raise InputError(
            "--time-steps must be given, as a NIR graph does not say them; or give events over time, --data "
            f"with x of shape (samples, time, {axes})."
        )
    if x.ndim != len(shape) + 2:
        raise InputError(
            f"x of --data must have shape (samples, time, {axes}), or (samples, {axes}) with --time-steps, "
            f"as the graph reads {shape}, not {x.shape}."
        )
    return int(x.shape[1])


def _max_count(x: Array | None, encoding: InputEncoding) -> int:
    """Of pixels 255; of events the largest of the data, 1 without."""
    if encoding == "frames":
        return MAX_COUNT
    if x is None or x.size == 0 or not (np.issubdtype(x.dtype, np.integer) or x.dtype == np.bool_):
        return 1
    return min(MAX_COUNT, max(1, int(x.max())))


def _counts_note(x: Array | None, most: int) -> str:
    source = "" if x is None else ", as in the data"
    return f"an input sends counts up to {most} in a time step{source} (--max-count)"
