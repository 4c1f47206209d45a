"""Figures of stage hls: what an engine tells about the RTL."""

from __future__ import annotations

from typing import TypedDict


class LoopFigures(TypedDict):
    """One loop: where it stands in the C++ (FILE:LINE) and what was achieved."""

    process: str
    location: str
    pipelined: bool
    initiation_interval: int  # cycles between the beginnings of two iterations
    depth: int  # cycles from an iteration's first to its last
    limited_by: str  # what forbids a smaller interval, empty if 1
    flattened: bool  # one loop made of a nest


class MemoryFigures(TypedDict):
    """One memory and what it was built as."""

    name: str
    kind: str  # rom | ram | register | fifo
    style: str  # block | distributed | register | shift
    depth: int  # words
    width_bits: int
    ports: str  # what can happen in one cycle, empty for a register or FIFO


class LintFigures(TypedDict):
    """Tools that read the RTL without a warning, and tools that are not installed."""

    passed: list[str]
    skipped: list[str]


class HlsFigures(TypedDict):
    """lint: None for the RTL of other tools, which has its own style."""

    engine: str
    top: str  # name of the top module
    loops: list[LoopFigures]
    memories: list[MemoryFigures]
    critical_path_ns: float | None  # estimated; None if the engine does not say
    clock_margin: float | None  # part of the period left free for nets longer than assumed; None likewise
    warnings: list[str]
    shared_operators: int  # multipliers and dividers saved because another one does their work
    lint: LintFigures | None
