"""An exported program to the content of a model file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from asn2fpga.errors import InputError, UnsupportedError
from asn2fpga.importing import ImportOptions
from asn2fpga.loader.exported.archive import read_exported
from asn2fpga.loader.exported.network import INSTEAD, build_network
from asn2fpga.loader.exported.neurons import ExportedNeurons
from asn2fpga.loader.exported.program import Program, to_program
from asn2fpga.loader.exported.written import without_writing
from asn2fpga.loader.model_file import ModelContent
from asn2fpga.loader.user_module import import_module

OF_MODULES = {"factory": "model", "weights": "weights", "arguments": "model-args"}
SAMPLES = 3
LEAST_ALIKE = 0.9


def import_exported(path: Path, data: bytes, options: ImportOptions) -> ModelContent:
    """The network of a .pt2 file, described by the options. InputError, UnsupportedError."""
    for field, option in OF_MODULES.items():
        if getattr(options, field):
            raise InputError(f"{path}: --{option} must be left out; an exported program holds its network.")
    program = without_writing(path, to_program(path, read_exported(path, data, options.unsafe_pickle)))
    module = build_network(path, program)
    _check_samples(path, module, program)
    described: dict[str, Any] = {}
    if options.data is None:
        described["example_input"] = torch.zeros([_size(size) for size in program.shapes[program.source]])
    return import_module(module, path.stem, options, described, str(path))


def _size(size: int | str) -> int:
    return size if isinstance(size, int) else 1


def _check_samples(path: Path, module: nn.Module, program: Program) -> None:
    """UnsupportedError if the program works for no other number of samples than it was exported with."""
    shape = program.shapes[program.source]
    if any(isinstance(size, str) for size in shape):
        return
    axes = (0, 1) if len(shape) > 2 else (0,)
    if not any(_takes_samples(module, [_size(size) for size in shape], axis) for axis in axes):
        raise UnsupportedError(
            f"{path}: the program must take any number of samples, not only an input of shape {shape}; "
            'export it with dynamic_shapes={"x": {0: torch.export.Dim("batch")}}, or ' + INSTEAD + "."
        )


def _takes_samples(module: nn.Module, shape: list[int], axis: int) -> bool:
    """Whether samples along an axis are computed together as they are alone."""
    shape[axis] = SAMPLES
    x = torch.randint(0, 4, shape, generator=torch.Generator().manual_seed(0)).float()
    try:
        together = _run(module, x)
        alone = [_run(module, x.narrow(axis, sample, 1)) for sample in range(SAMPLES)]
    except Exception:  # code of the model: anything can happen
        return False
    joined = [torch.cat(alone, where) for where in range(together.dim()) if alone[0].shape[where] == 1]
    return any(one.shape == together.shape and _alike(one, together) for one in joined)


def _alike(one: Tensor, other: Tensor) -> bool:
    """But for spikes that the rounding of float32 decides."""
    return float(torch.isclose(one, other, rtol=1e-3, atol=1e-3).float().mean()) >= LEAST_ALIKE


def _run(module: nn.Module, x: Tensor) -> Tensor:
    """The first result, of neurons that start at rest and are left so."""
    try:
        with torch.no_grad():
            result = module(x)
    finally:
        for part in module.modules():
            if isinstance(part, ExportedNeurons):
                part.reset()
    found: Tensor = result[0] if isinstance(result, tuple) else result
    return found
