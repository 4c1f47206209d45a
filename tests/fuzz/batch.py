"""Many programs at once through both paths: native C++ with Xilinx's headers, and RTL in Verilator."""

from __future__ import annotations

import platform
import re
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import ziglang

from asn2fpga.engine import compile as engine
from asn2fpga.engine.clang import frontend
from asn2fpga.engine.target.delays import delay_model
from asn2fpga.errors import HlsError, ToolError
from asn2fpga.resources import hardware_dir
from asn2fpga.rtl import HlsProject, RtlDesign
from asn2fpga.toolchain import process
from asn2fpga.toolchain.ap_types import ap_types_dir
from asn2fpga.toolchain.compiler import find_compiler
from asn2fpga.verify import verilator
from asn2fpga.verify.lint import run_slang
from fuzz.program import Port, Program, render
from fuzz.widths import SEEDS_OF_A_PALETTE

SIM = Path(__file__).parent / "sim"
PART, CLOCK_NS = "xc7z020clg400-1", 10.0
QUIET_CYCLES, CYCLE_LIMIT = 4000, 1_000_000
STALLS = ((256, 256), (128, 128), (256, 40), (40, 256))  # chance of 256 that sources and sinks are willing
TIMEOUT_SECONDS = 900.0

# Xilinx's headers without those of fixed-point and complex numbers, which take a quarter of the time.
_ONLY_INTEGERS = ("-D__AP_FIXED_H__", "-D__AP_INT_SPECIAL_H__", "-fno-asynchronous-unwind-tables")
_ANY_NUMBERS = ("-std=c++17", "-DFUZZ_FIXED")

# What the engine says if no access of a stream, or of one of its ends, can be reached.
_UNUSED = (
    "must have one writing and one reading process",
    "of the top function must be read or written, not left alone",
)

Streams = dict[str, list[str]]  # stream -> words in hexadecimal


@dataclass(frozen=True)
class Outcome:
    """What became of one program: ok, refused, mismatch, hang, crash, tool error; with the evidence.

    `unused stream`: refused, and rightly so, because all accesses of one end of a stream are unreachable.
    """

    program: Program
    kind: str
    detail: str = ""

    @property
    def failed(self) -> bool:
        """Whether the engine is to blame."""
        return self.kind not in ("ok", "unused stream")


def run_batch(
    programs: Sequence[Program],
    work: Path,
    stalls: Sequence[tuple[int, int]] = STALLS,
    reference: str = "xilinx",
) -> list[Outcome]:
    """Run programs (names must differ) both ways and compare every output stream, once per stall pattern."""
    work.mkdir(parents=True, exist_ok=True)
    work = work.resolve()
    expected = _run_native(programs, work, reference)
    designs, outcomes = _synthesise(programs, work)
    for name, error in _illegal(designs, work).items():
        del designs[name]
        outcomes[name] = Outcome(next(p for p in programs if p.name == name), "illegal Verilog", error)
    running = [program for program in programs if program.name in designs]
    found = _simulate(running, designs, work, stalls) if running else []
    for program in running:
        outcomes[program.name] = _judge(
            program, expected[program.name], [run[program.name] for run in found], stalls
        )
    return [outcomes[program.name] for program in programs]


def run_rtl(
    programs: Sequence[Program], work: Path, stalls: Sequence[tuple[int, int]]
) -> list[dict[str, Streams]]:
    """What programs write as RTL, once per stall pattern; what goes wrong on the way is an error."""
    work.mkdir(parents=True, exist_ok=True)
    work = work.resolve()
    designs, outcomes = _synthesise(programs, work)
    failed = [f"{name}: {outcome.detail}" for name, outcome in outcomes.items()]
    failed += [f"{name}: {error}" for name, error in _illegal(designs, work).items()]
    assert not failed, failed
    return _simulate(programs, designs, work, stalls)


def run_divided(programs: Sequence[Program], work: Path, reference: str = "xilinx") -> list[Outcome]:
    """As `run_batch`; programs that stop a tool are found by halving the batch: `tool error`."""
    slow_end = STALLS[2 + programs[0].seed // SEEDS_OF_A_PALETTE % 2]
    try:
        return run_batch(programs, work, (*STALLS[:2], slow_end), reference)
    except ToolError as error:
        if len(programs) == 1:
            return [Outcome(programs[0], "tool error", str(error))]
    shutil.rmtree(work, ignore_errors=True)
    middle = len(programs) // 2
    halves = programs[:middle], programs[middle:]
    return [outcome for half in halves for outcome in run_divided(half, work, reference)]


def _judge(
    program: Program, expected: Streams, runs: list[Streams], stalls: Sequence[tuple[int, int]]
) -> Outcome:
    for pattern, found in zip(stalls, runs, strict=True):
        for stream in expected:
            wanted, got = expected[stream], found[stream]
            if got == wanted:
                continue
            place = next(
                (i for i, (a, b) in enumerate(zip(got, wanted, strict=False)) if a != b),
                min(len(got), len(wanted)),
            )
            kind = "hang" if place == len(got) else "mismatch"
            detail = (
                f"stalls {pattern}, {stream}[{place}] of {len(wanted)}: "
                f"expected {_at(wanted, place)}, got {_at(got, place)}"
            )
            return Outcome(program, kind, detail)
    return Outcome(program, "ok")


def _at(words: list[str], place: int) -> str:
    return words[place] if place < len(words) else "nothing"


def _collect(programs: Sequence[Program], text: str) -> dict[str, Streams]:
    """Lines `PROGRAM STREAM HEX` as words per program and output stream."""
    streams = {
        program.name: {port.name: list[str]() for port in program.outer() if port.direction == "out"}
        for program in programs
    }
    for line in text.splitlines():
        parts = line.split()
        if len(parts) == 3 and parts[0] in streams and parts[1] in streams[parts[0]]:
            streams[parts[0]][parts[1]].append(parts[2])
    return streams


# ---- native --------------------------------------------------------------------------------------------


def _run_native(programs: Sequence[Program], work: Path, reference: str) -> dict[str, Streams]:
    source = work / "native.cpp"
    source.write_text(_native_text(programs))
    build_native(source, work / "native", [SIM, hardware_dir() / "hls"], reference)
    process.run([work / "native"], cwd=work, log=work / "native.log", timeout_seconds=TIMEOUT_SECONDS)
    return _collect(programs, (work / "native.log").read_text())


def build_native(source: Path, program: Path, includes: Sequence[Path], reference: str) -> None:
    """Compile a program with the headers that say what it means: `xilinx`, or the four times faster `shim`.

    The shim's objects are linked by the compiler of simulations, which may have a C++ library at hand.
    """
    linker = find_compiler()
    shim = [sys.executable, "-m", "ziglang", "c++", "-std=c++20", f"-I{hardware_dir() / 'hls' / 'llvm'}"]
    numbers = _ANY_NUMBERS if reference == "xilinx with fixed point" else _ONLY_INTEGERS
    xilinx = [*linker.command, "-std=c++14", f"-I{ap_types_dir()}", *numbers]
    compiler = shim if reference == "shim" else xilinx
    options = [
        "-O0",
        "-w",
        "-fno-sanitize=all",
        "-fno-exceptions",
        "-fno-rtti",
        *(f"-I{path}" for path in includes),
    ]
    work, compiled = program.parent, program.with_suffix(".o")
    cache = {f"ZIG_{kind}_CACHE_DIR": str(work.parent / "cache") for kind in ("GLOBAL", "LOCAL")}
    cache |= linker.environment
    link = [*linker.command, compiled, "-o", program]
    for command in ([*compiler, *options, "-c", source, "-o", compiled], link):
        log = program.with_suffix(".build.log")
        process.run(command, cwd=work, log=log, timeout_seconds=TIMEOUT_SECONDS, environment=cache)


def _native_text(programs: Sequence[Program]) -> str:
    lines = ['#include "native_stream.h"', '#include "engine.h"', *_includes(programs)]
    for program in programs:
        lines += [f"namespace {program.name}_space {{", render(program, with_top=False)]
        lines.append("void run() {")
        for port in [*program.outer(), *program.inner()]:
            lines.append(f"  static hls::stream<{port.c_type} > {port.name};")
        for name, words in program.inputs.items():
            width = next(port.width for port in program.outer() if port.name == name)
            lines.append(f'  send<{width}>({name}, "{" ".join(f"{word:x}" for word in words)}");')
        for function in program.functions:
            values = (str(value) for _, value in program.values.values())
            arguments = ", ".join([*(port.name for port in function.ports), *values])
            lines.append(f"  run_process([&] {{ {function.name}({arguments}); }});")
        for port in program.outer():
            if port.direction == "out":
                lines.append(f'  show<{port.width}>({port.name}, "{program.name}", "{port.name}");')
        lines += ["}", "}"]
    calls = [f"  {program.name}_space::run();" for program in programs]
    return "\n".join([*lines, "int main() {", "  setvbuf(stdout, 0, _IOLBF, 1 << 16);", *calls, "}", ""])


# ---- the engine ----------------------------------------------------------------------------------------


def source_text(programs: Sequence[Program]) -> str:
    """One C++ source with all programs."""
    headers = ("ap_int.h", "ap_shift_reg.h", "hls_stream.h")
    head = ['#include "engine.h"', *(f"#include <{header}>" for header in headers), *_includes(programs)]
    return "\n".join([*head, *map(render, programs)])


def _includes(programs: Sequence[Program]) -> list[str]:
    headers = dict.fromkeys(header for program in programs for header in program.includes)
    return [f"#include <{header}>" for header in headers]


def _synthesise(programs: Sequence[Program], work: Path) -> tuple[dict[str, RtlDesign], dict[str, Outcome]]:
    """Compile all programs as one source; each becomes RTL on its own, so that one failure is one."""
    source = work / "programs.cpp"
    source.write_text(source_text(programs))
    project = HlsProject(work, source, (), "", PART, CLOCK_NS)
    module = engine.parse_module(frontend.optimise(frontend.compile_to_llvm(project, work / "llvm")))
    designs, outcomes = {}, {}
    for program in programs:
        try:
            designs[program.name] = engine.synthesise_module(
                module, program.top, delay_model(PART, CLOCK_NS), work / program.name, verify_each=True
            )
        except HlsError as error:
            unused = any(text in str(error) for text in _UNUSED)
            outcomes[program.name] = Outcome(program, "unused stream" if unused else "refused", str(error))
        except Exception as error:  # any other exception is a defect of the engine, found
            outcomes[program.name] = Outcome(program, "crash", f"{type(error).__name__}: {error}")
    return designs, outcomes


def _illegal(designs: Mapping[str, RtlDesign], work: Path) -> dict[str, str]:
    """Programs whose RTL slang, the strictest reader, refuses; with an error of it."""
    files = {path.name: path for design in designs.values() for path in design.verilog}
    if not files:
        return {}
    log = work / "slang.log"
    try:
        run_slang(["--error-limit=0", *files.values()], work, log)
    except ToolError:
        errors = list(re.finditer(r"^(\S+?):\d+:\d+: error: .*", log.read_text(), re.MULTILINE))
        if not errors:
            raise
        return {(work / error[1]).parent.name: error[0] for error in errors}
    return {}


# ---- simulation ----------------------------------------------------------------------------------------


def _simulate(
    programs: Sequence[Program],
    designs: Mapping[str, RtlDesign],
    work: Path,
    stalls: Sequence[tuple[int, int]],
) -> list[dict[str, Streams]]:
    for program in programs:
        for stream, words in program.inputs.items():
            (work / f"{program.name}_{stream}.hex").write_text(
                "\n".join(f"{word:x}" for word in words) + "\n"
            )
        for memory in designs[program.name].memory_files:
            (work / memory.name).write_bytes(memory.read_bytes())
    (work / "batch.sv").write_text(_batch_text(programs, designs))
    sources = [SIM / "fuzz_streams.sv", work / "batch.sv"]
    files = dict.fromkeys(path.name for program in programs for path in designs[program.name].verilog)
    by_name = {path.name: path for program in programs for path in designs[program.name].verilog}
    binary = build_simulation([*sources, *(by_name[name] for name in files)], work)
    return [
        _collect(programs, _run_once(binary, work, number, pattern)) for number, pattern in enumerate(stalls)
    ]


def build_simulation(sources: Sequence[Path], work: Path) -> Path:
    """Verilate module `batch` with the fuzzing driver."""
    options = ("--cc", "--no-timing", "--threads", "1", "-O3", "--noassert", "-Wno-fatal", "-Wno-WIDTH",
               "--top-module", "batch", "--prefix", "Vbatch", "-Mdir", "model", "--x-initial", "unique",
               "--output-split", "0")  # fmt: skip
    verilator.verilate([*options, *sources], work, work / "verilator.log")
    model = work / "model"
    for stale in (*model.glob("*.o"), work / "simulate"):
        stale.unlink(missing_ok=True)
    lines = [f'#include "{path}"' for path in (*sorted(model.glob("V*.cpp")), SIM / "fuzz_main.cpp")]
    (model / "all.cpp").write_text("\n".join(lines) + "\n")
    options = [*verilator.find_verilator().compile_flags, "-w", "-O0", f"-I{model}"]
    process.run(
        [*_clang(), *options, "-c", model / "all.cpp", "-o", model / "all.o"],
        cwd=work,
        log=work / "all.log",
        timeout_seconds=TIMEOUT_SECONDS,
        environment=find_compiler().environment,
    )
    runtime = verilator.build_runtime(verilator.RUNTIME_SOURCES, work, work, 1)
    verilator.link([model / "all.o", *runtime], work / "simulate", (), work / "link.log")
    return work / "simulate"


def _clang() -> list[str]:
    """The clang of ziglang, with the system's C++ library if g++ is there: a fifth of g++'s time."""
    compiler = find_compiler()
    if compiler.is_zig:
        return [*compiler.command]
    zig = Path(ziglang.__file__).parent
    target = f"{platform.machine()}-linux-gnu"
    return [
        str(zig / "zig"),
        "clang",
        "--driver-mode=g++",
        f"--target={target}",
        "-resource-dir",
        str(zig / "lib"),
    ]


def _run_once(binary: Path, work: Path, number: int, pattern: tuple[int, int]) -> str:
    log = work / f"run{number}.log"
    arguments = [number + 1, *pattern, QUIET_CYCLES, CYCLE_LIMIT]
    process.run([binary, *map(str, arguments)], cwd=work, log=log, timeout_seconds=TIMEOUT_SECONDS)
    return log.read_text()


def _batch_text(programs: Sequence[Program], designs: Mapping[str, RtlDesign]) -> str:
    used = {program.name: _used_ports(program, designs[program.name]) for program in programs}
    ports = [(program, port) for program in programs for port in used[program.name]]
    lines = [
        "module batch (input logic ap_clk, input logic ap_rst_n, input logic [31:0] seed,",
        "  input logic [8:0] source_density, input logic [8:0] sink_density, output logic moved);",
        f"  logic [{len(ports) - 1}:0] moves;",
        "  assign moved = |moves;",
    ]
    for number, (program, port) in enumerate(ports):
        lines += _end_text(program, port, number)
    for program in programs:
        connections = [".ap_clk(ap_clk)", ".ap_rst_n(ap_rst_n)"]
        connections += [f".{name}({bits}'d{value})" for name, (bits, value) in program.values.items()]
        for port in used[program.name]:
            wire = f"{program.name}_{port.name}"
            connections += [
                f".{port.name}_T{end.upper()}({wire}_{end})" for end in ("valid", "ready", "data")
            ]
        lines.append(f"  {program.top} u_{program.name} ({', '.join(connections)});")
    return "\n".join([*lines, "endmodule", ""])


def _used_ports(program: Program, design: RtlDesign) -> list[Port]:
    """Streams that the RTL has: those whose accesses are all unreachable vanish."""
    text = (design.directory / f"{program.top}.sv").read_text()
    return [port for port in program.outer() if f"{port.name}_TVALID" in text]


def _end_text(program: Program, port: Port, number: int) -> list[str]:
    wire = f"{program.name}_{port.name}"
    common = f".WIDTH({port.width}), .SEED({number + 1})"
    if port.direction == "in":
        module, density = "fuzz_source", "source_density"
        special = f'.COUNT({len(program.inputs[port.name])}), .FILE("{wire}.hex")'
    else:
        module, density, special = "fuzz_sink", "sink_density", f'.NAME("{program.name} {port.name}")'
    ends = ", ".join(f".{end}({wire}_{end})" for end in ("valid", "ready", "data"))
    return [
        f"  logic {wire}_valid, {wire}_ready;",
        f"  logic [{port.width - 1}:0] {wire}_data;",
        f"  {module} #({common}, {special}) end_{wire} (.clk(ap_clk), .rst_n(ap_rst_n), .seed(seed),",
        f"    .density({density}), {ends}, .moved(moves[{number}]));",
    ]
