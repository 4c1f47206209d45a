"""Random operations for tests of the passes: made one by one, with the value each must have."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field

from asn2fpga.engine.ir.builder import Builder
from asn2fpga.engine.ir.evaluate import evaluate
from asn2fpga.engine.ir.fold.rules import fold
from asn2fpga.engine.ir.operations import COMPARISONS, EXTENSIONS, PURE
from asn2fpga.engine.ir.process import Op

KINDS = tuple(sorted(PURE))


@dataclass
class Operations:
    """Grows a Builder by random operations; `expected` maps every value made to what it must evaluate to."""

    rng: random.Random
    builder: Builder = field(default_factory=lambda: Builder(fold))
    inputs: dict[int, int] = field(default_factory=dict)  # phi -> its value
    expected: dict[int, int] = field(default_factory=dict)

    def input(self) -> int:
        """A phi with a value."""
        width = self.rng.choice([1, 1, 2, 3, 8, 13, 32, 65])
        phi = self.builder.phi(width)
        number = self.rng.choice([0, 1, (1 << width) - 1, self.rng.getrandbits(width)]) & ((1 << width) - 1)
        self.inputs[phi] = self.expected[phi] = number
        return phi

    def grow(self) -> int:
        """One more operation; returns its value's number."""
        op = self.random_op(self.rng.choice(KINDS))
        args = [self.expected[arg] for arg in op.args]
        expected = op.value
        if op.kind == "constant":
            made = self.builder.constant(op.value, op.width)
        else:
            expected = evaluate(op, args, [self.builder.width(arg) for arg in op.args])
            made = self.builder.add(op)
        assert self.builder.width(made) == op.width, op
        found = value_of(self.builder, made, self.inputs)
        assert found == expected, f"{op}: {found} instead of {expected}"
        self.expected[made] = expected
        return made

    def _pick(self, width: int = 0) -> int:
        """Any value made so far, resized to `width` if that is given."""
        value = self.rng.choice(list(self.expected))
        if width == 0 or self.builder.width(value) == width:
            return value
        signed = self.rng.random() < 0.5
        resized = self.builder.resize(value, width, signed)
        have, number = self.builder.width(value), self.expected[value]
        if signed and width > have and number >> (have - 1):
            number -= 1 << have
        self.expected[resized] = number & ((1 << width) - 1)
        return resized

    def random_op(self, kind: str) -> Op:
        """An operation of a kind on values made so far."""
        first = self._pick()
        width = self.builder.width(first)
        if kind == "constant":
            chosen = self.rng.choice([1, 4, 8, 13, 65])
            patterns = [0, 1, (1 << chosen) - 1, 1 << (chosen - 1), self.rng.getrandbits(chosen), 6, 12]
            return Op(0, kind, chosen, value=self.rng.choice(patterns) & ((1 << chosen) - 1))
        if kind in COMPARISONS:
            return Op(0, kind, 1, (first, self._pick(width)))
        if kind == "select":
            return Op(0, kind, width, (self._pick(1), first, self._pick(width)))
        if kind == "slice":
            low = self.rng.randrange(width)
            return Op(0, kind, self.rng.randint(1, width - low), (first,), value=low)
        if kind == "concat":
            parts = (first, *(self._pick() for _ in range(self.rng.randint(1, 2))))
            return Op(0, kind, sum(self.builder.width(part) for part in parts), parts)
        if kind in EXTENSIONS:
            return Op(0, kind, width + self.rng.randint(1, 9), (first,))
        if kind == "mul":
            return self._product(first, width)
        return Op(0, kind, width, (first,) if kind == "not" else (first, self._pick(width)))

    def _product(self, first: int, width: int) -> Op:
        """Factors of any width up to the product's, each signed or not."""
        second = self._pick()
        result = max(width, self.builder.width(second)) + self.rng.choice([0, 0, 5])
        return Op(0, "mul", result, (first, second), value=self.rng.randrange(4))


def value_of(builder: Builder, value: int, inputs: Mapping[int, int]) -> int:
    """What a value of the builder evaluates to, given its phis."""
    known = dict(inputs)
    for number in sorted(builder.ops):  # operands are older than their users
        op = builder.ops[number]
        if op.kind == "constant":
            known[number] = op.value
        elif op.kind != "phi":
            widths = [builder.width(arg) for arg in op.args]
            known[number] = evaluate(op, [known[arg] for arg in op.args], widths)
        if number == value:
            break
    return known[value]
