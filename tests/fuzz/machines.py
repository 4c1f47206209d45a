"""What state machines are made of, at random: loops that begin anew from within or end late, tests that are
made twice, counters with several ends.
"""

from __future__ import annotations

from collections.abc import Callable

from fuzz.expressions import Counter
from fuzz.loops import Loops
from fuzz.program import Group, Line, Statement

_BITS_OF_A_COUNT = (2, 3, 3, 4)


class Machines(Loops):
    """Loops and what makes state machines of them."""

    def simple(self) -> list[tuple[Callable[[int], Statement], float]]:
        return [*super().simple(), (self._count, 0.7)]

    def _loops(self) -> list[tuple[Callable[[int], Statement], float]]:
        return [*super()._loops(), (self._restarted, 1.2), (self._decided, 0.5), (self._flagged, 0.5)]

    # ---- counters --------------------------------------------------------------------------------------

    def _count(self, nesting: int) -> Statement:
        """A step of a counter up to a number, which may be another one in each place; or its reset."""
        counts = [counter for counter in self.scope.counters if counter.name.startswith("count")]
        counter = self.rng.choice(counts) if counts and self.rng.random() < 0.8 else self._new_count()
        if self.rng.random() < 0.1:
            return Line(f"{counter.name} = {self.rng.choice([0, 0, 1])};")
        test = self.rng.choice(["!=", "!=", "<"])
        end, step = self.rng.randint(1, counter.high), Line(f"{counter.name} = {counter.name} + 1;")
        return Group(f"if ({counter.name} {test} {end})", (step,))

    def _new_count(self) -> Counter:
        self.counters += 1
        bits = self.rng.choice(_BITS_OF_A_COUNT)
        counter = Counter(f"count{self.counters}", 0, (1 << bits) - 1)
        self.declarations[counter.name] = f"ap_uint<{bits}> {counter.name} = 0;"
        self.scope.counters.append(counter)
        return counter

    # ---- nests -----------------------------------------------------------------------------------------

    def _restarted(self, nesting: int) -> Statement:
        """A loop in a loop: most ends begin it anew, with other values, until its turns are used up."""
        name, turns = self._counter_name(), self.rng.randint(3, 10)
        place, start = f"place{name}", f"start{name}"
        kind = self.rng.choice(["unsigned", "unsigned", "ap_uint<5>"])
        self.declarations[name] = f"int {name} = 0;"
        self.declarations |= {word: f"{kind} {word} = 0;" for word in (place, start)}
        used_up = Line(f"if ({name} >= {turns}) break;", keep=True)
        used = Line(f"{name} = {name} + 1;", keep=True)
        counter = Counter(name, 0, turns)
        inner = (
            *self._pipeline(),
            *((used_up, used) if self.rng.random() < 0.5 else (used, used_up)),
            self._end(f"{place} {self.rng.choice(['==', '>='])} {self.rng.randint(1, 9)}", ()),
            *self._inside(counter, turns, self.rng.randint(0, 2), nesting),
            self._end(self.make_expression.condition(1), self._inside(counter, turns, 1, nesting)),
            *self._inside(counter, turns, self.rng.randint(0, 1), nesting),
            Group(f"if ({self.make_expression.condition(1)})", (self._next_start(start, place),)),
            Line(f"{place} = {place} + 1;"),
        )
        outer = (
            Line(f"{place} = {start};"),
            Line(f"{start} = {self.rng.randint(0, 3)};"),
            Group("while (true)", inner),
            *(self._inside(counter, turns, 1, nesting) if self.rng.random() < 0.2 else ()),
            used_up,
        )
        return Group("if (true)", (Line(f"{name} = 0;", keep=True), Group("while (true)", outer)))

    def _end(self, condition: str, body: tuple[Statement, ...]) -> Statement:
        """An end of the inner loop, which often gives a variable another value."""
        target = self._target().name
        values = [f"{target} = {self.rng.randint(0, 3)};", f"{target} = {self._text()};", f"{target} += 1;"]
        change = (Line(self.rng.choice(values)),) if self.rng.random() < 0.7 else ()
        return Group(f"if ({condition})", (*body, *change, Line("break;", keep=True)))

    def _next_start(self, start: str, place: str) -> Statement:
        values = [f"{start} = {start} + 1;", f"{start} = {place} * 3 + 1;", f"{start} = {place};"]
        return Line(self.rng.choice(values))

    # ---- ends that come late ---------------------------------------------------------------------------

    def _flagged(self, nesting: int) -> Statement:
        """A loop that ends by a variable, whose next value products or an array may make late."""
        name, turns = self._counter_name(), self.rng.randint(1, 9)
        done, width = f"done{name}", self.make_expression.up_to(24)
        self.declarations |= {name: f"int {name} = 0;", done: f"bool {done} = false;"}
        late = f"ap_uint<{width}>({name} + {self._cast(width)})"
        for _ in range(self.rng.randint(0, 3)):
            late = f"ap_uint<{width}>({late} * {late} + {name})"
        body = (
            *self._pipeline(),
            *self._inside(Counter(name, 0, turns), turns, self.rng.randint(1, 2), nesting),
            Line(f"{name} = {name} + 1;", keep=True),
            Line(f"{done} = {name} >= {turns} || {late} > {self.rng.getrandbits(width)};", keep=True),
        )
        begin = (Line(f"{name} = 0;", keep=True), Line(f"{done} = false;", keep=True))
        return Group("if (true)", (*begin, Group(f"while (!{done})", body)))

    # ---- tests made twice ------------------------------------------------------------------------------

    def _decided(self, nesting: int) -> Statement:
        """A test before a loop, and in the loop cases of the same value, maybe also the tested one."""
        name, target = self._counter_name(), self._target().name
        key, flag = f"key{name}", f"flag{name}"
        self.declarations |= {key: f"ap_uint<2> {key} = 0;", flag: f"bool {flag} = false;"}
        cases: list[Statement] = []
        for number in sorted(self.rng.sample(range(4), self.rng.randint(2, 3))):
            cases += [Line(f"case {number}:", keep=True), self._effect(nesting), Line("break;")]
        loop = (
            *self._pipeline(),
            Group(f"if ({flag})", (self._effect(nesting),)),
            Group(f"switch (int({key}))", tuple(cases)),
        )
        return Group("if (true)", (
            Line(f"{key} = {self._cast(2)};"),
            Line(f"{flag} = {key} {self.rng.choice(['==', '!='])} {self.rng.randrange(4)};"),
            Line(f"{target} = {flag};"),
            Group(self._turns(name, 4), loop),
        ))  # fmt: skip

    def _effect(self, nesting: int) -> Statement:
        return self.rng.choice([self._write, self._store, self._assign])(nesting)
