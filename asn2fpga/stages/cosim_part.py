"""Some of a build's samples through its RTL, on whatever machine: vectors do not depend on each other."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from asn2fpga.golden.simulate import simulate
from asn2fpga.stages.base import Build
from asn2fpga.stages.csim import test_vectors
from asn2fpga.stages.folder import Folder
from asn2fpga.stages.hls import read_design
from asn2fpga.stages.load import read_state
from asn2fpga.stages.manifest import read_manifest
from asn2fpga.stages.quantise import integer_graph
from asn2fpga.stages.request import from_plain
from asn2fpga.stages.samples import Range
from asn2fpga.verify.cosim import run_fast
from asn2fpga.verify.simulators import build_fast

COMPARE = f"{__name__}:compare_part"
MOST_VECTORS = 250
FEWEST_PARTS = 8


def parts_of(build: Build) -> Iterator[Range]:
    """All samples of a build, in parts; at least eight where there are as many samples."""
    _, samples, _ = read_state(build)
    count = len(samples.x)
    size = max(1, min(MOST_VECTORS, -(-count // FEWEST_PARTS)))
    for first in range(0, count, size):
        yield first, min(size, count - first)


def make_program(build: Build) -> None:
    """Compile the simulation that every part uses."""
    build_fast(read_design(build.folder), build.folder.sim, build.folder.logs, build.request.jobs)


def compare_part(given: Mapping[str, Any]) -> dict[str, Any]:
    """Simulate vectors and compare every value with golden's. given: root, first, count, layer or None.

    How many vectors and spikes were equal, and the layers that the RTL hides. Raises MismatchError or
    CheckError at the first difference.
    """
    root, first, count = Path(given["root"]), given["first"], given["count"]
    manifest = read_manifest(root)
    build = Build(from_plain(manifest.request, 1), Folder(root), manifest.figures())
    graph = integer_graph(build)
    x = test_vectors(build, graph, count, first)
    with tempfile.TemporaryDirectory(prefix="part-", dir=build.folder.sim) as work:
        result = run_fast(
            read_design(build.folder),
            graph,
            x,
            simulate(graph, x),
            Path(work),
            programs=build.folder.sim,
            build=str(root),
            layer=given["layer"],
            first_vector=first,
            seed=build.request.config.seed,
            jobs=1,
        )
    hidden = list(result.hidden_layers)
    return {"vectors": result.vectors, "spikes": result.spikes_compared, "hidden": hidden}
