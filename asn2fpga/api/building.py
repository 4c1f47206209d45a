"""`asn2fpga.build` and `asn2fpga.open`: the stages of a build, run or found in a folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console

from asn2fpga.api.build import Build
from asn2fpga.api.inputs import OF_MODULES, Model, Samples, file_name, is_module, model_path, take_inputs
from asn2fpga.api.progress import Terminal
from asn2fpga.api.request import OPTIONS, check_names, make_request, out_name
from asn2fpga.flow import STAGES
from asn2fpga.runner import Silent, run_build
from asn2fpga.stages.base import Request
from asn2fpga.stages.manifest import read_manifest


def build(
    model_or_file: Model,
    board: str = "pynq-z2",
    data: Samples | None = None,
    out: str | Path | None = None,
    *,
    until: str | None = None,
    overwrite: bool = False,
    quiet: bool = False,
    verbose: bool = False,
    **options: Any,
) -> Build:
    """Turn a model into verified RTL with a report, as `asn2fpga build` does; what is unchanged is kept.

    model_or_file: a trained torch.nn.Module, what `asn2fpga.save` returned, or what the command line takes:
      a model file, a .nir graph, my_model.py:Net.
    board: a board's name, or a board file.toml.
    data: a file.npz, (x, y) or x: raw integer inputs (N, ...) as the hardware sees them, and classes (N,).
      Used for accuracy and as test vectors.
    out: the out folder (build/NAME). Arrays and modules are kept in its folder inputs/.
    until: stop after this stage. overwrite: replace the build of another model. quiet: show no progress.
    options: those of the command line, with underscores: weight_bits=4, lanes={"fc1": 8}, optimise="area",
      ...; of a module also those of `asn2fpga.save` (example_input, calibration, labels, input_scale, ...).
    Raises an Asn2FpgaError, in one sentence, as the command line prints it.
    """
    check_names("build", options, (*OPTIONS, "model", *OF_MODULES))
    options["factory"] = options.pop("model", options.get("factory"))
    name = file_name(model_or_file) if is_module(model_or_file) else out_name(model_path(model_or_file))
    folder = Path("build") / name if out is None else Path(out)
    inputs = take_inputs(model_or_file, data, folder, options)
    written = {folder / path for path in inputs.files}
    request = make_request(inputs.model, board, inputs.data, options, written)
    return run_request(
        request, folder, until=until, overwrite=overwrite, quiet=quiet, verbose=verbose, inputs=inputs.files
    )


def run_request(
    request: Request,
    out: Path | None,
    *,
    until: str | None = None,
    overwrite: bool = False,
    quiet: bool = False,
    verbose: bool = False,
    inputs: Mapping[str, bytes] | None = None,
) -> Build:
    """Run the stages of a request; the build as it then lies in its folder."""
    folder = out or Path("build") / out_name(request.model)
    names = [stage.name for stage in STAGES]
    planned = names[: names.index(until) + 1] if until in names else names
    terminal = Terminal(Console(stderr=True), planned, verbose=verbose)
    observer = Silent() if quiet else terminal
    try:
        run_build(request, folder, STAGES, until, observer, overwrite=overwrite, inputs=inputs)
    finally:
        terminal.stop()
    return Build(folder)


def open_build(directory: str | Path) -> Build:
    """The build in a folder. InputError if `asn2fpga build` did not make it, or its files were changed."""
    folder = Path(directory)
    read_manifest(folder)
    return Build(folder)
