"""A reset in the middle of an inference: nothing that attention has added up is left in its memory."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from attention_graphs import AttentionCase, Fired, built

from asn2fpga.codegen.project import KERNELS, generate, source_file, top_name
from asn2fpga.engine.compile import compile_project
from asn2fpga.kinds.sources.maps import ReceiveMap
from asn2fpga.rtl import HlsProject, RtlDesign
from asn2fpga.toolchain import process
from asn2fpga.toolchain.plan import BuildPlan
from asn2fpga.verify import verilator
from asn2fpga.verify.map_words import packed_items

MAIN = Path(__file__).with_name("reset_main.cpp")
LARGEST = Fired(8, 8, levels=4)
CYCLES = 300  # until all that has come before the reset is in the memory


def simulated(design: RtlDesign, folder: Path) -> Path:
    """The program of the core with that main."""
    options = ("--cc", "--no-timing", "--top-module", "net_core", "-Mdir", "model", "-Wno-fatal")
    sources = design.verilog
    verilator.verilate([*options, "--prefix", "Vnet_core", *sources], folder, folder / "verilator.log")
    parts = (*sorted((folder / "model").glob("V*.cpp")), MAIN)
    (folder / "all.cpp").write_text("".join(f'#include "{path}"\n' for path in parts))
    unit = verilator.Unit(folder / "all.cpp", folder / "all.o", ("-O1", f"-I{folder / 'model'}"))
    verilator.compile_units([unit], folder, 1)
    runtime = verilator.build_runtime(verilator.RUNTIME_SOURCES, folder, folder, 1)
    verilator.link([unit.object, *runtime], folder / "simulate", (), folder / "link.log")
    return folder / "simulate"


@pytest.mark.slow
def test_a_reset_leaves_nothing_in_the_memory(tmp_path: Path) -> None:
    network = built(AttentionCase("", LARGEST, LARGEST, LARGEST, pixels=(4, 4)).graph())
    BuildPlan(generate(network.graph, "0" * 64, "0")).write(tmp_path / "hls")
    source = tmp_path / "hls" / source_file(network.graph)
    include = (tmp_path / "hls", tmp_path / "hls" / KERNELS)
    project = HlsProject(source.parent, source, include, top_name(network.graph), "xc7z020clg400-1", 10.0)
    design = compile_project(project, tmp_path / "rtl")
    counts = network.expected.counts["x"][-1].reshape(-1)
    (source_node,) = (node for node in network.graph.layers if isinstance(node, ReceiveMap))
    words = packed_items(counts[None], source_node.count_bits)[0]
    (tmp_path / "words").write_text("\n".join(str(word) for word in words))
    program = simulated(design, tmp_path)
    for before in (len(words) // 2, len(words) - 1, 0):
        log = tmp_path / f"run{before}.log"
        command = [program, tmp_path / "words", str(before), str(CYCLES)]
        process.run(command, cwd=design.directory, log=log, timeout_seconds=60)
        found = np.array(log.read_text().split(), np.int64)
        assert (found == network.expected.scores[-1]).all(), f"{before} words before the reset"
