"""`asn2fpga compare`: the user's framework model and the golden model, side by side on the same samples."""

from __future__ import annotations

import dataclasses
from argparse import Namespace
from pathlib import Path

from rich.console import Console
from rich.table import Table

from asn2fpga.api.importing import import_options
from asn2fpga.api.request import check_files
from asn2fpga.cli.output import print_json
from asn2fpga.conformance.side_by_side import FirstDifference, LayerComparison, SideBySide, side_by_side
from asn2fpga.errors import InputError
from asn2fpga.kinds.sources.input import input_of
from asn2fpga.loader import load_model
from asn2fpga.loader.data_file import load_data
from asn2fpga.quantise.scheme import Scheme


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
    if options.json:
        print_json(dataclasses.asdict(found))
    else:
        _show(found, Path(options.data))
    return 0


def _show(found: SideBySide, data: Path) -> None:
    console = Console()
    console.print(f"{found.samples} samples of {data}")
    if found.framework_accuracy is not None and found.integer_accuracy is not None:
        console.print(
            f"accuracy: {100 * found.framework_accuracy:.2f} % by the framework, "
            f"{100 * found.integer_accuracy:.2f} % by the golden model"
        )
    console.print(f"the same class for {100 * found.agreeing:.2f} % of the samples")
    table = Table("layer", "neuron-steps", "differing", "in a million", "first difference")
    for layer in found.layers:
        table.add_row(
            layer.name,
            f"{layer.spikes:,}",
            f"{layer.differing:,}",
            f"{1e6 * layer.rate:,.0f}",
            _first_of(layer),
        )
    console.print(table)


def _first_of(layer: LayerComparison) -> str:
    return "none" if layer.first is None else _sentence(layer.first)


def _sentence(first: FirstDifference) -> str:
    return (
        f"sample {first.sample}, time step {first.step}, neuron {first.neuron}: {first.framework:g} by the "
        f"framework, {first.integer:g} by integers; its membrane potential is {first.potential:.6g}, "
        f"{first.distance:+.3g} from the threshold: {first.cause}"
    )
