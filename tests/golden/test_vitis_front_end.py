"""Golden C++ keeps to what Vitis HLS' front end takes: with Xilinx's open headers, not on the real tool."""

from __future__ import annotations

import itertools
import re

import pytest
from mock_tools.vitis_front_end import compile_source, objections, pragmas
from test_bambu_front_end import GRAPHS

from asn2fpga.codegen.project import KERNELS, generate, source_file, top_name
from asn2fpga.dataflow.lower import lower
from asn2fpga.toolchain.plan import BuildPlan


@pytest.fixture(scope="module", params=GRAPHS)
def preprocessed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """Name of a graph; its C++ as Vitis compiles it."""
    graph, folder = GRAPHS[request.param], tmp_path_factory.mktemp("vitis")
    BuildPlan(generate(graph, "0" * 64, "0.0.0")).write(folder)
    bits = max(block.word_bits for block in lower(graph).blocks)
    source = folder / source_file(graph)
    return request.param, compile_source(source, (folder, folder / KERNELS), bits, folder)


def test_vitis_knows_every_pragma(preprocessed: tuple[str, str]) -> None:
    found = pragmas(preprocessed[1])
    assert found and {pragma: list(objections(pragma)) for pragma in found} == {
        pragma: [] for pragma in found
    }


def test_top_function_has_its_ports_and_streams(preprocessed: tuple[str, str]) -> None:
    name, text = preprocessed
    top = text[text.index(f"void {top_name(GRAPHS[name])}(") :]
    assert pragmas(top)[:4] == [
        "INTERFACE axis port = s_axis",
        "INTERFACE axis port = m_axis",
        "INTERFACE ap_ctrl_none port = return",
        "DATAFLOW",
    ]
    depths = dict(re.findall(r"#pragma HLS STREAM variable = (\w+) depth = (\d+)", top))
    assert depths == {key: str(stream.depth) for key, stream in lower(GRAPHS[name]).streams.items()}


def test_pragmas_stand_first_in_what_they_speak_of(preprocessed: tuple[str, str]) -> None:
    """After the brace of a loop or function, or after another pragma; dependences and partitions anywhere."""
    lines = [line.strip() for line in preprocessed[1].splitlines() if line.strip()]
    for before, line in itertools.pairwise(lines):
        if re.match(r"#pragma HLS (PIPELINE|UNROLL)", line):
            assert before.endswith("{") or before.startswith("#pragma HLS"), (before, line)


@pytest.mark.parametrize(
    ("pragma", "objection"),
    [
        ("INTERFACE axis s_axis = s_axis", "INTERFACE: no option s_axis"),
        ("INTERFACE axis", "INTERFACE: port is missing"),
        ("DEPENDENCE variable = acc type = outer false", "DEPENDENCE: no value type=outer"),
        ("PIPELINED II = 1", "no pragma PIPELINED"),
    ],
)
def test_the_stand_in_objects(pragma: str, objection: str) -> None:
    assert objection in list(objections(pragma))
