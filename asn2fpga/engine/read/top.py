"""The top function: which processes there are and which streams join them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from asn2fpga.engine.analysis.guards import ASKS
from asn2fpga.engine.clang.demangle import demangle_function
from asn2fpga.engine.clang.locations import Locations
from asn2fpga.engine.clang.syntax import Function, Instruction, IntType, Module, Number, size_of
from asn2fpga.engine.ir.dataflow import DEFAULT_DEPTH, Dataflow, Fifo, Instance
from asn2fpga.engine.ir.names import Names, is_reserved
from asn2fpga.engine.ir.process import Port, Process
from asn2fpga.engine.read.calls import calls_of, is_recursive
from asn2fpga.engine.read.joints import Joint, Joints
from asn2fpga.errors import HlsError


def find_top(module: Module, name: str) -> Function:
    """The function called `name`.

    Raises:
        HlsError: there is none, or SystemVerilog keeps the name for itself.
    """
    if is_reserved(name):
        raise HlsError(
            f"{name}: the top function must not have a word of SystemVerilog as its name; rename it"
        )
    found = [function for function in module.functions.values() if demangle_function(function.name) == name]
    if found:
        return min(found, key=lambda function: function.name.startswith("_ZN"))  # not that of a namespace
    known = ", ".join(sorted(demangle_function(name) for name in module.functions))
    there = f"one of {known}" if known else "in the source, which has none that is not static or inline"
    raise HlsError(f"{name}: the top function must be {there}, not '{name}'")


@dataclass(frozen=True)
class Call:
    """A process function and what the top function calls it with: its streams and values, and constants."""

    function: Function
    arguments: tuple[Joint, ...]
    constants: dict[str, int] = field(default_factory=dict)


def find_calls(module: Module, top: Function, locations: Locations) -> list[Call]:
    """Processes in the order in which the top function calls them; the top function itself if it calls none.

    Raises:
        HlsError: a top function that calls processes and computes something itself; one that returns a value.
    """
    instructions = [instruction for block in top.blocks for instruction in block.instructions]
    for call in calls_of(top):
        if is_recursive(module, call.callee):
            place = locations.of(call.debug) or locations.function(top.debug)
            raise HlsError(
                f"{place}: {demangle_function(call.callee)} calls itself, and recursion cannot become "
                "hardware; write a loop"
            )
    joints = Joints(top)
    calls = [
        _call(module.functions[instruction.callee], instruction, joints)
        for instruction in instructions
        if instruction.opcode == "call" and instruction.callee in module.functions
    ]
    for function in (top, *(call.function for call in calls)):
        if not function.is_void:
            raise HlsError(
                f"{locations.function(function.debug)}: {demangle_function(function.name)} must return void, "
                "not a value; write what it finds to a stream"
            )
    if not calls:
        return [Call(top, tuple(map(Joint, top.parameters)))]
    for instruction in instructions:
        if instruction.opcode in ("load", "store") or len(top.blocks) > 1:
            place = locations.of(instruction.debug) or demangle_function(top.name)
            raise HlsError(
                f"{place}: the top function must call processes or do the work itself, not both; "
                "move this into a process"
            )
    return calls


def _call(function: Function, instruction: Instruction, joints: Joints) -> Call:
    operands = [operand.operand for operand in instruction.operands]
    named = zip(function.parameters, operands, strict=True)
    constants = {name: operand.value for name, operand in named if isinstance(operand, Number)}
    return Call(function, tuple(map(joints.of, operands)), constants)


def wants_handshake(top: Function) -> bool:
    """Whether the top function says HLS_CONTROL_HANDSHAKE."""
    return any(
        instruction.callee == "asn_control_handshake"
        for block in top.blocks
        for instruction in block.instructions
    )


def build_dataflow(
    top: Function,
    processes: dict[str, Process],
    calls: list[Call],
    locations: Locations,
) -> Dataflow:
    """Join processes by the streams they are called with.

    Raises:
        HlsError: a stream without exactly one writer and one reader, or a function with static variables
            that is called twice.
    """
    name, location = demangle_function(top.name), locations.function(top.debug)
    joints = Joints(top)
    instances = _instances(processes, calls, joints)
    _check_copies(name, instances)
    depths, ends = _Depths(top, joints, locations), _ends(instances)
    bases = {
        joints.name(place): place for call in calls for place in _places(processes, call, joints).values()
    }
    fifos = [
        _fifo(name, stream, found, depths.of(bases[stream], found[0]))
        for stream, found in ends.items()
        if bases[stream][0] not in top.parameters
    ]
    _check_parameters(top, location, {base for base, _ in bases.values()})
    outer = sorted((top.parameters.index(base), element, stream)
                   for stream, (base, element) in bases.items() if base in top.parameters)  # fmt: skip
    ports = {stream: _end(name, stream, ends[stream]) for _, _, stream in outer}
    buffers = {
        stream: Fifo(f"{stream}_buffer", port.width, DEFAULT_DEPTH)
        for stream, port in ports.items()
        if port.direction == "out" and _asks_for_room(instances, stream)
    }
    return Dataflow(name, location, tuple(instances), tuple(fifos), ports, wants_handshake(top), buffers)


def _check_parameters(top: Function, location: str, used: set[str]) -> None:
    for parameter in top.parameters:
        if parameter not in used:
            is_value = isinstance(top.types[parameter], IntType) or parameter in top.copied
            what = f"{'argument' if is_value else 'stream'} {parameter} of the top function"
            how = "used" if is_value else "read or written"
            raise HlsError(f"{location}: {what} must be {how}, not left alone; remove it")


def _asks_for_room(instances: list[Instance], stream: str) -> bool:
    """Whether a process looks whether it could write to a stream."""
    return any(
        op.kind == ASKS and instance.streams.get(op.target) == stream
        for instance in instances
        for op in instance.process.ops.values()
    )


def _instances(processes: dict[str, Process], calls: list[Call], joints: Joints) -> list[Instance]:
    names = Names()
    places = [_places(processes, call, joints) for call in calls]  # all, before any gets its name
    return [
        Instance(
            names.unique(f"u_{processes[call.function.name].name}"),
            processes[call.function.name],
            {port: joints.name(place) for port, place in found.items()},
            _constants(processes[call.function.name], call),
        )
        for call, found in zip(calls, places, strict=True)
    ]


def _places(processes: dict[str, Process], call: Call, joints: Joints) -> dict[str, tuple[str, int]]:
    """Port of a process -> variable and element of the stream, or value, at it."""
    arguments = dict(zip(call.function.parameters, call.arguments, strict=True))
    process = processes[call.function.name]
    constants, places = _constants(process, call), {}
    for port in (port for port in process.ports if port.parameter and port.name not in constants):
        if port.is_value and not arguments[port.parameter].base:
            raise HlsError(
                f"{process.location}: the argument {port.parameter} must be an argument of the top function "
                "or a constant, not computed there; compute it in a process"
            )
        places[port.name] = joints.place(arguments[port.parameter], port)
    return places


def _constants(process: Process, call: Call) -> dict[str, int]:
    return {
        port.name: call.constants[port.parameter] & ((1 << port.width) - 1)
        for port in process.ports
        if port.is_value and port.parameter in call.constants
    }


def _check_copies(top: str, instances: list[Instance]) -> None:
    """Copies of a process share nothing, so C++ must share nothing between its calls either."""
    called = Counter(instance.process.name for instance in instances)
    for instance in instances:
        shared = [memory.c_name for memory in instance.process.memories if memory.static and memory.writable]
        if called[instance.process.name] > 1 and shared:
            raise HlsError(
                f"{top}: process {instance.process.name} must have no static variable ({shared[0]}) to be "
                "called twice; write one function per call"
            )


@dataclass(frozen=True)
class StaticVariable:
    """One that keeps its words: who uses it, and where first."""

    base: str
    c_name: str
    writable: bool
    process: str
    location: str


def variables_of(process: Process) -> tuple[StaticVariable, ...]:
    """The static variables of a process that has just been read."""
    found = {memory.base: memory for memory in process.memories if memory.static}
    places = {op.target: op.location for op in reversed(process.ops.values()) if op.location}
    return tuple(
        StaticVariable(
            base, memory.c_name, memory.writable, process.name, places.get(memory.name, process.location)
        )
        for base, memory in found.items()
    )


def check_variables(variables: Iterable[StaticVariable]) -> None:
    """Processes share nothing but streams.

    Raises:
        HlsError: a variable that one process writes and another one uses.
    """
    users: dict[str, list[StaticVariable]] = {}
    for variable in variables:
        users.setdefault(variable.base, []).append(variable)
    for found in users.values():
        if len(found) > 1 and any(variable.writable for variable in found):
            first, second = found[:2]
            raise HlsError(
                f"{second.location}: {second.c_name} must be used by one process, not by "
                f"{first.process} and {second.process}; send what it holds as words of a stream"
            )


def _ends(instances: list[Instance]) -> dict[str, list[Port]]:
    ends: dict[str, list[Port]] = {}
    for instance in instances:
        for port in instance.process.ports:
            if port.name in instance.streams:
                ends.setdefault(instance.streams[port.name], []).append(port)
    return ends


def _end(top: str, stream: str, ends: list[Port]) -> Port:
    if len(ends) > 1 and not ends[0].is_value:
        raise HlsError(f"{top}: stream {stream} of the top function must be used by one process, not more")
    return ends[0]


def _fifo(top: str, stream: str, ends: list[Port], asked: int) -> Fifo:
    if sorted(port.direction for port in ends) != ["in", "out"]:
        raise HlsError(f"{top}: stream {stream} must have one writing and one reading process")
    widths = {port.width for port in ends}
    if len(widths) != 1:
        raise HlsError(f"{top}: both ends of stream {stream} must have the same payload type")
    by_type = max(port.depth for port in ends) or DEFAULT_DEPTH
    return Fifo(stream, widths.pop(), asked or by_type)


class _Depths:
    """What is said of the depths of the top function's streams."""

    def __init__(self, top: Function, joints: Joints, locations: Locations) -> None:
        self._said: dict[tuple[str, int], int] = {}
        for block in top.blocks:
            for instruction in block.instructions:
                if instruction.callee == "asn_stream_depth":
                    stream, depth = (operand.operand for operand in instruction.operands)
                    number = depth.value if isinstance(depth, Number) else 0
                    if number < 1:
                        place = locations.of(instruction.debug) or locations.function(top.debug)
                        raise HlsError(
                            f"{place}: the depth of a stream must be a constant of 1 or more; "
                            f"{DEFAULT_DEPTH} words let both of its processes run side by side"
                        )
                    joint = joints.of(stream)
                    self._said[joint.base, joint.offset] = number

    def of(self, place: tuple[str, int], port: Port) -> int:
        """The depth said of a stream, or of the whole array it is in; 0 if none is."""
        base, element = place
        whole = self._said.get((base, 0), 0)
        return self._said.get((base, element * size_of(IntType(port.width))), whole)
