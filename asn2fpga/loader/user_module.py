"""Modules that code of the user's builds, with weights of a checkpoint, to the content of a model file."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from torch import nn

from asn2fpga.errors import InputError
from asn2fpga.graph.scale_text import show_scale
from asn2fpga.graph.serial import to_plain
from asn2fpga.importing import ImportOptions
from asn2fpga.loader.checkpoint import Weights, find_module, find_weights, has_foreign_objects, load_weights
from asn2fpga.loader.factory import Factory, build_module
from asn2fpga.loader.from_data import convert_for_data
from asn2fpga.loader.model_file import ModelContent
from asn2fpga.loader.save import convert
from asn2fpga.loader.torch_file import SUPPORTED, read_bytes, unpickle, unwanted_pickle
from asn2fpga.loader.wrappers import unwrapped

DESCRIBING = ("input_scale", "encoding", "max_count", "time_steps", "time_axis", "output", "read_out")
"""Options of the command line that a factory, or a model file, may say as well."""


def read_code(text: str, options: ImportOptions) -> tuple[ModelContent, str]:
    """The model that `text` (my_model.py:Net) builds, with the weights of the options, and a digest of it."""
    if options.factory is not None:
        raise InputError(f"--model {options.factory}: the option must be left out; {text} builds the module.")
    factory = Factory(text, text, options.arguments)
    if options.weights is None:
        module, described = build_module(factory)
        model = import_module(module, factory.function, options, described, text)
    else:
        content = unpickle(options.weights, read_bytes(options.weights), options.unsafe_pickle)
        whole = find_module(content)
        weights = find_weights(content if whole is None else whole)
        check_weights(weights, content, options.weights)
        model = with_weights(factory, weights, options.weights, options)
    return model, _digest(model)


def _digest(model: ModelContent) -> str:
    """Of the graph: code has no bytes that would tell one model from another."""
    plain, tensors = to_plain(model.graph)
    found = hashlib.sha256(json.dumps(plain, sort_keys=True).encode())
    for name in sorted(tensors):
        found.update(tensors[name].tobytes())
    return found.hexdigest()


def with_weights(
    factory: Factory, weights: list[Weights], path: Path, options: ImportOptions
) -> ModelContent:
    """The module of the factory with the weights of the file."""
    module, described = build_module(factory)
    module = unwrapped(module)
    load_weights(module, weights, str(path))
    name = path.stem if factory.where.startswith("--") else factory.function
    return import_module(module, name, options, described, factory.where)


def import_module(
    module: nn.Module,
    name: str,
    options: ImportOptions,
    described: dict[str, Any] | None = None,
    where: str = "",
) -> ModelContent:
    """A module, described by the options and by its factory (`described`), which must not contradict them."""
    said: dict[str, Any] = {key: getattr(options, key) for key in DESCRIBING}
    given = {key: value for key, value in (described or {}).items() if value is not None}
    twice = next((key for key, value in said.items() if value is not None and key in given), None)
    if twice is not None:
        shown = f"{given[twice]:g}" if isinstance(given[twice], float) else given[twice]
        raise InputError(f"{_option(twice)}: the option must be left out; {where} gives one ({shown}).")
    known = {key: value for key, value in said.items() if value is not None} | given
    if options.data is None or "example_input" in known or "calibration" in known:
        return convert(module, name, **known)
    return convert_for_data(module, name, options.data, known)


def check_weights(weights: list[Weights], content: Any, path: Path) -> None:
    """InputError for a file without weights."""
    if weights:
        return
    if has_foreign_objects(content):
        raise unwanted_pickle(path)
    raise InputError(f"{path}: the model must be {SUPPORTED}, not a file of {type(content).__name__}.")


def refuse_options(path: Path, options: ImportOptions) -> None:
    """InputError for what a model file says itself."""
    if options.factory is not None:
        raise InputError(
            f"{path}: --model must be left out, not be {options.factory}; a file of asn2fpga.save holds its "
            "network."
        )
    if options.weights is not None:
        raise InputError(
            f"{path}: --weights must be left out, not be {options.weights}; a file of asn2fpga.save holds "
            "its weights."
        )
    for key in DESCRIBING:
        value = getattr(options, key)
        if value is not None:
            shown = show_scale(value) if key == "input_scale" else value
            raise InputError(
                f"{path}: {_option(key)} must be left out, not be {shown}; a file of asn2fpga.save holds it; "
                "to change it, save the module again."
            )


def _option(key: str) -> str:
    return f"--{key.replace('_', '-')}"
