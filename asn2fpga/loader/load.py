"""`load_model`: any file the user has to a checked real-valued graph; its content says what it is."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asn2fpga.errors import InputError
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.types import Array
from asn2fpga.importing import NOTHING_SAID, ImportOptions, is_code
from asn2fpga.kinds.nodes import real_nodes
from asn2fpga.loader.checkpoint import find_module, find_weights
from asn2fpga.loader.data_file import Labels
from asn2fpga.loader.exported.archive import is_exported
from asn2fpga.loader.exported.load import import_exported
from asn2fpga.loader.factory import Factory
from asn2fpga.loader.input_facts import UNKNOWN, InputFacts
from asn2fpga.loader.model_file import ModelContent, Origin, is_model_file, read_model
from asn2fpga.loader.nir.load import import_nir
from asn2fpga.loader.nir.options import refuse_options_of_nir
from asn2fpga.loader.nir.read import is_nir
from asn2fpga.loader.save import model_warnings
from asn2fpga.loader.torch_file import read_bytes, unpickle
from asn2fpga.loader.user_module import check_weights, import_module, read_code, refuse_options, with_weights
from asn2fpga.warning import BuildWarning


@dataclass(frozen=True, eq=False)
class LoadedModel:
    """A model as every later stage sees it.

    graph: real-valued layers. sha256: of the file's bytes. parameters: trained numbers in the graph.
    calibration: uint8 frames (samples, *shape) or event counts (samples, time, *shape).
    labels: the classes of the calibration samples.
    trained_accuracy: of the module itself on the calibration samples, 0..1; None where it is not known.
    facts: what is known of its input. notes: what was left out of the module without harm.
    warnings: what looks wrong in the model, though it could be read. origin: the module, if it was one.
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
    origin: Origin | None = None


def load_model(path: str | Path, options: ImportOptions = NOTHING_SAID) -> LoadedModel:
    """Read a model file, a NIR graph, a program of torch.export.save, a checkpoint for the module that
    `options.factory` builds, or the module that the user's code builds, if `path` is my_model.py:Net or
    package.module:function.

    A pickled nn.Module is read only with `options.unsafe_pickle`: loading it can run any code.
    Raises InputError or UnsupportedError, one sentence starting with the path or the module's place.
    """
    if is_code(path):
        refuse_options_of_nir(path, options)
        return _loaded(*read_code(str(path), options))
    path = Path(path)
    if path.suffix == ".py":
        raise InputError(
            f"{path}: what builds the module must be named, not the file alone: {path}:Net, for a class or "
            "function Net in it."
        )
    data = read_bytes(path)
    if is_nir(path, data):
        return _loaded(import_nir(path, data, options), hashlib.sha256(data).hexdigest())
    refuse_options_of_nir(path, options)
    if is_exported(data):
        return _loaded(import_exported(path, data, options), hashlib.sha256(data).hexdigest())
    content = unpickle(path, data, options.unsafe_pickle)
    return _loaded(_to_model(content, path, options), hashlib.sha256(data).hexdigest())


def _loaded(model: ModelContent, digest: str) -> LoadedModel:
    return LoadedModel(
        model.graph,
        model.calibration,
        digest,
        count_parameters(model.graph),
        model.labels,
        model.about.trained_accuracy,
        model.about.facts,
        model.about.notes,
        model_warnings(model),
        model.origin,
    )


def count_parameters(graph: Graph) -> int:
    """Weights, biases, BatchNorm's gains and shifts, and one alpha for every ASN and NASN layer."""
    return sum(node.parameters for node in real_nodes(graph))


def _to_model(content: Any, path: Path, options: ImportOptions) -> ModelContent:
    if is_model_file(content):
        refuse_options(path, options)
        return read_model(content, path)
    whole = find_module(content)
    if whole is not None and options.factory is None:
        return import_module(whole, path.stem, options)
    weights = find_weights(content if whole is None else whole)
    check_weights(weights, content, path)
    if options.factory is None:
        raise InputError(
            f"{path}: a state_dict must come with the code that builds its module, not alone: "
            f"my_model.py:Net --weights {path.name}; it holds weights, but not the network they belong to."
        )
    where = f"--model {options.factory}"
    return with_weights(Factory(options.factory, where, options.arguments), weights, path, options)
