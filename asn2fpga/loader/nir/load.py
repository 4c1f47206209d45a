"""`import_nir`: the bytes of a .nir file to the content of a model file."""

from __future__ import annotations

from pathlib import Path

from asn2fpga.errors import InputError
from asn2fpga.importing import ImportOptions
from asn2fpga.loader.about import About
from asn2fpga.loader.check_graph import check_graph
from asn2fpga.loader.input_facts import InputFacts
from asn2fpga.loader.model_file import ModelContent
from asn2fpga.loader.names import to_identifier
from asn2fpga.loader.nir.content import NirGraph
from asn2fpga.loader.nir.describe import describe_input
from asn2fpga.loader.nir.discretise import time_notes
from asn2fpga.loader.nir.exported import is_exported, read_exported
from asn2fpga.loader.nir.flatten import flattened
from asn2fpga.loader.nir.lower import lower
from asn2fpga.loader.nir.network import Network
from asn2fpga.loader.nir.options import refuse_options_of_exported, refuse_options_of_modules, time_step
from asn2fpga.loader.nir.order import ordered
from asn2fpga.loader.nir.read import read_nir


def import_nir(path: Path, data: bytes, options: ImportOptions) -> ModelContent:
    """The network of a NIR graph. InputError or UnsupportedError starting with the path."""
    try:
        refuse_options_of_modules(options)
        graph = read_nir(data)
        if is_exported(graph):
            refuse_options_of_exported(options)
            return ModelContent(check_graph(read_exported(graph)))
        return _converted(graph, path.stem, options)
    except InputError as error:
        raise type(error)(f"{path}: {error}") from error


def _converted(graph: NirGraph, name: str, options: ImportOptions) -> ModelContent:
    flat = flattened(graph, options.output)
    source = describe_input(flat.nodes[flat.input], options)
    network = Network(flat, ordered(flat), time_step(options), source.time_steps)
    network.builder.notes += [*flat.notes, *source.notes, *time_notes(flat, network.time)]
    made = lower(network, source, options.read_out, to_identifier(name, fallback="network"))
    facts = InputFacts(scale_stated=options.input_scale is not None or source.encoding == "events")
    about = About(facts, tuple(network.builder.warnings), tuple(network.builder.notes))
    return ModelContent(check_graph(made), about=about)
