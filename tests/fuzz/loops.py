"""Random loops of one process; each ends whatever the input is."""

from __future__ import annotations

import random
from collections.abc import Callable

from fuzz.expressions import Counter
from fuzz.head import Head
from fuzz.program import Group, Line, Statement, type_name
from fuzz.statements import Statements
from fuzz.widths import Widths

MAX_NESTING, MAX_COST = 3, 60


class Loops(Statements):
    """Statements and loops; too deep or costly bodies hold no further loops."""

    def __init__(self, rng: random.Random, head: Head, widths: Widths) -> None:
        super().__init__(rng, head, widths)
        self.cost = 1  # iterations of the loops around

    def body(self, count: int, nesting: int) -> tuple[Statement, ...]:
        """So many statements inside so many others."""
        return tuple(self._statement(nesting) for _ in range(count))

    def _statement(self, nesting: int) -> Statement:
        kinds = self.simple()
        if nesting < MAX_NESTING:
            kinds += [*self.branches(), *self._loops()]
        makers, weights = zip(*kinds, strict=True)
        return self.rng.choices(makers, weights)[0](nesting)

    def _loops(self) -> list[tuple[Callable[[int], Statement], float]]:
        return [(self._counted, 2), (self._while, 1.5), (self._do_while, 0.5), (self._unrolled, 1),
                (self._ring, 0.6), (self._histogram, 0.6), (self._independent, 0.4)]  # fmt: skip

    def _counter_name(self) -> str:
        self.counters += 1
        return f"i{self.counters}"

    def _inside(self, counter: Counter, turns: int, count: int, nesting: int) -> tuple[Statement, ...]:
        """Statements of a loop's body."""
        self.scope.counters.append(counter)
        self.cost *= max(1, turns)
        deeper = nesting + 1 if self.cost < MAX_COST else MAX_NESTING
        body = self.body(count, deeper)
        self.cost //= max(1, turns)
        self.scope.counters.remove(counter)
        return body

    def _pipeline(self) -> tuple[Statement, ...]:
        if self.rng.random() < 0.5:
            return ()
        arrays = [array for array in self.scope.arrays if array.writable and self.rng.random() < 0.15]
        bypasses = tuple(Line(f"HLS_BYPASS({array.name})") for array in arrays)
        return (Line(f"HLS_PIPELINE({self.rng.choice([1, 1, 1, 2, 3])})"), *bypasses)

    def _leave(self, how: str) -> Statement:
        return Group(f"if ({self.make_expression.condition(1)})", (Line(f"{how};", keep=True),))

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
            bound = self._cast(self.make_expression.up_to(3))
            head = f"for (int {name} = 0; {name} < {bound}; {name}++)"
        counter = Counter(name, low, high)
        body = self._inside(counter, turns, self.rng.randint(1, 4), nesting)
        if self.rng.random() < 0.25:
            body = (*body, self._leave(self.rng.choice(["break", "break", "continue"])))
            body += self._inside(counter, turns, 1, nesting)
        return Group(head, (*self._pipeline(), *body))

    def _while(self, nesting: int) -> Statement:
        """while (true) with one or two breaks, one of them a counter's."""
        name, turns = self._counter_name(), self.rng.randint(1, 9)
        counter = Counter(name, 0, turns)
        before = self._inside(counter, turns, self.rng.randint(0, 2), nesting)
        after = self._inside(counter, turns, self.rng.randint(0, 3), nesting)
        end = Line(f"if ({name} >= {turns}) break;", keep=True)
        step = Line(f"{name} = {name} + 1;", keep=True)
        self.declarations[name] = f"int {name} = 0;"
        body = (*self._pipeline(), *before, end, self._leave("break"), *after, step)
        return Group("if (true)", (Line(f"{name} = 0;", keep=True), Group("while (true)", body)))

    def _do_while(self, nesting: int) -> Statement:
        name, turns = self._counter_name(), self.rng.randint(1, 9)
        body = self._inside(Counter(name, 0, turns), turns, self.rng.randint(1, 3), nesting)
        self.declarations[name] = f"int {name} = 0;"
        step = Line(f"{name} = {name} + 1;", keep=True)
        again = f"while ({name} < {turns} && {self.make_expression.condition(1)});"
        loop = Group("do", (*self._pipeline(), *body, step), tail=again)
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

    # ---- loops on arrays of their own, with what directives promise about them ---------------------------

    def _turns(self, name: str, limit: int = 30) -> str:
        return f"for (int {name} = 0; {name} < {self.rng.randint(1, limit)}; {name}++)"

    def _at_most_one(self, maker: Callable[[int], Statement], nesting: int) -> tuple[Statement, ...]:
        return tuple(maker(nesting) for _ in range(self.rng.randint(0, 1)))

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
            *self._at_most_one(self._read, nesting),
            Line(f"{ring}[{place}] = {ring}[{place}] + {self._text()};"),
            Line(f"{place} = {place} == {words - 1} ? ap_uint<4>(0) : ap_uint<4>({place} + 1);", keep=True),
            *self._at_most_one(self._write, nesting),
        )
        return Group(self._turns(number), body)

    def _independent(self, nesting: int) -> Statement:
        """No two iterations touch the same word."""
        name, size = self._counter_name(), self.rng.choice([16, 128])
        own, width = f"own{name}", self.make_expression.width()
        self.declarations[own] = f"static {type_name(width, False)} {own}[{size}];"
        body = (
            Line("HLS_PIPELINE(1)"),
            Line(f"HLS_INDEPENDENT({own})"),
            *self._at_most_one(self._read, nesting),
            Line(f"{own}[{name}] = {own}[{name}] + {self._text()};"),
            Line(f"{self._target().name} = {own}[{name}];"),
            *self._at_most_one(self._write, nesting),
        )
        return Group(self._turns(name, 16), body)

    def _histogram(self, nesting: int) -> Statement:
        """Counts of few keys in a bypassed array: an iteration often meets what the last one stores."""
        key_bits, name = self.make_expression.up_to(4), self._counter_name()
        size, width = self.rng.choice([16, 128]), self.make_expression.width()
        self.declarations[f"bins{name}"] = f"static {type_name(width, False)} bins{name}[{size}];"
        bin_ = f"bins{name}[{self._cast(key_bits, 2)}]"
        count: Statement = Line(f"{bin_} = {bin_} + {self._text()};")
        if self.rng.random() < 0.4:
            count = Group(f"if ({self.make_expression.condition(1)})", (count,))
        body = (
            Line("HLS_PIPELINE(1)"),
            Line(f"HLS_BYPASS(bins{name})"),
            self._read(nesting),
            count,
            *self._at_most_one(self._assign, nesting),
            *self._at_most_one(self._write, nesting),
        )
        loop = Group(self._turns(name), body)
        return Group("if (true)", (loop, Line(f"{self._target().name} = {bin_};")))
