"""`load_model`: any file the user has to a checked real-valued graph; its content says what it is."""

from __future__ import annotations

import dataclasses
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asn2fpga.errors import InputError
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.scale_text import show_scale
from asn2fpga.graph.types import Array
from asn2fpga.kinds.nodes import real_nodes
from asn2fpga.loader.checkpoint import Weights, find_module, find_weights, has_foreign_objects, load_weights
from asn2fpga.loader.data_file import Labels
from asn2fpga.loader.factory import build_module
from asn2fpga.loader.input_facts import UNKNOWN, InputFacts
from asn2fpga.loader.model_file import ModelContent, is_model_file, read_model
from asn2fpga.loader.save import convert, model_warnings
from asn2fpga.loader.torch_file import SUPPORTED, read_bytes, unpickle, unwanted_pickle
from asn2fpga.loader.wrappers import unwrapped
from asn2fpga.warning import BuildWarning


@dataclass(frozen=True, eq=False)
class LoadedModel:
    """A model as every later stage sees it.

    graph: real-valued layers. sha256: of the file's bytes. parameters: trained numbers in the graph.
    calibration: uint8 frames (samples, *shape) or event counts (samples, time, *shape).
    labels: the classes of the calibration samples.
    trained_accuracy: of the module itself on the calibration samples, 0..1; None where it is not known.
    facts: what is known of its input. notes: what was left out of the module without harm.
    warnings: what looks wrong in the model, though it could be read.
    """

    graph: Graph
    calibration: Array | None
    sha256: str
    parameters: int
    labels: Labels | None = None
    trained_accuracy: float | None = None
    facts: InputFacts = UNKNOWN
    notes: tuple[str, ...] = ()
    warnings: tuple[BuildWarning, ...] = ()


def load_model(
    path: str | Path,
    *,
    factory: str | None = None,
    unsafe_pickle: bool = False,
    input_scale: float | None = None,
) -> LoadedModel:
    """Read a model file, or a state_dict for the module that `factory` (package.module:function) builds.

    input_scale: the value that the module sees for the integer 1, for models that come without one.
    A pickled nn.Module is read only with `unsafe_pickle`: loading it can run any code.
    Raises InputError or UnsupportedError, one sentence starting with the path or the module's place.
    """
    path = Path(path)
    data = read_bytes(path)
    content = unpickle(path, data, unsafe_pickle)
    model = _to_model(content, path, factory, input_scale)
    return LoadedModel(
        model.graph,
        model.calibration,
        hashlib.sha256(data).hexdigest(),
        count_parameters(model.graph),
        model.labels,
        model.about.trained_accuracy,
        model.about.facts,
        model.about.notes,
        model_warnings(model),
    )


def count_parameters(graph: Graph) -> int:
    """Weights, biases, BatchNorm's gains and shifts, and one alpha for every ASN and NASN layer."""
    return sum(node.parameters for node in real_nodes(graph))


def _to_model(content: Any, path: Path, factory: str | None, input_scale: float | None) -> ModelContent:
    if is_model_file(content):
        _refuse_options(path, factory, input_scale)
        return read_model(content, path)
    whole = find_module(content)
    if whole is not None and factory is None:
        return convert(whole, path.stem, input_scale=input_scale)
    weights = find_weights(content if whole is None else whole)
    _check_weights(weights, content, path)
    if factory is None:
        raise InputError(
            f"{path}: a state_dict must come with --model package.module:factory, not alone; "
            "it holds weights, but not the network they belong to."
        )
    module, options = build_module(factory)
    module = unwrapped(module)
    warnings = load_weights(module, weights, str(path))
    if input_scale is not None and options.get("input_scale") is not None:
        raise InputError(
            f"--input-scale: the option must be left out; --model {factory} gives one "
            f"({options['input_scale']:g})."
        )
    model = convert(module, path.stem, **{"input_scale": input_scale} | options)
    about = dataclasses.replace(model.about, warnings=warnings + model.about.warnings)
    return dataclasses.replace(model, about=about)


def _check_weights(weights: list[Weights], content: Any, path: Path) -> None:
    """InputError for a file without weights."""
    if weights:
        return
    if has_foreign_objects(content):
        raise unwanted_pickle(path)
    raise InputError(f"{path}: the model must be {SUPPORTED}, not a file of {type(content).__name__}.")


def _refuse_options(path: Path, factory: str | None, input_scale: float | None) -> None:
    """InputError for what a model file says itself."""
    if factory is not None:
        raise InputError(
            f"{path}: --model must be left out, not be {factory}; a file of asn2fpga.save holds its network."
        )
    if input_scale is not None:
        raise InputError(
            f"{path}: --input-scale must be left out, not be {show_scale(input_scale)}; a file of "
            "asn2fpga.save holds it; to change it, save the module again."
        )
