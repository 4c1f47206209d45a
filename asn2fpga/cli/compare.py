"""`asn2fpga compare`: the user's framework model and the golden model, side by side on the same samples."""

from __future__ import annotations

import dataclasses
from argparse import Namespace
from pathlib import Path

from rich.console import Console
from rich.table import Table

from asn2fpga.api.importing import import_options
from asn2fpga.api.request import check_files, out_name
from asn2fpga.cli.output import print_json
from asn2fpga.conformance.side_by_side import FirstDifference, LayerComparison, SideBySide, side_by_side
from asn2fpga.errors import InputError
from asn2fpga.files import replacing
from asn2fpga.kinds.sources.input import input_of
from asn2fpga.loader import load_model
from asn2fpga.loader.data_file import load_data
from asn2fpga.quantise.scheme import Scheme
from asn2fpga.report.comparison import Curve, comparison_page


def run(options: Namespace) -> int:
    """0 when both were run; how far they agree is shown, and judged by nobody."""
    if options.data is None:
        raise InputError("asn2fpga compare: --data must be given: x (N, ...), and y (N,) for the accuracy.")
    if options.samples < 1:
        raise InputError(f"--samples: the value must be at least 1, not {options.samples}.")
    scheme = Scheme(weight_bits=options.weight_bits, state_frac_bits=options.state_frac_bits)
    check_files(options.model, options.data, options.weights)
    loaded = load_model(options.model, import_options(vars(options), options.data))
    if loaded.origin is None:
        raise InputError(
            f"{options.model}: the model must come with the module that it is compared with, not be a file "
            "of asn2fpga.save alone; give my_model.py:Net --weights FILE, or a pickled module with "
            "--unsafe-pickle."
        )
    data = load_data(options.data, input_of(loaded.graph), loaded.graph.classes)
    samples = min(len(data.x), options.samples)
    labels = None if data.y is None else data.y[:samples]
    found = side_by_side(loaded.graph, loaded.origin, scheme, data.x[:samples], labels)
    facts, rows = _facts(found, Path(options.data)), [_row(layer) for layer in found.layers]
    if options.json:
        print_json(dataclasses.asdict(found))
    else:
        _show(facts, rows, [_name(layer) for layer in found.layers])
    if options.out is not None:
        curves = [
            Curve(_name(layer), layer.by_step, row) for layer, row in zip(found.layers, rows, strict=True)
        ]
        with replacing(options.out) as stream:
            stream.write(comparison_page(out_name(options.model), facts, HEADS, curves).encode())
    return 0


IMPORTED = "*"
HEADS = ("layer", "neuron-steps", "differing", "in a million", "first difference")


def _facts(found: SideBySide, data: Path) -> list[str]:
    """What is said of the network as a whole."""
    facts = [f"{found.samples} samples of {data}"]
    if found.framework_accuracy is not None and found.integer_accuracy is not None:
        facts.append(
            f"accuracy: {100 * found.framework_accuracy:.2f} % by the framework, "
            f"{100 * found.integer_accuracy:.2f} % by the golden model"
        )
    facts.append(f"the same class for {100 * found.agreeing:.2f} % of the samples")
    if any(layer.is_imported for layer in found.layers):
        facts.append(
            f"{IMPORTED} forward computes these neurons by operations, or in another order: by the imported "
            "network with its trained weights in float64, in place of the framework"
        )
    return facts


def _name(layer: LayerComparison) -> str:
    return f"{layer.name} {IMPORTED}" if layer.is_imported else layer.name


def _row(layer: LayerComparison) -> tuple[str, ...]:
    """What tables say of a layer after its name."""
    return f"{layer.spikes:,}", f"{layer.differing:,}", f"{1e6 * layer.rate:,.0f}", _first_of(layer)


def _show(facts: list[str], rows: list[tuple[str, ...]], names: list[str]) -> None:
    console = Console()
    for fact in facts:
        console.print(fact)
    table = Table(*HEADS)
    for name, row in zip(names, rows, strict=True):
        table.add_row(name, *row)
    console.print(table)


def _first_of(layer: LayerComparison) -> str:
    return "none" if layer.first is None else _sentence(layer.first)


def _sentence(first: FirstDifference) -> str:
    return (
        f"sample {first.sample}, time step {first.step}, neuron {first.neuron}: {first.framework:g} by the "
        f"framework, {first.integer:g} by integers; its membrane potential is {first.potential:.6g}, "
        f"{first.distance:+.3g} from the threshold: {first.cause}"
    )
