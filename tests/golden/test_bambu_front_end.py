"""Golden C++ keeps to what Bambu's front end takes: by stand-ins for its headers, not on the real tool."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from mixed_graphs import mixed_graph
from mock_tools import bambu_front_end
from mock_tools.bambu_front_end import FrontEndError, compile_to_llvm, lost_pragmas
from test_codegen import tiny_graph, wide_graph

from asn2fpga.codegen.project import KERNELS, generate, source_file, top_name
from asn2fpga.dataflow.lower import lower
from asn2fpga.graph.graph import Graph
from asn2fpga.hls.bambu import wrapper_text
from asn2fpga.kinds.nodes import port_widths
from asn2fpga.rtl import HlsProject
from asn2fpga.toolchain.plan import BuildPlan

GRAPHS = {
    "tiny": tiny_graph(),
    "wide": wide_graph(),
    "frames": mixed_graph(frames=True, lanes=2),
    "events": mixed_graph(frames=False, lanes=2),
}


def write(graph: Graph, folder: Path) -> tuple[Path, tuple[Path, ...]]:
    """Bambu's source of a network, and the folders it includes from."""
    BuildPlan(generate(graph, "0" * 64, "0.0.0")).write(folder / "hls")
    hls, source = folder / "hls", folder / "inner.cpp"
    widths = port_widths(graph)
    project = HlsProject(
        hls,
        hls / source_file(graph),
        (),
        top_name(graph),
        "xc7z020clg400-1",
        10.0,
        widths.input,
        widths.output,
    )
    source.write_text(wrapper_text(project, f"hls/{source_file(graph)}", "inner"))
    return source, (hls, hls / KERNELS)


@pytest.mark.parametrize("name", GRAPHS)
def test_processes_are_all_that_is_left(name: str, tmp_path: Path) -> None:
    """Helpers are inlined, streams are at file scope, the top function has the name it is asked for."""
    graph = GRAPHS[name]
    llvm = compile_to_llvm(*write(graph, tmp_path), tmp_path)
    functions = re.findall(r"^define [^@]*@(\w+)\(", llvm, re.MULTILINE)
    plain = {re.sub(r"^_Z\d+(\w+?)R10ac_channel.*", r"\1", function) for function in functions}
    flow = lower(graph)
    constructors = {function for function in plain if function.startswith(("_GLOBAL__", "__cxx_global"))}
    processes = {process.name for process in flow.processes}
    assert plain - constructors == {"inner", top_name(graph)} | processes
    for stream in flow.streams.values():
        assert re.search(rf"^@_ZL\d+{stream.name} = internal ", llvm, re.MULTILINE), stream.name


@pytest.mark.parametrize("name", GRAPHS)
def test_pragmas_stand_in_the_files_of_their_functions(name: str, tmp_path: Path) -> None:
    source, includes = write(GRAPHS[name], tmp_path)
    assert lost_pragmas(source, includes, tmp_path) == []
    text = (includes[0] / source_file(GRAPHS[name])).read_text()
    top = text[text.index(f"void {top_name(GRAPHS[name])}(") :]
    assert top.index("#pragma HLS dataflow") < top.index("HLS_STREAM(")


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ('hls::stream<ap_uint<4> > s("s");', "no matching constructor"),
        ("struct W { ap_uint<4> a; }; hls::stream<W> s;", "words of a stream must be integers"),
        ("short f(const ap_uint<80>& a) { return a; }", "no viable conversion"),
        ("bool f(ap_uint<4>& a) { return a.or_reduce(); }", "no member named 'or_reduce'"),
    ],
)
def test_the_stand_in_refuses(code: str, message: str, tmp_path: Path) -> None:
    source = tmp_path / "wrong.cpp"
    source.write_text(f"#include <ap_int.h>\n#include <hls_stream.h>\n{code}\n")
    with pytest.raises(FrontEndError, match=message):
        compile_to_llvm(source, (), tmp_path)


def test_a_pragma_from_a_macro_is_lost(tmp_path: Path) -> None:
    source = tmp_path / "macro.cpp"
    source.write_text(
        '#define FLOW _Pragma("HLS dataflow")\nvoid f() { FLOW }\nvoid g() {\n#pragma HLS inline\n}\n'
    )
    assert bambu_front_end.lost_pragmas(source, (), tmp_path) == ["dataflow"]
