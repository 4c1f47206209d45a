"""RTL of kernels in Verilator: what their output streams carry, and in how many cycles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from asn2fpga.toolchain import process
from asn2fpga.verify import verilator
from benchmarks.hls.native import collect, write_words
from benchmarks.hls.suite import FOLDER, Kernel, Stream, Words

SIM = FOLDER / "sim"
CYCLE_LIMIT = 200_000
TIMEOUT_SECONDS = 600.0


@dataclass(frozen=True)
class Design:
    """A module to simulate with a kernel's vectors: the engine's, or the one written by hand."""

    kernel: Kernel
    module: str
    verilog: tuple[Path, ...]
    memory_files: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Run:
    """Words of the output streams, and cycles from the first word in to the last word out."""

    outputs: Words
    cycles: int


def simulate(
    designs: Sequence[Design], calls: Mapping[str, int], expected: Mapping[str, Words], work: Path
) -> dict[bool, list[Run]]:
    """Run all designs side by side: without stalls (False) and with random ones on every stream (True)."""
    work.mkdir(parents=True, exist_ok=True)
    work = work.resolve()
    kernels = list(dict.fromkeys(design.kernel for design in designs))
    for kernel in kernels:
        write_words(kernel, kernel.words(calls[kernel.name]), work)
    for path in (path for design in designs for path in design.memory_files):
        (work / path.name).write_bytes(path.read_bytes())
    (work / "bench.sv").write_text(_bench_text(designs, calls, expected))
    program = _build(designs, work)
    return {stalls: _run(program, designs, stalls, work) for stalls in (False, True)}


def _build(designs: Sequence[Design], work: Path) -> Path:
    files = {path.name: path for design in designs for path in design.verilog}
    options = ("--cc", "--no-timing", "--threads", "1", "-O3", "--noassert", "-Wno-fatal", "-Wno-WIDTH",
               "--top-module", "bench", "--prefix", "Vbench", "-Mdir", "model",
               "--output-split", "0")  # fmt: skip
    sources = (SIM / "bench_streams.sv", work / "bench.sv", *files.values())
    verilator.verilate([*options, *sources], work, work / "verilator.log")
    model = work / "model"
    for stale in (*model.glob("*.o"), work / "simulate"):
        stale.unlink(missing_ok=True)
    lines = [f'#include "{path}"' for path in (*sorted(model.glob("V*.cpp")), SIM / "bench_main.cpp")]
    (model / "all.cpp").write_text("\n".join(lines) + "\n")
    unit = verilator.Unit(model / "all.cpp", model / "all.o", ("-O0", f"-I{model}"))
    verilator.compile_units([unit], work, 1)
    runtime = verilator.build_runtime(verilator.RUNTIME_SOURCES, work, work, 1)
    verilator.link([unit.object, *runtime], work / "simulate", (), work / "link.log")
    return work / "simulate"


def _run(program: Path, designs: Sequence[Design], stalls: bool, work: Path) -> list[Run]:
    log = work / f"run{int(stalls)}.log"
    command = [program, str(int(stalls)), str(CYCLE_LIMIT)]
    process.run(command, cwd=work, log=log, timeout_seconds=TIMEOUT_SECONDS)
    text = log.read_text()
    return [_outcome(design, number, text) for number, design in enumerate(designs)]


def _outcome(design: Design, number: int, text: str) -> Run:
    """What one design did; its lines begin with its module's instance."""
    lines = [line for line in text.splitlines() if line.startswith(f"u{number} ")]
    first = min(int(line.split()[-1]) for line in lines if line.split()[2] == "begins")
    last = max(int(line.split()[-1]) for line in lines if line.split()[2] != "begins")
    words = "\n".join(
        line.replace(f"u{number} ", f"{design.kernel.name} ", 1) for line in lines if "begins" not in line
    )
    return Run(collect([design.kernel], words)[design.kernel.name], last - first + 1)


def _bench_text(designs: Sequence[Design], calls: Mapping[str, int], expected: Mapping[str, Words]) -> str:
    count = sum(len(design.kernel.outputs) for design in designs)
    lines = [
        "module bench (input logic ap_clk, input logic ap_rst_n, input logic stalls,",
        "  input logic [31:0] cycle, output logic done);",
        f"  logic [{count - 1}:0] dones;",
        "  assign done = &dones;",
    ]
    seed = sink = 0
    for number, design in enumerate(designs):
        words = {**design.kernel.words(calls[design.kernel.name]), **expected[design.kernel.name]}
        connections = [".ap_clk(ap_clk)", ".ap_rst_n(ap_rst_n)"]
        for stream in design.kernel.streams:
            wire, seed = f"u{number}_{stream.name}", seed + 1
            lines += [f"  logic {wire}_valid, {wire}_ready;", f"  logic [{stream.width - 1}:0] {wire}_data;"]
            end = _end(design.kernel, stream, f"u{number}", len(words[stream.name]), seed)
            is_sink = stream in design.kernel.outputs
            lines.append(f"  {end}{f', .done(dones[{sink}])' if is_sink else ''});")
            sink += is_sink
            connections += [
                f".{stream.name}_T{part.upper()}({wire}_{part})" for part in ("valid", "ready", "data")
            ]
        lines.append(f"  {design.module} u{number} ({', '.join(connections)});")
    return "\n".join([*lines, "endmodule", ""])


def _end(kernel: Kernel, stream: Stream, instance: str, count: int, seed: int) -> str:
    """A source or sink, the closing parenthesis left off."""
    module, parameters = "bench_sink", f".WIDTH({stream.width}), .COUNT({count}), .SEED({seed})"
    if stream in kernel.inputs:
        module, parameters = "bench_source", f'{parameters}, .FILE("{kernel.name}_{stream.name}.hex")'
    wire = f"{instance}_{stream.name}"
    ends = ", ".join(f".{part}({wire}_{part})" for part in ("valid", "ready", "data"))
    name = f'.NAME("{instance} {stream.name}")'
    common = ".clk(ap_clk), .rst_n(ap_rst_n), .stalls(stalls), .cycle(cycle)"
    return f"{module} #({parameters}, {name}) end_{wire} ({common}, {ends}"
