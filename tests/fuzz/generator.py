"""Makes random programs of the subset; every one terminates whatever its input is."""

from __future__ import annotations

import random

from fuzz.expressions import Array, Counter, Expressions, Scope, Variable
from fuzz.program import Function, Group, Line, Port, Program, Statement, type_name
from fuzz.regressions import random_inputs
from fuzz.widths import Widths, palette_of

MAX_NESTING = 3


def generate(seed: int, name: str, widths: Widths | None = None) -> Program:
    """The program of a seed, with the widths of the seed's palette unless others are given."""
    rng = random.Random(seed)
    widths = widths or palette_of(seed)
    count = rng.choice([1, 1, 1, 2])
    functions, link = [], None
    for position in range(count):
        last = position == count - 1
        maker = _FunctionMaker(rng, f"{name}_{'ab'[position]}", position, link, last, widths)
        functions.append(maker.make())
        link = maker.link
    program = Program(name, seed, tuple(functions))
    return Program(name, seed, tuple(functions), random_inputs(program, rng))


class _FunctionMaker:
    def __init__(
        self, rng: random.Random, name: str, position: int, link: Port | None, last: bool, widths: Widths
    ) -> None:
        self.rng = rng
        self.name = name
        self.position = position
        self.scope = Scope()
        self.make_expression = Expressions(rng, self.scope, widths)
        self.declarations: dict[str, str] = {}
        self.inputs = [Port(link.name, "in", link.width, link.signed)] if link else [self._port("in", 0)]
        self.outputs = [self._port("out", 0)]
        self.link = None if last else self.outputs[0]
        if rng.random() < 0.4:
            self.inputs.append(self._port("in", 1))
        if last and rng.random() < 0.3:
            self.outputs.append(self._port("out", 1))
        self.cost = 1  # iterations of the loops around
        self.counters = 0
        self.pipelined = False

    def _port(self, direction: str, number: int) -> Port:
        name = f"{direction}{self.position}{number}"
        return Port(name, direction, self.make_expression.width(), self.rng.random() < 0.4)

    def make(self) -> Function:
        """The whole function: reads first, writes last, random statements between."""
        self._declare_variables()
        self._declare_arrays()
        reads = tuple(Line(self._read_text(port), keep=port is self.inputs[0]) for port in self.inputs)
        body = self._body(self.rng.choice([1, 1, 2, 2, 3, 6]), 0)
        final = tuple(Line(self._final_write(port), keep=True) for port in self.outputs)
        ports = (*self.inputs, *self.outputs)
        return Function(self.name, ports, self.declarations, (*reads, *body, *final))

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
            if self.rng.random() < 0.25:
                self._declare_rom(f"rom{number}")
                continue
            width, signed = self.make_expression.width(), self.rng.random() < 0.3
            size, rows = self.rng.choice([2, 4, 8, 16, 128, 256]), self.rng.choice([0, 0, 0, 2, 3])
            name = f"ram{number}"
            dimensions = f"[{rows}][{size}]" if rows else f"[{size}]"
            self.declarations[name] = f"static {type_name(width, signed)} {name}{dimensions};"
            self.scope.arrays.append(Array(name, width, signed, size, True, rows))

    def _declare_rom(self, name: str) -> None:
        c_type, bits = self.rng.choice(
            [("unsigned char", 8), ("unsigned short", 16), ("unsigned", 32), ("unsigned long long", 64)]
        )
        size, used = self.rng.choice([4, 8, 64, 128]), self.rng.randint(1, bits)
        words = ", ".join(f"{self.rng.getrandbits(used)}ull" for _ in range(size))
        self.declarations[name] = f"static const {c_type} {name}[{size}] = {{{words}}};"
        self.scope.arrays.append(Array(name, bits, False, size, False))

    # ---- statements ------------------------------------------------------------------------------------

    def _body(self, count: int, nesting: int) -> tuple[Statement, ...]:
        return tuple(self._statement(nesting) for _ in range(count))

    def _statement(self, nesting: int) -> Statement:
        kinds = [(self._assign, 8), (self._store, 5), (self._write, 2), (self._read, 1.5)]
        if nesting < MAX_NESTING:
            kinds += [
                (self._if, 3),
                (self._counted, 2),
                (self._while, 1.5),
                (self._unrolled, 1),
                (self._ring, 0.7),
                (self._histogram, 0.7),
            ]
        makers, weights = zip(*kinds, strict=True)
        return self.rng.choices(makers, weights)[0](nesting)

    def _target(self) -> Variable:
        return self.rng.choice(self.scope.variables)

    def _text(self) -> str:
        return self.make_expression.expression(self.rng.randint(1, 3)).text

    def _assign(self, nesting: int) -> Statement:
        target, kind = self._target(), self.rng.random()
        if kind < 0.15 and target.width > 1:
            low = self.rng.randrange(target.width)
            high = self.rng.randrange(low, target.width)
            width = self.make_expression.width()
            return Line(f"{target.name}.range({high}, {low}) = {type_name(width, False)}({self._text()});")
        if kind < 0.25:
            bits = target.width.bit_length() - 1
            index = (
                self.make_expression.cast(
                    self.make_expression.expression(1), self.make_expression.up_to(bits), False
                ).text
                if bits
                else "0"
            )
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
        array = self.rng.choice(arrays)
        value = self.make_expression.cast(self.make_expression.expression(2), array.width, array.signed).text
        if self.rng.random() < 0.3:
            element = self.make_expression.element(array, 0)
            return Line(f"{element} = {element} + {value};")
        return Line(f"{self.make_expression.element(array, 1)} = {value};")

    def _read_text(self, port: Port) -> str:
        return f"{self._target().name} = {port.name}.read();"

    def _read(self, nesting: int) -> Statement:
        return Line(self._read_text(self.rng.choice(self.inputs)))

    def _write(self, nesting: int) -> Statement:
        port = self.rng.choice(self.outputs)
        return Line(f"{port.name}.write({port.c_type}({self._text()}));")

    def _final_write(self, port: Port) -> str:
        mixed = " ^ ".join(variable.name for variable in self.scope.variables)
        return f"{port.name}.write({port.c_type}({mixed}));"

    def _if(self, nesting: int) -> Statement:
        condition = self.make_expression.condition(1)
        body = self._body(self.rng.randint(1, 3), nesting + 1)
        otherwise = self._body(self.rng.randint(1, 2), nesting + 1) if self.rng.random() < 0.4 else ()
        return Group(f"if ({condition})", body, otherwise)

    # ---- loops -----------------------------------------------------------------------------------------

    def _counter_name(self) -> str:
        self.counters += 1
        return f"i{self.counters}"

    def _inside(self, counter: Counter, turns: int, count: int, nesting: int) -> tuple[Statement, ...]:
        """Statements of a loop's body; too deep or costly bodies hold no further loops."""
        self.scope.counters.append(counter)
        self.cost *= max(1, turns)
        deeper = nesting + 1 if self.cost < 60 else MAX_NESTING
        body = self._body(count, deeper)
        self.cost //= max(1, turns)
        self.scope.counters.remove(counter)
        return body

    def _pipeline(self) -> tuple[Statement, ...]:
        if self.rng.random() < 0.5:
            return ()
        arrays = [array for array in self.scope.arrays if array.writable and self.rng.random() < 0.15]
        bypasses = tuple(Line(f"HLS_BYPASS({array.name})") for array in arrays)
        return (Line(f"HLS_PIPELINE({self.rng.choice([1, 1, 1, 2, 3])})"), *bypasses)

    def _counted(self, nesting: int) -> Statement:
        name, turns = self._counter_name(), self.rng.choice([0, 1, 2, 3, 4, 5, 8, 12])
        low = self.rng.choice([0, 0, 0, 1, -2])
        step = self.rng.choice([1, 1, 1, 2])
        head = f"for (int {name} = {low}; {name} < {low + turns}; {name} += {step})"
        high = low + max(0, turns - 1)
        kind = self.rng.random()
        if kind < 0.2:
            head = f"for (int {name} = {low + turns - 1}; {name} >= {low}; {name}--)"
        elif kind < 0.5:
            low, high, turns = 0, 7, 7
            bound = self.make_expression.cast(
                self.make_expression.expression(1), self.make_expression.up_to(3), False
            ).text
            head = f"for (int {name} = 0; {name} < {bound}; {name}++)"
        counter = Counter(name, low, high)
        body = self._inside(counter, turns, self.rng.randint(1, 4), nesting)
        if self.rng.random() < 0.2:
            body = (*body, Group(f"if ({self.make_expression.condition(1)})", (Line("break;", keep=True),)))
            body += self._inside(counter, turns, 1, nesting)
        return Group(head, (*self._pipeline(), *body))

    def _while(self, nesting: int) -> Statement:
        """while (true) with one or two breaks, one of them a counter's."""
        name, turns = self._counter_name(), self.rng.randint(1, 9)
        counter = Counter(name, 0, turns)
        before = self._inside(counter, turns, self.rng.randint(0, 2), nesting)
        after = self._inside(counter, turns, self.rng.randint(0, 3), nesting)
        stop = Group(f"if ({self.make_expression.condition(1)})", (Line("break;", keep=True),))
        end = Line(f"if ({name} >= {turns}) break;", keep=True)
        step = Line(f"{name} = {name} + 1;", keep=True)
        self.declarations[name] = f"int {name} = 0;"
        loop = Group("while (true)", (*self._pipeline(), *before, end, stop, *after, step))
        return Group("if (true)", (Line(f"{name} = 0;", keep=True), loop))

    def _unrolled(self, nesting: int) -> Statement:
        name, turns = self._counter_name(), self.rng.randint(1, 4)
        self.scope.counters.append(Counter(name, 0, turns - 1, unrolled=True))
        body = tuple(
            self.rng.choice([self._assign, self._store, self._assign, self._write])(nesting)
            for _ in range(self.rng.randint(1, 2))
        )
        self.scope.counters.pop()
        return Group(f"HLS_UNROLL_BEFORE for (int {name} = 0; {name} < {turns}; {name}++)",
                     (Line("HLS_UNROLL_INSIDE"), *body))  # fmt: skip

    def _ring(self, nesting: int) -> Statement:
        """A sum per word of an array walked round and round, with its dependence distance declared."""
        words = self.rng.randint(4, 9)
        size = 16 if self.rng.random() < 0.6 else 128
        width, number = self.make_expression.width(), self._counter_name()
        ring, place = f"ring{number}", f"at{number}"
        self.declarations[ring] = f"static {type_name(width, False)} {ring}[{size}];"
        self.declarations[place] = f"ap_uint<4> {place} = 0;"
        body = (
            Line("HLS_PIPELINE(1)"),
            Line(f"HLS_DEPENDENCE_DISTANCE({ring}, {words})"),
            *(self._read(nesting) for _ in range(self.rng.randint(0, 1))),
            Line(f"{ring}[{place}] = {ring}[{place}] + {self._text()};"),
            Line(f"{place} = {place} == {words - 1} ? ap_uint<4>(0) : ap_uint<4>({place} + 1);", keep=True),
            *(self._write(nesting) for _ in range(self.rng.randint(0, 1))),
        )
        return Group(f"for (int {number} = 0; {number} < {self.rng.randint(1, 30)}; {number}++)", body)

    def _histogram(self, nesting: int) -> Statement:
        """Counts of few keys in a bypassed array: an iteration often meets what the last one stores."""
        key_bits, name = self.rng.choice([1, 2, 4]), self._counter_name()
        size, width = self.rng.choice([16, 128]), self.make_expression.width()
        self.declarations[f"bins{name}"] = f"static {type_name(width, False)} bins{name}[{size}];"
        key = self.make_expression.cast(self.make_expression.expression(2), key_bits, False).text
        bin_ = f"bins{name}[{key}]"
        count: Statement = Line(f"{bin_} = {bin_} + {self._text()};")
        if self.rng.random() < 0.4:
            count = Group(f"if ({self.make_expression.condition(1)})", (count,))
        body = (
            Line("HLS_PIPELINE(1)"),
            Line(f"HLS_BYPASS(bins{name})"),
            self._read(nesting),
            count,
            *(self._assign(nesting) for _ in range(self.rng.randint(0, 1))),
            *(self._write(nesting) for _ in range(self.rng.randint(0, 1))),
        )
        loop = Group(f"for (int {name} = 0; {name} < {self.rng.randint(1, 30)}; {name}++)", body)
        return Group("if (true)", (loop, Line(f"{self._target().name} = {bin_};")))
