"""`asn2fpga verify`: run the comparisons of a build again, on the files as they lie there now."""

from __future__ import annotations

from argparse import Namespace

from rich.console import Console

from asn2fpga.api.request import check_jobs
from asn2fpga.errors import InputError
from asn2fpga.stages.base import Build
from asn2fpga.stages.cosim import simulate_accelerator, simulate_rtl, what_is_hidden
from asn2fpga.stages.csim import csim_summary, csim_vectors, simulate_cpp
from asn2fpga.stages.folder import Folder
from asn2fpga.stages.golden import compare_with_reference
from asn2fpga.stages.manifest import Manifest, check_passed, check_unchanged, read_manifest
from asn2fpga.stages.quantise import integer_graph
from asn2fpga.stages.request import from_plain
from asn2fpga.stages.samples import Range
from asn2fpga.verify.cocotb_run import get_library

NEEDED = ("load", "quantise", "golden", "codegen")
STATE = ("load", "quantise")  # what everything is compared with; C++ and RTL are taken as they lie there


def run(options: Namespace) -> int:
    """Golden against the float reference, the C++ and the RTL, in this order; a difference is the error."""
    check_jobs(options.jobs)
    manifest = read_manifest(options.directory)
    build = open_build(options, manifest)
    in_cpp = wanted_vectors(options, csim_vectors(build))
    in_rtl = wanted_vectors(options, build.request.config.rtl_vectors)
    check_layer(options.layer, build)
    console = Console(stderr=True)
    with console.status("comparing", spinner="line") as status:
        build = Build(build.request, build.folder, build.figures, status.update)
        print(_reference(build), flush=True)
        print(f"C simulation: {csim_summary(simulate_cpp(build, in_cpp, options.layer))}", flush=True)
        if "hls" not in passed(manifest):
            print("RTL: not compared, the build has none")
            return 0
        print(_cosim(build, in_rtl, options.layer), flush=True)
        if options.layer is None and options.vector is None:
            print(_accelerator(build), flush=True)
    return 0


def open_build(options: Namespace, manifest: Manifest) -> Build:
    """The build in a folder; InputError if it ended before there was any C++ to verify."""
    check_passed(options.directory, manifest, NEEDED)
    check_unchanged(options.directory, manifest, STATE)
    request = from_plain(manifest.request, options.jobs)
    return Build(request, Folder(options.directory), manifest.figures())


def passed(manifest: Manifest) -> tuple[str, ...]:
    """Names of the stages that passed."""
    return tuple(name for name, entry in manifest.stages.items() if entry.status == "passed")


def wanted_vectors(options: Namespace, built: int) -> Range:
    """First vector and number of vectors that the options ask for; else as many as the build simulated."""
    if options.vector is not None and options.vectors is not None:
        raise InputError("--vector, --vectors: one of them must be given, not both.")
    if options.vector is not None:
        if options.vector < 0:
            raise InputError(f"--vector: the value must be at least 0, not {options.vector}.")
        return options.vector, 1
    count = built if options.vectors is None else options.vectors
    if count < 1:
        raise InputError(f"--vectors: the value must be at least 1, not {count}.")
    return 0, count


def check_layer(name: str | None, build: Build) -> None:
    """InputError if the network has no such layer."""
    known = [layer.name for layer in integer_graph(build).layers]
    if name is not None and name not in known:
        raise InputError(f"--layer {name}: the layer must be one of {', '.join(known)}, not '{name}'.")


def _reference(build: Build) -> str:
    report = compare_with_reference(build)
    different = sum(layer.different for layer in report.layers)
    text = "equal" if report.exact else f"{different} values differ because membranes are rounded"
    return f"float reference with the same weights: {report.vectors} samples, {text}"


def _cosim(build: Build, wanted: Range, layer: str | None) -> str:
    figures = simulate_rtl(build, wanted, min(build.request.config.cocotb_vectors, wanted[1]), layer)
    cocotb = figures["cocotb"]["vectors"]
    return (
        f"RTL simulation: {figures['vectors']} vectors ({cocotb} of them under cocotb too), "
        f"{figures['spikes_compared']:,} spikes compared, 0 mismatches{what_is_hidden(figures)}"
    )


def _accelerator(build: Build) -> str:
    figures = simulate_accelerator(build)
    if "skipped" in figures:
        return f"accelerator: skipped: {figures['skipped']}; {get_library()}"
    return (
        f"accelerator: {figures['vectors']} vectors, scores, registers and counters compared, "
        f"{figures['mismatches']} mismatches"
    )
