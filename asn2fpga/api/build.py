"""A build in a folder: its report, its network, and what golden, C++ and RTL say of any input."""

from __future__ import annotations

import dataclasses
import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asn2fpga.api.inputs import arrays_of
from asn2fpga.api.remake import read_report
from asn2fpga.api.trace import Comparison, Trace
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.types import Array
from asn2fpga.report import content
from asn2fpga.report.freeze import frozen
from asn2fpga.report.record import Report
from asn2fpga.stages.base import Build as StageBuild
from asn2fpga.stages.folder import Folder, load_arrays, load_graph
from asn2fpga.stages.manifest import Manifest, check_passed, check_unchanged, read_manifest
from asn2fpga.stages.request import from_plain
from asn2fpga.stages.workspace import claim

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from asn2fpga.api.deploy import Deployed
    from asn2fpga.api.plots import Plots
    from asn2fpga.api.verify import Verified
    from asn2fpga.verify.cpp import CppModel

FIRST = 100
"""Samples that are simulated where nothing else is said: as many as a build times."""


class Build:
    """What `asn2fpga build` left in the folder `path`; of an incomplete build, what there is.

    Nothing is read before it is asked for. Methods raise an Asn2FpgaError, in one sentence, where the stage
    that they need has not passed, or its files were changed since.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def __repr__(self) -> str:
        return f"asn2fpga.open({str(self.path)!r})"

    @cached_property
    def report(self) -> Report:
        """report.json as frozen dataclasses of the same names: `report.cosim.mismatches`."""
        return frozen(self.plain_report)

    @cached_property
    def plain_report(self) -> content.Report:
        """report.json as a dict."""
        return read_report(self.path)

    @cached_property
    def graph(self) -> Graph:
        """The integer network: layers in order, edges by name of the layer that sends. Printed: graph.txt."""
        self._check("quantise")
        return load_graph(self._folder.state / "integer")

    @cached_property
    def x(self) -> Array:
        """(N, ...) the samples that the build used, in the order of its test vectors."""
        return self._samples["x"]

    @cached_property
    def y(self) -> Array | None:
        """(N,) their classes, or None."""
        return self._samples.get("y")

    @property
    def plot(self) -> Plots:
        """Pictures, on axes that are given or on new ones: `plot.raster(vector=0)`, `plot.timeline()`."""
        from asn2fpga.api.plots import Plots

        return Plots(self)

    def golden(self, x: Array | None = None) -> Trace:
        """The integer network, executed: the definition of what hardware must do. x: raw inputs (B, ...).

        Without x, the samples of the build.
        """
        from asn2fpga.golden.simulate import simulate

        found = simulate(self.graph, self._inputs(x))
        return Trace.of("golden", self.graph, found)

    def cpp(self, x: Array | None = None) -> Trace:
        """The generated C++, compiled (once) and run. Without x, the samples of the build."""
        inputs = self._inputs(x)
        with claim(self.path):
            found = self._cpp.simulate(inputs)
        return Trace.of("C++", self.graph, found)

    def rtl(self, x: Array | None = None, rtl: str | Path | None = None) -> Trace:
        """The RTL, simulated by Verilator, each inference alone in the core: with cycles.

        Without x, the first samples of the build. rtl: a changed copy of the folder rtl/, simulated instead.
        Layers whose events the RTL does not show (of other engines) are left out.
        """
        from asn2fpga.api.simulate import simulate_rtl

        self._check("hls")
        with claim(self.path):
            return simulate_rtl(self._stages, self.graph, self._inputs(x, FIRST), rtl)

    def waves(self, vector: int = 0) -> Path:
        """DIR/sim/waves/vector-N.fst: every signal of the core for one of the test vectors, simulated.

        The events of all streams lie there as numbers. Times are in ps at the board's clock. Beside it are
        vector-N.gtkw and vector-N.sucl, with which GTKWave and Surfer show the streams of each layer.
        """
        from asn2fpga.api.simulate import write_waves

        self._check("hls")
        with claim(self.path):
            return write_waves(self._stages, self.graph, vector).fst

    def compare(self, expected: Trace, actual: Trace) -> Comparison:
        """Every count and score of `actual` with those of `expected`, exactly; true if all are equal."""
        return expected.compare(actual, str(self.path))

    def verify(
        self,
        vectors: int | None = None,
        *,
        vector: int | None = None,
        layer: str | None = None,
        executor: Executor | None = None,
    ) -> tuple[Verified, ...]:
        """Run the comparisons of the build again, as `asn2fpga verify`; the first difference is the error.

        executor: one of concurrent.futures, whose workers see the build's folder; then every sample goes
        through the RTL there, as with --all.
        """
        from asn2fpga.api.verify import Wanted, verify

        jobs = os.cpu_count() or 1
        if executor is not None:
            return (self._verify_all(executor, jobs, vectors, vector, layer),)
        wanted = Wanted(vectors, vector, layer, jobs)
        return verify(self.path, wanted, lambda text: None, lambda found: None)

    def _verify_all(
        self, executor: Executor, jobs: int, vectors: int | None, vector: int | None, layer: str | None
    ) -> Verified:
        from asn2fpga.api.verify_all import verify_all
        from asn2fpga.api.workers import Workers
        from asn2fpga.errors import InputError

        if vectors is not None or vector is not None:
            raise InputError(
                "verify: with an executor all vectors are compared; leave vectors and vector out."
            )
        open_pool = Workers(executor=executor).opener()
        return verify_all(self.path, layer, open_pool, jobs, lambda text: None)

    def deploy(self, host: str | None = None, *, data: str | Path | None = None, **options: Any) -> Deployed:
        """Run the package on a board over ssh ([USER@]BOARD), or with simulated=True on a simulated one.

        options: those of `asn2fpga run`. Without a bitstream there is nothing to run on a board. The report
        shows what was measured. CheckError if a score is another one than golden's.
        """
        from asn2fpga.api.deploy import Target, check_scores, deploy
        from asn2fpga.api.request import check_names

        check_names("deploy", options, [field.name for field in dataclasses.fields(Target)], "run")
        target = Target(host, **options)
        found = deploy(self.path, target, None if data is None else Path(data), lambda text: None)
        for name in ("report", "plain_report", "_manifest"):
            self.__dict__.pop(name, None)  # they are others now
        check_scores(target, found.figures)
        return found

    def _repr_html_(self) -> str:
        from asn2fpga.api.show import build_html

        return build_html(self)

    @cached_property
    def _manifest(self) -> Manifest:
        return read_manifest(self.path)

    @cached_property
    def _folder(self) -> Folder:
        return Folder(self.path)

    @cached_property
    def _stages(self) -> StageBuild:
        """The build as the stages see it."""
        request = from_plain(self._manifest.request, os.cpu_count() or 1)
        return StageBuild(request, self._folder, self._manifest.figures())

    @cached_property
    def _samples(self) -> dict[str, Array]:
        self._check("load")
        return load_arrays(self._folder.state / "samples.npz")

    @cached_property
    def _cpp(self) -> CppModel:
        from asn2fpga.verify import cpp

        self._check("codegen")
        folder = self._folder
        log = folder.logs / "csim-engine.log"
        return cpp.build(self.graph, folder.hls, folder.sim / "csim", log)

    def _check(self, stage: str) -> None:
        """InputError unless the stage passed, and its files are as it left them."""
        check_passed(self.path, self._manifest, (stage,))
        check_unchanged(self.path, self._manifest, (stage,))

    def _inputs(self, x: Array | None, most: int | None = None) -> Array:
        """Inputs that fit the network, or samples of the build, `most` at most."""
        from asn2fpga.kinds.sources.input import input_of
        from asn2fpga.loader.data_file import check_x

        if x is None:
            return self.x[:most]
        found = arrays_of(x)["x"]
        layer = input_of(load_graph(self._folder.state / "real"))
        return check_x(found, layer, "x")
