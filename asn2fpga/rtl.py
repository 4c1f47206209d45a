"""What every HLS engine takes and gives: a C++ project; RTL on disk with named ports, probes and a report."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

MONITOR_BITS = 5  # of each stream: an event is put in, is taken; a word waits, is put in, is taken


@dataclass(frozen=True)
class HlsProject:
    """Generated C++ and what it must become."""

    directory: Path
    source: Path  # the one translation unit, e.g. directory / "mnist.cpp"
    include_dirs: tuple[Path, ...]
    top: str
    part: str  # e.g. xc7z020clg400-1
    clock_ns: float
    input_bits: int = 32  # of a word of s_axis
    output_bits: int = 32  # and of m_axis


@dataclass(frozen=True)
class Probe:
    """Consumer side of one stream FIFO; signal names are relative to the top module's instance.

    The producer's side is optional: with it, cycles in which the producer waits for room can be told apart.
    """

    stream: str
    valid: str
    ready: str
    data: str
    width_bits: int
    producer_valid: str = ""
    producer_ready: str = ""


@dataclass(frozen=True)
class LoopReport:
    """One loop: where it stands in the C++, what was asked and what was achieved."""

    process: str
    location: str  # FILE:LINE
    pipelined: bool
    initiation_interval: int
    depth: int  # cycles from an iteration's first to its last
    limited_by: str = ""  # what forbids a smaller interval, empty if 1
    flattened: bool = False  # one loop made of a nest; location is the innermost one's
    asked_interval: int = 0  # 0: the smallest
    advice: str = ""  # what to write instead for a smaller interval, empty if it is as asked
    trip_count: str = ""  # 64 | 1 to 64 | data dependent
    min_trips: int | None = None
    max_trips: int | None = None
    latency: str = ""  # cycles from the first iteration's entry to the last one's end, without a stall
    min_cycles: int | None = None
    max_cycles: int | None = None


@dataclass(frozen=True)
class ProcessReport:
    """One process: cycles of a run without a stall; max_cycles is None if they depend on data."""

    name: str
    location: str
    states: int
    latency: str
    min_cycles: int
    max_cycles: int | None


@dataclass(frozen=True)
class OperatorReport:
    """Operators of one kind and width in a process; `kind` is an adder, multiplier, divider, ..."""

    process: str
    kind: str
    width_bits: int  # of a multiplier, its factors are `shape`
    count: int
    made_of: str  # LUT | DSP
    shape: str = ""  # 8 x 16: bits of a multiplier's or divider's arguments
    dsp: int = 0  # slices of all of them


@dataclass(frozen=True)
class PathReport:
    """One step of the estimated critical path, and when it is done in its clock cycle.

    The last one is the `register` or `handshake` where the path ends; it has no line and no width.
    """

    process: str
    location: str  # FILE:LINE, empty for what has no line
    operation: str
    width_bits: int
    at_ns: float


@dataclass(frozen=True)
class MemoryReport:
    """One memory and what it was built as."""

    name: str
    kind: str  # rom | ram | register | fifo
    style: str  # block | ultra | distributed | register | shift
    depth: int
    width_bits: int
    ports: str = ""  # what can happen in one cycle, empty for a register or FIFO
    bits: int = 0  # words times their width
    capacity_bits: int = 0  # of the block RAMs, UltraRAMs, look-up tables or registers that it takes


@dataclass(frozen=True)
class HlsReport:
    """What an engine tells about its result."""

    engine: str
    loops: tuple[LoopReport, ...] = ()
    memories: tuple[MemoryReport, ...] = ()
    critical_path_ns: float | None = None
    clock_margin: float | None = None  # part of the clock period that the schedule leaves free
    states: dict[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()  # what may go wrong in hardware and cannot in C simulation
    stream_warnings: tuple[str, ...] = ()  # those of `warnings` about depths of FIFOs
    shared_operators: int = 0  # multipliers and dividers saved because another one does their work
    processes: tuple[ProcessReport, ...] = ()
    operators: tuple[OperatorReport, ...] = ()
    critical_path: tuple[PathReport, ...] = ()  # its operations, and where it ends


@dataclass(frozen=True)
class RtlDesign:
    """RTL on disk. All files lie in `directory`; memory files are read with $readmemh by bare name.

    input_bits, output_bits: of a word of s_axis and of m_axis.
    monitor: streams that the top's output `monitor` tells about, MONITOR_BITS each, the first one lowest;
    without any the top has no such output. Words with their top bit set (ends of step) only wait.
    """

    directory: Path
    top: str
    verilog: tuple[Path, ...]
    memory_files: tuple[Path, ...]
    probes: tuple[Probe, ...]
    report: HlsReport
    monitor: tuple[str, ...] = ()
    input_bits: int = 32
    output_bits: int = 32
