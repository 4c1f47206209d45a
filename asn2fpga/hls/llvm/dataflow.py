"""The top function: which processes there are and which streams join them."""

from __future__ import annotations

from dataclasses import dataclass

from asn2fpga.errors import HlsError
from asn2fpga.hls.llvm.ir import Port, Process
from asn2fpga.hls.llvm.locations import Locations
from asn2fpga.hls.llvm.names import demangle_function
from asn2fpga.hls.llvm.syntax import Function, Instruction, Local, Module, Number

DEFAULT_DEPTH = 2


@dataclass(frozen=True)
class Instance:
    """A process and the stream behind each of its ports."""

    process: Process
    streams: dict[str, str]


@dataclass(frozen=True)
class Fifo:
    """A stream between two processes."""

    name: str
    width: int
    depth: int


@dataclass(frozen=True)
class Dataflow:
    """The whole design."""

    top: str
    location: str
    instances: tuple[Instance, ...]
    fifos: tuple[Fifo, ...]
    ports: dict[str, Port]


def find_top(module: Module, name: str) -> Function:
    """The function called `name`."""
    for function in module.functions.values():
        if demangle_function(function.name) == name:
            return function
    known = ", ".join(sorted(demangle_function(name) for name in module.functions))
    raise HlsError(f"top function {name} is not in the source; functions there: {known}")


def called_functions(module: Module, top: Function) -> list[tuple[Function, Instruction]]:
    """Processes in the order in which the top function calls them."""
    calls = []
    for block in top.blocks:
        for instruction in block.instructions:
            if instruction.opcode == "call" and instruction.callee in module.functions:
                calls.append((module.functions[instruction.callee], instruction))
    return calls


def build_dataflow(
    top: Function,
    processes: dict[str, Process],
    calls: list[tuple[Function, Instruction]],
    locations: Locations,
) -> Dataflow:
    """Join processes by the streams they are called with.

    Raises:
        HlsError: a stream without exactly one writer and one reader, or a function called twice.
    """
    name = demangle_function(top.name)
    if len({function.name for function, _ in calls}) != len(calls):
        raise HlsError(f"{name}: a process function is called twice; write one function per process")
    instances = []
    for function, call in calls:
        process = processes[function.name]
        arguments = [operand.operand for operand in call.operands]
        streams = {
            parameter: argument.name
            for parameter, argument in zip(function.parameters, arguments, strict=True)
            if isinstance(argument, Local)
        }
        instances.append(Instance(process, streams))
    depths = _depths(top)
    ends = _ends(instances)
    outer = {
        stream: found[0] for stream in top.parameters for found in [ends.get(stream, [])] if len(found) == 1
    }
    fifos = [
        _fifo(name, stream, found, depths) for stream, found in ends.items() if stream not in top.parameters
    ]
    return Dataflow(name, locations.function(top.debug), tuple(instances), tuple(fifos), outer)


def _ends(instances: list[Instance]) -> dict[str, list[Port]]:
    ends: dict[str, list[Port]] = {}
    for instance in instances:
        for port in instance.process.ports:
            ends.setdefault(instance.streams[port.name], []).append(port)
    return ends


def _fifo(top: str, stream: str, ends: list[Port], depths: dict[str, int]) -> Fifo:
    if sorted(port.direction for port in ends) != ["in", "out"]:
        raise HlsError(f"{top}: stream {stream} must have one writing and one reading process")
    widths = {port.width for port in ends}
    if len(widths) != 1:
        raise HlsError(f"{top}: both ends of stream {stream} must have the same payload type")
    return Fifo(stream, widths.pop(), depths.get(stream, DEFAULT_DEPTH))


def _depths(top: Function) -> dict[str, int]:
    depths = {}
    for block in top.blocks:
        for instruction in block.instructions:
            if instruction.callee == "asn_stream_depth":
                stream, depth = (operand.operand for operand in instruction.operands)
                if isinstance(stream, Local) and isinstance(depth, Number):
                    depths[stream.name] = depth.value
    return depths
