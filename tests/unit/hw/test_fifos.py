"""hw/rtl's FIFOs: random traffic against a queue, clean for every tool, made of what the rules say."""

from __future__ import annotations

from pathlib import Path

import pytest

from asn2fpga.device.binding import BLOCK, DISTRIBUTED, SHIFT, fifo_style
from asn2fpga.device.parts import fifo_resources
from asn2fpga.resources import hardware_dir
from asn2fpga.rtl import HlsReport, RtlDesign
from asn2fpga.synthesis.area import synthesise
from asn2fpga.toolchain import process
from asn2fpga.verify import verilator
from asn2fpga.verify.lint import lint

MODULES = {style: hardware_dir() / "rtl" / f"asn_fifo_{style}.sv" for style in (SHIFT, DISTRIBUTED, BLOCK)}
MAIN = Path(__file__).with_name("fifo_main.cpp")
# style, width, depth
FIFOS = (
    (SHIFT, 1, 1),
    (SHIFT, 14, 2),
    (SHIFT, 7, 3),
    (SHIFT, 16, 32),
    (DISTRIBUTED, 33, 2),
    (DISTRIBUTED, 64, 5),
    (DISTRIBUTED, 20, 128),
    (BLOCK, 64, 4),
    (BLOCK, 9, 130),
    (BLOCK, 36, 512),
    (BLOCK, 36, 513),
)
LATENCY = {SHIFT: 1, DISTRIBUTED: 1, BLOCK: 2}


def instance(style: str, width: int, depth: int, name: str, ports: dict[str, str]) -> str:
    ends = ", ".join(
        f".{port}({signal})" for port, signal in {"clk": "clk", "rst_n": "rst_n", **ports}.items()
    )
    return f"  asn_fifo_{style} #(.WIDTH({width}), .DEPTH({depth})) {name} ({ends});"


def bench() -> str:
    """All FIFOs side by side, one bit or one 64-bit word each."""
    last = len(FIFOS) - 1
    ways = {"wr_valid": "input", "wr_ready": "output", "rd_valid": "output", "rd_ready": "input"}
    ports = [f"{way} logic [{last}:0] {name}" for name, way in ways.items()]
    ways = {"wr_data": "input", "rd_data": "output"}
    ports += [f"{way} logic [63:0] {name} [0:{last}]" for name, way in ways.items()]
    lines = [f"module bench (input logic clk, input logic rst_n, {', '.join(ports)});"]
    for number, (style, width, depth) in enumerate(FIFOS):
        ports = {name: f"{name}[{number}]" for name in ("wr_valid", "wr_ready", "rd_valid", "rd_ready")}
        ports |= {name: f"{name}[{number}][{width - 1}:0]" for name in ("wr_data", "rd_data")}
        lines.append(instance(style, width, depth, f"fifo{number}", ports))
        if width < 64:
            lines.append(f"  assign rd_data[{number}][63:{width}] = '0;")
    return "\n".join([*lines, "endmodule", ""])


def test_random_traffic_is_that_of_a_queue(tmp_path: Path) -> None:
    (tmp_path / "bench.sv").write_text(bench())
    options = (
        "--cc",
        "--no-timing",
        "--x-initial",
        "unique",
        "--top-module",
        "bench",
        "-Mdir",
        "model",
        "-Wno-fatal",
    )
    verilator.verilate([*options, "--prefix", "Vbench", tmp_path / "bench.sv", *MODULES.values()], tmp_path,
                       tmp_path / "verilator.log")  # fmt: skip
    sources = (*sorted((tmp_path / "model").glob("V*.cpp")), MAIN)
    (tmp_path / "all.cpp").write_text("".join(f'#include "{path}"\n' for path in sources))
    unit = verilator.Unit(tmp_path / "all.cpp", tmp_path / "all.o", ("-O1", f"-I{tmp_path / 'model'}"))
    verilator.compile_units([unit], tmp_path, 1)
    runtime = verilator.build_runtime(verilator.RUNTIME_SOURCES, tmp_path, tmp_path, 1)
    verilator.link([unit.object, *runtime], tmp_path / "simulate", (), tmp_path / "link.log")
    triples = [str(number) for style, width, depth in FIFOS for number in (width, depth, LATENCY[style])]
    log = tmp_path / "run.log"
    process.run([tmp_path / "simulate", *triples], cwd=tmp_path, log=log, timeout_seconds=60)
    assert log.read_text() == "ok\n"


def design(style: str, width: int, depth: int, folder: Path) -> RtlDesign:
    """One FIFO as the top module."""
    top = f"fifo_{style}_{width}_{depth}"
    ways = {"wr_valid": ("input", 1), "wr_ready": ("output", 1), "wr_data": ("input", width),
            "rd_valid": ("output", 1), "rd_ready": ("input", 1), "rd_data": ("output", width)}  # fmt: skip
    ports = [f"  {way} logic [{bits - 1}:0] {name}" for name, (way, bits) in ways.items()]
    head = ",\n".join(["  input logic clk", "  input logic rst_n", *ports])
    body = instance(style, width, depth, "fifo", {name: name for name in ways})
    source = folder / f"{top}.sv"
    source.write_text(f"module {top} (\n{head}\n);\n{body}\nendmodule\n")
    return RtlDesign(folder, top, (MODULES[style], source), (), (), HlsReport("none"))


@pytest.mark.parametrize(("style", "width", "depth"), FIFOS)
def test_every_tool_reads_them_without_a_warning(style: str, width: int, depth: int, tmp_path: Path) -> None:
    result = lint(design(style, width, depth, tmp_path), tmp_path, tmp_path)
    assert {"verilator", "yosys"} <= set(result.passed)


@pytest.mark.parametrize(
    ("width", "depth", "style"),
    [
        (200, 1, SHIFT),
        (16, 2, SHIFT),
        (16, 32, SHIFT),
        (17, 2, DISTRIBUTED),
        (16, 33, DISTRIBUTED),
        (1024, 16, DISTRIBUTED),
        (16, 256, DISTRIBUTED),
        (16, 512, BLOCK),
        (36, 512, BLOCK),
        (1, 16_000, BLOCK),
    ],
)
def test_what_a_fifo_is_made_of(width: int, depth: int, style: str) -> None:
    assert fifo_style(depth, width) == style


@pytest.mark.parametrize(("width", "depth"), [(14, 2), (14, 32), (64, 16), (16, 128), (16, 512), (36, 1024)])
def test_the_estimate_is_what_yosys_counts(width: int, depth: int, tmp_path: Path) -> None:
    style = fifo_style(depth, width)
    counted = synthesise(design(style, width, depth, tmp_path), "xc7", tmp_path, tmp_path / "log").resources
    expected = fifo_resources(depth, width)
    assert counted.bram36 == expected.bram36
    assert (counted.bram36 > 0) == (style == BLOCK)
    assert abs(counted.lut - expected.lut) <= 8 + 0.25 * counted.lut
