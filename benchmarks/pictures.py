"""Pictures of README.md and docs/benchmarks.md.

    asn2fpga build examples/digits.pt --board pynq-z2 --data examples/digits_test.npz --out build/digits
    python benchmarks/pictures.py build/digits

docs/images/digits.svg is drawn from that build, benchmarks.svg beside it from benchmarks/readme_figures.json.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

import matplotlib  # noqa: E402  (asn2fpga is found through the line above)
from matplotlib.figure import Figure  # noqa: E402

import asn2fpga  # noqa: E402
from benchmarks.readme_figures import DENSE, FIGURES, NETWORKS  # noqa: E402

IMAGES = PROJECT / "docs" / "images"
STYLE: dict[str, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "asn2fpga",
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def main() -> None:
    """Write both files."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("build", type=Path, help="out folder of the build of the digits network")
    parser.add_argument("--out", type=Path, default=IMAGES, help="folder of the pictures")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    build_picture(asn2fpga.open(options.build), options.out / "digits.svg")
    cycles_picture(json.loads(FIGURES.read_text()), options.out / "benchmarks.svg")


def build_picture(build: asn2fpga.Build, path: Path) -> None:
    """Spikes of one inference, what each process does meanwhile, and cycles by layer, side by side."""
    with figure_of(path, (11.0, 3.0)) as figure:
        raster, timeline, cycles = figure.subplots(1, 3, width_ratios=(1.0, 1.15, 0.95))
        build.plot.raster(vector=0, axes=raster)
        build.plot.timeline(axes=timeline)
        build.plot.cycles(axes=cycles)
        raster.set_title("Spikes of one inference in RTL", pad=22)
        timeline.set_title("What every process does", pad=22)
        cycles.set_title("Cycles by layer", pad=22)


def cycles_picture(figures: dict[str, Any], path: Path) -> None:
    """Measured cycles of each layer beside their lower bound, a network a row."""
    with figure_of(path, (7.0, 3.2)) as figure:
        for axes, key in zip(figure.subplots(len(DENSE), 1), DENSE, strict=True):
            layers = figures[key]["layers"]
            places = range(len(layers))
            measured = [layer["cycles_per_inference"] for layer in layers]
            bound = [layer["lower_bound_cycles"] for layer in layers]
            axes.barh([place - 0.2 for place in places], measured, 0.4, label="measured in RTL")
            axes.barh([place + 0.2 for place in places], bound, 0.4, label="lower bound", color="0.7")
            axes.set_yticks(places, [layer["name"] for layer in layers])
            axes.invert_yaxis()
            axes.set_title(NETWORKS[key].name, loc="left")
        axes.set_xlabel("clock cycles per inference, mean")
        figure.axes[-1].legend(frameon=False, loc="lower right")


@contextmanager
def figure_of(path: Path, inches: tuple[float, float]) -> Iterator[Figure]:
    """A figure on white ground, written to `path` at the end: the same bytes for the same values."""
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=inches, layout="constrained", facecolor="white")
        yield figure
        figure.savefig(path, format="svg", metadata={"Date": None})


if __name__ == "__main__":
    main()
