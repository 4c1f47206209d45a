"""The comparisons of a build, run again on its files as they lie there now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from asn2fpga.api.request import check_jobs
from asn2fpga.api.simulate import write_waves
from asn2fpga.config import MOST_VECTORS
from asn2fpga.errors import InputError, did_you_mean
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
Say = Callable[[str], None]


@dataclass(frozen=True)
class Verified:
    """One comparison without a difference. what: waves | reference | cpp | rtl | accelerator."""

    what: str
    text: str
    vectors: int
    skipped: bool = False


@dataclass(frozen=True)
class Wanted:
    """Which inferences and which layer are compared; None: as many as the build did, all layers.

    waves: record waveforms of the one inference first, which is worth most where it differs.
    """

    vectors: int | None = None
    vector: int | None = None
    layer: str | None = None
    jobs: int = 1
    waves: bool = False

    def range(self, built: int) -> Range:
        """First vector and number of vectors; `built`: how many the build simulated."""
        if self.vector is not None and self.vectors is not None:
            raise InputError("--vector, --vectors: one of them must be given, not both.")
        if self.vector is not None:
            if self.vector < 0:
                raise InputError(f"--vector: the value must be at least 0, not {self.vector}.")
            return self.vector, 1
        count = built if self.vectors is None else self.vectors
        if not 1 <= count <= MOST_VECTORS:
            raise InputError(f"--vectors: the value must be an integer in 1..{MOST_VECTORS}, not {count}.")
        return 0, count


def verify(root: Path, wanted: Wanted, say: Say, done: Callable[[Verified], None]) -> tuple[Verified, ...]:
    """Golden against the float reference, the C++ and the RTL, in this order; a difference is the error.

    say: what is being done; done: each comparison when it is.
    """
    check_jobs(wanted.jobs)
    manifest = read_manifest(root)
    build = open_build(root, manifest, wanted.jobs, say)
    in_cpp = wanted.range(csim_vectors(build))
    in_rtl = wanted.range(build.request.config.rtl_vectors)
    check_layer(wanted.layer, build)
    steps: list[Callable[[], Verified]] = [
        lambda: _reference(build),
        lambda: _cpp(build, in_cpp, wanted.layer),
    ]
    if wanted.waves:
        check_passed(root, manifest, ("hls",))
        steps.insert(0, lambda: _waves(build, wanted.vector))
    if "hls" not in passed(manifest):
        steps.append(lambda: Verified("rtl", "RTL: not compared, the build has none", 0, skipped=True))
    else:
        steps.append(lambda: _rtl(build, in_rtl, wanted.layer))
        if wanted.layer is None and wanted.vector is None:
            steps.append(lambda: _accelerator(build))
    found = []
    for step in steps:
        found.append(step())
        done(found[-1])
    return tuple(found)


def open_build(root: Path, manifest: Manifest, jobs: int, say: Say) -> Build:
    """The build in a folder; InputError if it ended before there was any C++ to verify."""
    check_passed(root, manifest, NEEDED)
    check_unchanged(root, manifest, STATE)
    return Build(from_plain(manifest.request, jobs), Folder(root), manifest.figures(), say)


def passed(manifest: Manifest) -> tuple[str, ...]:
    """Names of the stages that passed."""
    return tuple(name for name, entry in manifest.stages.items() if entry.status == "passed")


def check_layer(name: str | None, build: Build) -> None:
    """InputError if the network has no such layer."""
    known = [layer.name for layer in integer_graph(build).layers]
    if name is not None and name not in known:
        hint = did_you_mean(name, known)
        raise InputError(f"--layer {name}: the layer must be one of {', '.join(known)}, not '{name}'{hint}")


def _waves(build: Build, vector: int | None) -> Verified:
    if vector is None:
        raise InputError("--waves: waveforms are of one inference; say which with --vector.")
    build.say(f"recording waveforms of vector {vector}")
    waves = write_waves(build, integer_graph(build), vector)
    gtkwave, surfer = waves.commands
    return Verified("waves", f"waveforms: {waves.fst}; open them with: {gtkwave}, or: {surfer}", 1)


def _reference(build: Build) -> Verified:
    report = compare_with_reference(build)
    different = sum(layer.different for layer in report.layers)
    text = "equal" if report.exact else f"{different} values differ because membranes are rounded"
    sentence = f"float reference with the same weights: {report.vectors} samples, {text}"
    return Verified("reference", sentence, report.vectors)


def _cpp(build: Build, wanted: Range, layer: str | None) -> Verified:
    figures = simulate_cpp(build, wanted, layer)
    return Verified("cpp", f"C simulation: {csim_summary(figures)}", figures["vectors"])


def _rtl(build: Build, wanted: Range, layer: str | None) -> Verified:
    figures = simulate_rtl(build, wanted, min(build.request.config.cocotb_vectors, wanted[1]), layer)
    cocotb = figures["cocotb"]["vectors"]
    text = (
        f"RTL simulation: {figures['vectors']} vectors ({cocotb} of them under cocotb too), "
        f"{figures['spikes_compared']:,} spikes compared, 0 mismatches"
        f"{what_is_hidden(figures['hidden_layers'])}"
    )
    return Verified("rtl", text, figures["vectors"])


def _accelerator(build: Build) -> Verified:
    figures = simulate_accelerator(build)
    if "skipped" in figures:
        text = f"accelerator: skipped: {figures['skipped']}; {get_library()}"
        return Verified("accelerator", text, 0, skipped=True)
    text = (
        f"accelerator: {figures['vectors']} vectors, scores, registers and counters compared, "
        f"{figures['mismatches']} mismatches"
    )
    return Verified("accelerator", text, figures["vectors"])
