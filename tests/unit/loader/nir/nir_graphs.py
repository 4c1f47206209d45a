"""NIR graphs for tests, as files that the loader reads; drives and weights are exact in binary."""

from __future__ import annotations

import itertools
import zlib
from pathlib import Path
from typing import Any

import nir
import numpy as np
import numpy.typing as npt

from asn2fpga.errors import InputError
from asn2fpga.importing import ImportOptions
from asn2fpga.loader import LoadedModel, load_model

DT = 2.0**-13


def binary(name: str, *shape: int, low: float = -2.0, high: float = 2.0, step: float = 0.25) -> Any:
    """Multiples of `step` in low..high that depend on the name alone."""
    random = np.random.default_rng(zlib.crc32(name.encode()))
    return random.integers(round(low / step), round(high / step) + 1, shape) * step


def counts(seed: int, *shape: int, most: int = 3) -> npt.NDArray[np.uint8]:
    """Random events: mostly none."""
    random = np.random.default_rng(seed)
    return (random.integers(0, most + 1, shape) * random.integers(0, 2, shape)).astype(np.uint8)


def chain(shape: tuple[int, ...], **nodes: nir.NIRNode) -> nir.NIRGraph:
    """Input, these nodes in a row, Output."""
    names = ["input", *nodes, "output"]
    found = {
        "input": nir.Input({"input": np.array(shape)}),
        **nodes,
        "output": nir.Output({"output": np.array([1])}),
    }
    return nir.NIRGraph(found, list(itertools.pairwise(names)), type_check=False)


def written(folder: Path, graph: nir.NIRGraph, name: str = "net") -> Path:
    """The file of a graph; h5py does not compress arrays without axes."""
    path = folder / f"{name}.nir"
    fields = (value for node in graph.nodes.values() for value in vars(node).values())
    has_numbers = any(isinstance(value, np.ndarray) and value.ndim == 0 for value in fields)
    nir.write(path, graph, **({"compression": None} if has_numbers else {}))
    return path


def loaded(folder: Path, graph: nir.NIRGraph, **options: Any) -> LoadedModel:
    """The graph through a file; 100 time steps of DT, counts up to 3, unless said otherwise."""
    given = {"dt": DT, "time_steps": 100, "max_count": 3} | options
    return load_model(written(folder, graph), ImportOptions(**given))


def refusal(folder: Path, graph: nir.NIRGraph, **options: Any) -> str:
    """The message that refuses a graph, without the path it starts with."""
    path = folder / "net.nir"
    try:
        loaded(folder, graph, **options)
    except InputError as error:
        text = str(error)
        assert text.startswith(f"{path}: ") and text.endswith(".") and "\n" not in text
        return text.removeprefix(f"{path}: ")
    raise AssertionError("it was not refused")


def lif(size: int | tuple[int, ...] = 4, **fields: Any) -> nir.LIF:
    """tau of 8 time steps, r 4, threshold 1: half of the input is added."""
    known = {"tau": 8 * DT, "r": 4.0, "v_leak": 0.0, "v_threshold": 1.0, "v_reset": 0.0} | fields
    return nir.LIF(**{name: np.broadcast_to(value, size).copy() for name, value in known.items()})


def cuba(size: int = 4, **fields: Any) -> nir.CubaLIF:
    """Time constants of 4 and 8 time steps."""
    known = {
        "tau_syn": 4 * DT,
        "tau_mem": 8 * DT,
        "r": 4.0,
        "v_leak": 0.0,
        "v_threshold": 1.0,
        "v_reset": 0.0,
        "w_in": 2.0,
    } | fields
    return nir.CubaLIF(**{name: np.broadcast_to(value, size).copy() for name, value in known.items()})


def affine(name: str, outputs: int = 4, inputs: int = 4) -> nir.Affine:
    """Weights that depend on the name."""
    return nir.Affine(binary(name, outputs, inputs), binary(f"{name}.bias", outputs, low=-0.5, high=0.5))


def flatten(*shape: int) -> nir.Flatten:
    """All axes of a map of that shape."""
    return nir.Flatten({"input": np.array(shape)}, 0, -1)


def conv(
    name: str, outputs: int, inputs: int, pixels: tuple[int, int] = (6, 6), groups: int = 1, **fields: Any
) -> nir.Conv2d:
    """3 x 3 with padding 1 on a map of so many pixels."""
    known = {"stride": (1, 1), "padding": (1, 1), "dilation": (1, 1)} | fields
    weight = binary(name, outputs, inputs // groups, 3, 3, low=-1, high=1)
    bias = binary(f"{name}.bias", outputs, low=-0.5, high=0.5)
    return nir.Conv2d(input_shape=pixels, weight=weight, groups=groups, bias=bias, **known)
