"""`Build.plot`: the pictures of the report on axes of the user's own, and rasters of any inference."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from asn2fpga.errors import InputError
from asn2fpga.report.pictures.every import PICTURES, drawn_of
from asn2fpga.report.pictures.kind import Drawn, Picture
from asn2fpga.report.pictures.speed import draw_raster
from asn2fpga.runner import vars_of
from asn2fpga.stages.manifest import read_manifest

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from asn2fpga.api.build import Build


class Plots:
    """Each method draws onto `axes` (without: onto new ones, in matplotlib's current style) and returns them.

    InputError where the stage that a picture is drawn from has not passed.
    """

    def __init__(self, build: Build) -> None:
        self._build = build

    def raster(self, vector: int = 0, axes: Axes | None = None) -> Axes:
        """Spikes of all layers over clock cycles, of one of the build's samples: it is simulated in RTL."""
        build = self._build
        if not 0 <= vector < len(build.x):
            raise InputError(f"raster: vector must be in 0..{len(build.x) - 1}, not {vector}.")
        trace = build.rtl(build.x[vector : vector + 1])
        layers = {name: trace.spikes(name) for name in trace.layers}
        events = {
            name: (np.zeros(0) if found.cycle is None else found.cycle, found.neuron)
            for name, found in layers.items()
        }
        neurons = {name: trace.counts[name].shape[2] for name in layers}
        assert trace.latency_cycles is not None
        axes = _new_axes() if axes is None else axes
        draw_raster(axes, events, neurons, {}, int(trace.latency_cycles[0]))
        return axes

    def timeline(self, axes: Axes | None = None) -> Axes:
        """What every process does in the first inference, cycle by cycle: busy, waiting, blocked."""
        return self._draw("timeline", axes)

    def cycles(self, axes: Axes | None = None) -> Axes:
        """Clock cycles of each layer: measured, predicted, lower bound."""
        return self._draw("cycles", axes)

    def confusion(self, axes: Axes | None = None) -> Axes:
        """Confusion matrices of the float and of the integer network."""
        return self._draw("confusion", axes)

    def bits(self, axes: Axes | None = None) -> Axes:
        """Accuracy against the bits of weights."""
        return self._draw("bits", axes)

    def resources(self, axes: Axes | None = None) -> Axes:
        """Resources by layer, in per cent of the board."""
        return self._draw("resources", axes)

    def energy(self, axes: Axes | None = None) -> Axes:
        """Energy of an inference: dynamic by layer, and static. An estimate."""
        return self._draw("energy", axes)

    def latency(self, axes: Axes | None = None) -> Axes:
        """Histogram of the latencies of inferences."""
        return self._draw("latency", axes)

    def load(self, axes: Axes | None = None) -> Axes:
        """Latency against the number of events."""
        return self._draw("load", axes)

    def events(self, axes: Axes | None = None) -> Axes:
        """Events that each layer sends."""
        return self._draw("events", axes)

    def counts(self, axes: Axes | None = None) -> Axes:
        """How large the counts of each layer are."""
        return self._draw("counts", axes)

    def rates(self, axes: Axes | None = None) -> Axes:
        """How often neurons fire; how many are silent or saturated."""
        return self._draw("rates", axes)

    def exits(self, axes: Axes | None = None) -> Axes:
        """After which time step inferences end, where they may end early."""
        return self._draw("exits", axes)

    def arousal(self, axes: Axes | None = None) -> Axes:
        """Accuracy against spikes of every precision, and of repeating what was decided narrowly."""
        return self._draw("arousal", axes)

    def weights(self, axes: Axes | None = None) -> Axes:
        """Weights of each layer on the grid of their integers."""
        return self._draw("weights", axes)

    def widths(self, axes: Axes | None = None) -> Axes:
        """Bits of accumulators and membranes: used by the samples, and provided."""
        return self._draw("widths", axes)

    def dataflow(self, axes: Axes | None = None) -> Axes:
        """Processes, and the FIFOs between them."""
        return self._draw("dataflow", axes)

    def _draw(self, name: str, axes: Axes | None) -> Axes:
        picture = next(one for one in PICTURES if one.name == name)
        drawn = self._drawn(picture)
        axes = _new_axes(picture.height(drawn)) if axes is None else axes
        picture.draw(axes, drawn)
        axes.set_title(picture.title, pad=22)
        return axes

    def _drawn(self, picture: Picture) -> Drawn:
        root = self._build.path
        manifest = read_manifest(root)
        entry = manifest.stages.get(picture.needs)
        if entry is None or entry.status != "passed":
            raise InputError(
                f"{root}: the picture {picture.name} is drawn from stage {picture.needs}, which has not "
                "passed; run the build to that stage."
            )
        drawn = drawn_of(root, vars_of(manifest), self._build.plain_report)
        if not picture.ready(drawn):
            raise InputError(f"{root}: there is nothing to draw of {picture.name} in this build.")
        return drawn


def _new_axes(height: float = 3.0) -> Axes:
    """Axes of pyplot, so that a notebook shows the figure and `plt.savefig` writes it."""
    from matplotlib import pyplot

    _, axes = pyplot.subplots(figsize=(6.4, max(2.4, 1.25 * height)), layout="constrained")
    return axes
