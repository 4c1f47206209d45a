"""Random statements without loops of one process."""

from __future__ import annotations

import random
from abc import ABC, abstractmethod
from collections.abc import Callable

from fuzz.expressions import Array, Expressions, Scope, Variable
from fuzz.head import Head, Record
from fuzz.program import Group, Line, Port, Statement, type_name
from fuzz.widths import Widths


class Statements(ABC):
    """Statements on the variables, arrays and streams of one process."""

    def __init__(self, rng: random.Random, head: Head, widths: Widths) -> None:
        self.rng = rng
        self.head = head
        self.scope = Scope(helpers=list(head.helpers))
        self.make_expression = Expressions(rng, self.scope, widths)
        self.declarations: dict[str, str] = {}
        self.inputs: list[Port] = []
        self.outputs: list[Port] = []
        self.counters = 0

    @abstractmethod
    def body(self, count: int, nesting: int) -> tuple[Statement, ...]:
        """So many statements inside so many others."""

    def simple(self) -> list[tuple[Callable[[int], Statement], float]]:
        """Makers of statements with the chance of each."""
        return [(self._assign, 8), (self._store, 5), (self._write, 2), (self._read, 1.5), (self._call, 0.8)]

    def branches(self) -> list[tuple[Callable[[int], Statement], float]]:
        """Makers of statements that hold others."""
        return [(self._if, 3), (self._switch, 0.6), (self._return, 0.3)]

    def _target(self) -> Variable:
        return self.rng.choice(self.scope.variables)

    def _text(self) -> str:
        return self.make_expression.expression(self.rng.randint(1, 3)).text

    def _cast(self, width: int, depth: int = 1, signed: bool | None = False) -> str:
        return self.make_expression.cast(self.make_expression.expression(depth), width, signed).text

    # ---- variables and arrays --------------------------------------------------------------------------

    def _assign(self, nesting: int) -> Statement:
        target, kind = self._target(), self.rng.random()
        if kind < 0.15 and target.width > 1:
            low = self.rng.randrange(target.width)
            high = self.rng.randrange(low, target.width)
            width = self.make_expression.width()
            return Line(f"{target.name}.range({high}, {low}) = {type_name(width, False)}({self._text()});")
        if kind < 0.25:
            bits = target.width.bit_length() - 1
            index = self._cast(self.make_expression.up_to(bits)) if bits else "0"
            return Line(f"{target.name}[int({index})] = {self.make_expression.condition(1)};")
        if kind < 0.35:
            return Line(f"{target.name} {self.rng.choice(['+=', '-=', '^=', '|=', '&='])} {self._text()};")
        if kind < 0.4:
            return Line(f"{target.name}{self.rng.choice(['++', '--'])};")
        return Line(f"{target.name} = {self._text()};")

    def _store(self, nesting: int) -> Statement:
        arrays = [array for array in self.scope.arrays if array.writable]
        if not arrays:
            return self._assign(nesting)
        array: Array = self.rng.choice(arrays)
        value = self._cast(array.width, 2, array.signed)
        if self.rng.random() < 0.3:
            element = self.make_expression.element(array, 0)
            return Line(f"{element} = {element} + {value};")
        return Line(f"{self.make_expression.element(array, 1)} = {value};")

    def _call(self, nesting: int) -> Statement:
        """A function that changes a variable through its reference."""
        if not self.head.helpers:
            return self._assign(nesting)
        value = self._cast(self.make_expression.width(), 1, None)
        return Line(f"{self.head.prefix}_follow({self._target().name}, {value});")

    # ---- streams ---------------------------------------------------------------------------------------

    def read_text(self, port: Port) -> str:
        """A read into one variable, or of a struct into several."""
        record = self._record(port)
        if record is None:
            return f"{self._target().name} = {port.name}.read();"
        parts = [f"const {record.name} packet = {port.name}.read();"]
        for field in record.fields:
            place = f"[{self.rng.randrange(field.count)}]" if field.count else ""
            parts.append(f"{self._target().name} = packet.{field.name}{place};")
        return f"{{ {' '.join(parts)} }}"

    def write_text(self, port: Port, values: Callable[[], str]) -> str:
        """A write of what `values` gives: one value, or one for each integer of a struct."""
        record = self._record(port)
        if record is None:
            return f"{port.name}.write({port.c_type}({values()}));"
        parts = [f"{record.name} packet;"]
        for field in record.fields:
            places = [f"[{i}]" for i in range(field.count)] or [""]
            parts += [f"packet.{field.name}{place} = {values()};" for place in places]
        return f"{{ {' '.join(parts)} {port.name}.write(packet); }}"

    def _record(self, port: Port) -> Record | None:
        return next((record for record in self.head.records if record.name == port.record), None)

    def _read(self, nesting: int) -> Statement:
        return Line(self.read_text(self.rng.choice(self.inputs)))

    def _write(self, nesting: int) -> Statement:
        return Line(self.write_text(self.rng.choice(self.outputs), self._text))

    def _if(self, nesting: int) -> Statement:
        condition = self.make_expression.condition(1)
        body = self.body(self.rng.randint(1, 3), nesting + 1)
        otherwise = self.body(self.rng.randint(1, 2), nesting + 1) if self.rng.random() < 0.4 else ()
        return Group(f"if ({condition})", body, otherwise)

    def _return(self, nesting: int) -> Statement:
        return Group(f"if ({self.make_expression.condition(1)})", (Line("return;"),))

    def _switch(self, nesting: int) -> Statement:
        """Some of four cases, which may fall through, and a default."""
        cases: list[Statement] = []
        for number in sorted(self.rng.sample(range(4), self.rng.randint(1, 3))):
            cases += [Line(f"case {number}:", keep=True), Group("", self.body(1, nesting + 1))]
            if self.rng.random() < 0.8:
                cases.append(Line("break;"))
        cases += [Line("default:", keep=True), Group("", self.body(1, nesting + 1))]
        return Group(f"switch (int({self._cast(self.make_expression.up_to(2))}))", tuple(cases))
