"""Resources: Yosys' count of generated networks beside the estimate that is made before code generation.

`docs/spec/verification.md` keeps the table.
"""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT), str(PROJECT / "tests")]

from strategies import small_integer_graph  # noqa: E402  (found through the line above)

from asn2fpga.codegen.project import KERNELS, generate, source_file, top_name  # noqa: E402
from asn2fpga.engine.compile import compile_project  # noqa: E402
from asn2fpga.passes.estimate_resources import estimate  # noqa: E402
from asn2fpga.passes.lanes import with_lanes  # noqa: E402
from asn2fpga.rtl import HlsProject  # noqa: E402
from asn2fpga.synthesis.area import synthesise  # noqa: E402
from asn2fpga.toolchain.plan import BuildPlan  # noqa: E402

PART, CLOCK_NS = "xc7z020clg400-1", 10.0


@dataclass(frozen=True)
class Case:
    """A network of random weights: inputs, hidden layers, classes; lanes by layer; what else it has."""

    sizes: tuple[int, ...]
    lanes: tuple[int, ...]
    remark: str = ""
    fields: dict[str, object] = field(default_factory=dict)


CASES = (
    Case((64, 32, 10), (1, 1)),
    Case((64, 32, 10), (4, 2)),
    Case((64, 32, 10), (16, 5)),
    Case((64, 32, 10), (8, 2), "4-bit weights", {"weight_bits": 4}),
    Case((64, 32, 10), (8, 5), "T = 3, alpha -1", {"time_steps": 3, "alpha": -1.0}),
    Case((64, 48, 24, 10), (8, 4, 2), "events, T = 2, D = 3",
         {"time_steps": 2, "levels": 3, "encoding": "events"}),
    Case((200, 100, 10), (20, 5), "D = 8", {"levels": 8}),
    Case((784, 64, 10), (16, 2), "D = 1", {"levels": 1}),
    Case((64, 32, 10), (32, 10)),
    Case((784, 128, 10), (32, 10)),
    Case((784, 128, 10), (43, 10)),
    Case((784, 128, 10), (64, 2)),
)  # fmt: skip


def main() -> None:
    """Print the table."""
    print("| network | lanes | LUT | estimate | FF | estimate | BRAM36 | estimate | DSP | estimate | s |")
    print("|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
    for case in CASES:
        print(measure(case), flush=True)


def measure(case: Case) -> str:
    """One line of the table; the seconds are Yosys'."""
    names = [f"fc{index}" for index in range(1, len(case.sizes))]
    graph = with_lanes(
        small_integer_graph(9, case.sizes, **case.fields),  # type: ignore[arg-type]
        dict(zip(names, case.lanes, strict=True)),
    )
    expected = estimate(graph)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        BuildPlan(generate(graph, "0" * 64, "0")).write(folder / "hls")
        source = folder / "hls" / source_file(graph)
        include = (folder / "hls", folder / "hls" / KERNELS)
        project = HlsProject(source.parent, source, include, top_name(graph), PART, CLOCK_NS)
        design = compile_project(project, folder / "rtl")
        start = time.perf_counter()
        counted = synthesise(design, "xc7", folder / "synth", folder / "synth.log").resources
        seconds = time.perf_counter() - start
    network = "-".join(map(str, case.sizes)) + (f", {case.remark}" if case.remark else "")
    pairs = (
        f"{getattr(counted, kind):g} | {getattr(expected, kind):.{digits}f}"
        for kind, digits in (("lut", 0), ("ff", 0), ("bram36", 1), ("dsp", 0))
    )
    return f"| {network} | {', '.join(map(str, case.lanes))} | {' | '.join(pairs)} | {seconds:.1f} |"


if __name__ == "__main__":
    main()
