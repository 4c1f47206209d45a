"""The test bench and the script that go with the C++: a user of Vitis HLS takes them away."""

from __future__ import annotations

import runpy
import subprocess
import tomllib
from pathlib import Path

import numpy as np
import pytest
from map_check import map_case_of
from needs import need
from random_maps import MapSpec
from strategies import random_inputs, small_integer_graph

from asn2fpga.codegen.project import generate, source_file
from asn2fpga.golden.simulate import simulate
from asn2fpga.graph.graph import Graph
from asn2fpga.toolchain.ap_types import ap_types_dir
from asn2fpga.toolchain.compiler import find_compiler
from asn2fpga.toolchain.plan import BuildPlan
from asn2fpga.verify.cpp_library import ONLY_INTEGERS
from asn2fpga.verify.hls_bench import bench_file, plan_hls_bench

MOCK_TOOLS = Path(__file__).parents[2] / "mock_tools"


def write_project(graph: Graph, x: np.ndarray, folder: Path) -> None:
    BuildPlan(generate(graph, "0" * 64, "0.0.0")).write(folder)
    plan_hls_bench(graph, x, simulate(graph, x), "xc7z020clg400-1", 8.0, "Generated.").write(folder)


def test_script_runs_every_step_in_order(tmp_path: Path) -> None:
    need("tclsh")
    graph = small_integer_graph(8, (20, 12, 5))
    write_project(graph, random_inputs(graph, 3), tmp_path / "hls")
    tcl = runpy.run_path(str(MOCK_TOOLS / "vivado"))["tcl"]
    commands = tomllib.loads((MOCK_TOOLS / "vitis_commands.toml").read_text())["bench_commands"]
    text = f"set commands {tcl(commands)}\narray set mock {tcl({'here': str(MOCK_TOOLS)})}\n"
    text += f"source {tcl(str(MOCK_TOOLS / 'vitis_bench_stub.tcl'))}\n"
    main = tmp_path / "main.tcl"
    main.write_text(f"{text}source {tcl(str(tmp_path / 'hls' / 'run_hls.tcl'))}\n")
    found = subprocess.run(["tclsh", str(main)], cwd="/", capture_output=True, text=True)
    assert (found.returncode, found.stderr) == (0, ""), found.stdout
    assert [line.removeprefix("did: ") for line in found.stdout.splitlines()] == [
        "project run_hls",
        f"top {graph.name}_core",
        f"source {graph.name}.cpp",
        f"bench {graph.name}_test.cpp",
        "part xc7z020clg400-1",
        "clock 8",
        *("csim", "csynth", "cosim", "export"),
    ]
    assert "Not run on the real tool" in (tmp_path / "hls" / "run_hls.tcl").read_text()


def test_vectors_are_words_of_the_ports(tmp_path: Path) -> None:
    graph = small_integer_graph(8, (20, 12, 5))
    x = random_inputs(graph, 3)
    write_project(graph, x, tmp_path)
    lines = [(tmp_path / "vectors" / name).read_text().split() for name in ("input.hex", "output.hex")]
    assert [len(found) for found in lines] == [3 * 5, 3 * 5]
    assert all([line[0] for line in found] == 3 * ["0", "0", "0", "0", "1"] for found in lines)
    scores = [int(line[1:], 16) for line in lines[1]]
    assert (np.array(scores, np.uint32).astype(np.int32).reshape(3, 5) == simulate(graph, x).scores).all()


def compile_bench(graph: Graph, folder: Path) -> Path:
    """With Xilinx's open headers and the word of a port that Vitis has."""
    headers = ("-isystem", MOCK_TOOLS / "vitis_headers", "-isystem", ap_types_dir())
    options = ("-std=c++14", "-O1", "-DASN_AXI_SDATA", *ONLY_INTEGERS, f"-I{folder}", *headers)
    files = (folder / source_file(graph), folder / bench_file(graph), "-o", folder / "bench")
    find_compiler().run([*options, *files], cwd=folder, log=folder / "compiler.log", timeout_seconds=600)
    return folder / "bench"


@pytest.mark.slow
@pytest.mark.parametrize("network", ["dense", "maps"])
def test_bench_passes_and_finds_what_differs(network: str, tmp_path: Path) -> None:
    if network == "dense":
        graph = small_integer_graph(8, (20, 12, 5), time_steps=2, alpha=-1.0)
        x = random_inputs(graph, 4)
    else:
        case = map_case_of(MapSpec(3, 2, 2, "events"))
        graph, x = case.graph, case.x
    write_project(graph, x, tmp_path)
    program = compile_bench(graph, tmp_path)
    found = subprocess.run([program, "vectors"], cwd=tmp_path, capture_output=True, text=True)
    assert (found.returncode, found.stdout) == (0, f"PASS: {len(x)} messages\n")
    expected = tmp_path / "vectors" / "output.hex"
    lines = expected.read_text().split()
    expected.write_text("\n".join([f"{int(lines[0], 16) ^ 1:09x}", *lines[1:]]) + "\n")
    found = subprocess.run([program, "vectors"], cwd=tmp_path, capture_output=True, text=True)
    assert found.returncode == 1 and found.stdout.startswith("FAIL: message 0, word 0, expected last 0 data")
    found = subprocess.run([program, "nowhere"], cwd=tmp_path, capture_output=True, text=True)
    assert (found.returncode, found.stdout) == (2, "FAIL: nowhere must hold input.hex and output.hex\n")
