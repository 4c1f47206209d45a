"""Makes random programs of the subset; every one terminates whatever its input is."""

from __future__ import annotations

import random
from dataclasses import replace

from fuzz.expressions import Array, Variable
from fuzz.head import Head, make_head
from fuzz.layout import LAYOUTS, Place
from fuzz.machines import Machines
from fuzz.program import Function, Line, Port, Program, render_statements, type_name
from fuzz.regressions import random_inputs
from fuzz.widths import Widths, palette_of

_SIZES = (1, 1, 1, 2, 2, 4)  # statements of a process beside those in them


def generate(seed: int, name: str, widths: Widths | None = None) -> Program:
    """The program of a seed, with the widths of the seed's palette unless others are given."""
    rng = random.Random(seed)
    widths = widths or palette_of(seed)
    head = make_head(rng, name, widths)
    (layout,) = rng.choices([places for places, _ in LAYOUTS], [weight for _, weight in LAYOUTS])
    links: dict[str, Port] = {}
    functions = []
    for number, place in enumerate(layout):
        maker = _FunctionMaker(rng, head, widths)
        functions.append(maker.make(f"{name}_{'abcd'[number]}", place, number, links))
        links |= {port.name: port for port in maker.outputs}
    program = Program(name, seed, tuple(functions), head=head.text())
    return replace(program, inputs=random_inputs(program, rng))


class _FunctionMaker(Machines):
    """One process: declarations, reads first, random statements, writes last."""

    def __init__(self, rng: random.Random, head: Head, widths: Widths) -> None:
        super().__init__(rng, head, widths)
        self.widths = widths

    def make(self, name: str, place: Place, number: int, links: dict[str, Port]) -> Function:
        """The process of a place; `links` are the streams that processes before it write."""
        self.inputs = [replace(links[link], direction="in") for link in place.reads]
        self.outputs = [self._link(link) for link in place.writes]
        self._outer_ports(place, number)
        self._declare_variables()
        self._declare_arrays()
        reads = tuple(Line(self.read_text(port), keep=port is self.inputs[0]) for port in self.inputs)
        body = self.body(self.rng.choice(_SIZES), 0)
        final = tuple(Line(self.write_text(port, self._mixed), keep=True) for port in self.outputs)
        statements = (*reads, *body, *final)
        if self.rng.random() < 0.3 and not self._has_loops("\n".join(render_statements(body, 0))):
            statements = (Line(f"HLS_PIPELINE({self.rng.choice([1, 1, 2])})"), *statements)
        return Function(name, (*self.inputs, *self.outputs), self.declarations, statements)

    @staticmethod
    def _has_loops(text: str) -> bool:
        return any(word in text for word in ("for (", "while ("))

    def _mixed(self) -> str:
        return " ^ ".join(variable.name for variable in self.scope.variables)

    # ---- streams ---------------------------------------------------------------------------------------

    def _outer_ports(self, place: Place, number: int) -> None:
        chances = (0.35, 0.15) if place.more_inputs else ()
        if not self.inputs:
            chances = (1, *chances)
        for position, chance in enumerate(chances):
            if self.rng.random() < chance:
                self.inputs.append(self._port("in", f"in{number}{position}"))
        chances = (0.3, 0.1) if place.more_outputs else ()
        if place.ends:
            chances = (1, *chances)
        for position, chance in enumerate(chances):
            if self.rng.random() < chance:
                self.outputs.append(self._port("out", f"out{number}{position}"))

    def _port(self, direction: str, name: str) -> Port:
        return Port(name, direction, self.make_expression.width(), self.rng.random() < 0.4)

    def _link(self, name: str) -> Port:
        port = self._port("out", name)
        if self.head.records and self.rng.random() < 0.7:
            return replace(port, record=self.head.records[0].name)
        return port

    # ---- declarations ----------------------------------------------------------------------------------

    def _declare_variables(self) -> None:
        for number in range(self.rng.randint(2, 5)):
            width, signed = self.make_expression.width(), self.rng.random() < 0.4
            name = f"v{number}"
            static = self.rng.random() < 0.3
            start = "" if static else f" = {self.rng.randint(0, 3)}"
            self.declarations[name] = (
                f"{'static ' if static else ''}{type_name(width, signed)} {name}{start};"
            )
            self.scope.variables.append(Variable(name, width, signed))

    def _declare_arrays(self) -> None:
        for number in range(self.rng.choice([0, 1, 1, 2, 2])):
            kind = self.rng.random()
            if kind < 0.25:
                self._declare_rom(f"rom{number}")
            elif kind < 0.4:
                self._declare_local(f"local{number}")
            else:
                self._declare_ram(f"ram{number}")

    def _declare_ram(self, name: str) -> None:
        width, signed = self.make_expression.width(), self.rng.random() < 0.3
        size, rows = self.rng.choice([2, 4, 8, 12, 16, 100, 128, 256]), self.rng.choice([0, 0, 0, 2, 3])
        dimensions = f"[{rows}][{size}]" if rows else f"[{size}]"
        start = ""
        if not rows and self.rng.random() < 0.2:
            start = f" = {{{', '.join(str(self.rng.randint(0, 1)) for _ in range(min(size, 6)))}}}"
        declared = f"static {type_name(width, signed)} {name}{dimensions}{start};"
        if not rows and size <= 12 and self.rng.random() < 0.3:
            declared += f" HLS_PARTITION({name})"
        self.declarations[name] = declared
        self.scope.arrays.append(Array(name, width, signed, size, True, rows))

    def _declare_local(self, name: str) -> None:
        """An array that begins anew with every run of the process."""
        width, size = self.make_expression.width(), self.rng.choice([2, 4, 8])
        rows = self.rng.choice([0, 0, 2, 3])
        row = f"{{{', '.join(str(self.rng.randint(0, 1)) for _ in range(size))}}}"
        dimensions = f"[{rows}][{size}]" if rows else f"[{size}]"
        words = f"{{{', '.join([row] * rows)}}}" if rows else row
        self.declarations[name] = f"{type_name(width, False)} {name}{dimensions} = {words};"
        self.scope.arrays.append(Array(name, width, False, size, True, rows))

    def _declare_rom(self, name: str) -> None:
        c_type, bits = self.rng.choice(
            [("unsigned char", 8), ("unsigned short", 16), ("unsigned", 32), ("unsigned long long", 64)]
        )
        size, used = self.rng.choice([4, 8, 64, 128]), self.rng.randint(1, bits)
        words = ", ".join(f"{self.rng.getrandbits(used)}ull" for _ in range(size))
        self.declarations[name] = f"static const {c_type} {name}[{size}] = {{{words}}};"
        self.scope.arrays.append(Array(name, bits, False, size, False))
