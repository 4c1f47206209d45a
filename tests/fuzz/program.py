"""Random programs as data: statements that can be dropped one by one, and their C++ text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class Line:
    """One C++ statement. `keep`: the program would not end, or have no result, without it."""

    text: str
    keep: bool = False


@dataclass(frozen=True)
class Group:
    """A loop, or one branch of an `if`: `head { body }`; dropped as a whole, or with its body thinned."""

    head: str
    body: tuple[Statement, ...]
    otherwise: tuple[Statement, ...] = ()  # of an if
    tail: str = ""  # of a do loop


Statement = Line | Group


@dataclass(frozen=True)
class Port:
    """A stream parameter of a process or of the top function."""

    name: str
    direction: str  # in | out
    width: int
    signed: bool
    record: str = ""  # a struct of the program's head instead of an integer, between processes only

    @property
    def c_type(self) -> str:
        """Payload type."""
        return self.record or type_name(self.width, self.signed)


@dataclass(frozen=True)
class Function:
    """One process: its streams, its declarations (name -> line), its statements."""

    name: str
    ports: tuple[Port, ...]
    declarations: dict[str, str]
    body: tuple[Statement, ...]


@dataclass(frozen=True)
class Program:
    """Processes in order of the data flow; streams of equal name are joined, the others are the top's."""

    name: str
    seed: int
    functions: tuple[Function, ...]
    inputs: dict[str, list[int]] = field(default_factory=dict)  # words sent into each input stream
    head: str = ""  # structs and functions in front of the processes
    source: str = ""  # C++ that somebody wrote, with a top function that is called like the program
    values: dict[str, tuple[int, int]] = field(default_factory=dict)  # last arguments: bits, value
    includes: tuple[str, ...] = ()  # headers beside those of integers and streams

    @property
    def top(self) -> str:
        """Name of the top function."""
        return self.name if self.source else f"{self.name}_top"

    def inner(self) -> list[Port]:
        """Streams between processes."""
        written = {port.name for port in self._all() if port.direction == "out"}
        return [port for port in self._all() if port.direction == "in" and port.name in written]

    def outer(self) -> list[Port]:
        """Streams of the top function."""
        inner = {port.name for port in self.inner()}
        return [port for port in self._all() if port.name not in inner]

    def _all(self) -> list[Port]:
        return [port for function in self.functions for port in function.ports]

    def renamed(self, name: str) -> Program:
        """The same program under another name."""

        def rename(text: str) -> str:
            return re.sub(rf"\b{self.name}_", f"{name}_", text)

        functions = tuple(
            Function(
                f"{name}_{function.name.rpartition('_')[2]}",
                tuple(replace(port, record=rename(port.record)) for port in function.ports),
                {key: rename(line) for key, line in function.declarations.items()},
                _mapped(function.body, rename),
            )
            for function in self.functions
        )
        return replace(self, name=name, functions=functions, head=rename(self.head))


def _mapped(statements: tuple[Statement, ...], change: Callable[[str], str]) -> tuple[Statement, ...]:
    """Statements with every text changed."""
    return tuple(
        replace(statement, text=change(statement.text))
        if isinstance(statement, Line)
        else Group(
            change(statement.head),
            _mapped(statement.body, change),
            _mapped(statement.otherwise, change),
            change(statement.tail),
        )
        for statement in statements
    )


def type_name(width: int, signed: bool) -> str:
    """ap_int<W> or ap_uint<W>."""
    return f"ap_{'int' if signed else 'uint'}<{width}>"


def render(program: Program, with_top: bool = True) -> str:
    """C++ of the processes and of the top function."""
    if program.source:
        return program.source
    lines = [line for function in program.functions for line in _function(function)]
    return "\n".join([program.head, *lines, *(_top(program) if with_top else ()), ""])


def _parameters(ports: list[Port] | tuple[Port, ...]) -> str:
    return ", ".join(f"hls::stream<{port.c_type} >& {port.name}" for port in ports)


def _function(function: Function) -> Iterator[str]:
    body = list(render_statements(function.body, 1))
    used = set(re.findall(r"\w+", " ".join(body)))
    yield f"HLS_PROCESS void {function.name}({_parameters(function.ports)}) {{"
    yield from (f"  {line}" for name, line in function.declarations.items() if name in used)
    yield from body
    yield "}"


def render_statements(statements: tuple[Statement, ...], level: int) -> Iterator[str]:
    """Lines of C++, indented by so many levels."""
    indent = "  " * level
    for statement in statements:
        if isinstance(statement, Line):
            yield indent + statement.text
            continue
        yield f"{indent}{statement.head} {{"
        yield from render_statements(statement.body, level + 1)
        if statement.otherwise:
            yield f"{indent}}} else {{"
            yield from render_statements(statement.otherwise, level + 1)
        yield f"{indent}}} {statement.tail}".rstrip()


def _top(program: Program) -> Iterator[str]:
    yield f"void {program.top}({_parameters(program.outer())}) {{"
    yield "  HLS_DATAFLOW"
    for port in program.inner():
        yield f"  HLS_STREAM(hls::stream<{port.c_type} >, {port.name}, 4)"
    for function in program.functions:
        yield f"  {function.name}({', '.join(port.name for port in function.ports)});"
    yield "}"


def thinner(statements: tuple[Statement, ...]) -> Iterator[tuple[Statement, ...]]:
    """All versions of a list of statements with one of them dropped or replaced by something smaller."""
    for position, statement in enumerate(statements):
        before, after = statements[:position], statements[position + 1 :]
        if not isinstance(statement, Line) or not statement.keep:
            yield before + after
        if isinstance(statement, Group):
            if statement.head.startswith("if"):
                yield before + statement.body + after
                yield before + statement.otherwise + after
            for body in thinner(statement.body):
                yield (*before, replace(statement, body=body), *after)
            for otherwise in thinner(statement.otherwise):
                yield (*before, replace(statement, otherwise=otherwise), *after)


def smaller(program: Program) -> Iterator[Program]:
    """All versions of a program with one statement less."""
    for position, function in enumerate(program.functions):
        for body in thinner(function.body):
            functions = list(program.functions)
            functions[position] = replace(function, body=body)
            yield replace(program, functions=tuple(functions))
