"""Whether two predicates can never hold together: a search over the conditions they are made of."""

from __future__ import annotations

from collections.abc import Iterator

from asn2fpga.engine.ir.evaluate import evaluate
from asn2fpga.engine.ir.operations import LOGIC
from asn2fpga.engine.ir.process import NOTHING, Op

_MAX_TRIES = 400  # cases looked at before the answer is "perhaps"

Known = dict[int, bool]


class Predicates:
    """Answers questions about 1-bit values; anything but logic on them is a condition of its own."""

    def __init__(self, ops: dict[int, Op]) -> None:
        self.ops = ops
        self._answers: dict[tuple[int, int], bool] = {}
        self._tries = 0
        self._equalities: dict[int, list[tuple[int, int]]] = {}  # value -> its comparisons, their constants
        for number in ops:
            found = self._equality(number)
            if found is not None:
                self._equalities.setdefault(found[0], []).append((number, found[1]))

    def exclusive(self, first: int, second: int) -> bool:
        """True if it is certain that not both hold; NOTHING always holds."""
        if NOTHING in (first, second):
            return False
        key = (min(first, second), max(first, second))
        if key not in self._answers:
            self._answers[key] = self._opposite(first, second) or self._never_both(first, second)
        return self._answers[key]

    def implies(self, first: int, second: int) -> bool:
        """True if it is certain that the second holds whenever the first does."""
        self._tries = _MAX_TRIES
        return not self._may_hold((first,), self._conditions(first), {second: False})

    def _opposite(self, first: int, second: int) -> bool:
        a, b = self.ops[first], self.ops[second]
        return (a.kind == "not" and a.args == (second,)) or (b.kind == "not" and b.args == (first,))

    def _never_both(self, first: int, second: int) -> bool:
        self._tries = _MAX_TRIES
        conditions = list(dict.fromkeys(self._conditions(first) + self._conditions(second)))
        return not self._may_hold((first, second), conditions, {})

    def _is_logic(self, value: int) -> bool:
        op = self.ops[value]
        return op.width == 1 and op.kind in LOGIC

    def _conditions(self, value: int) -> list[int]:
        """What a predicate is made of, from the outside in."""
        found, seen, work = [], {value}, [value]
        while work:
            value = work.pop(0)
            if not self._is_logic(value):
                found.append(value)
                continue
            fresh = [arg for arg in self.ops[value].args if arg not in seen]
            seen.update(fresh)
            work += fresh
        return found

    def _may_hold(self, wanted: tuple[int, ...], conditions: list[int], known: Known) -> bool:
        """Whether all wanted values may be true with what is known; true when it takes too long."""
        values: dict[int, bool | None] = {}
        results = [self._value(value, known, values) for value in wanted]
        if False in results:
            return False
        self._tries -= 1
        if not conditions or self._tries < 0:
            return True
        condition, rest = conditions[0], conditions[1:]
        if condition in known:
            return self._may_hold(wanted, rest, known)
        cases = (dict(self._implied(condition, truth)) for truth in (True, False))
        return any(self._may_hold(wanted, rest, known | case) for case in cases)

    def _implied(self, condition: int, truth: bool) -> Iterator[tuple[int, bool]]:
        """A condition's truth and what follows: a value that equals one constant equals no other."""
        yield condition, truth
        found = self._equality(condition)
        if found is not None:
            subject, constant = found
            for other, number in self._equalities[subject]:
                if number == constant:  # the same comparison, made in another region
                    yield other, truth
                elif truth:
                    yield other, False

    def _equality(self, condition: int) -> tuple[int, int] | None:
        """The value that a condition compares with a constant for equality, and the constant."""
        op = self.ops[condition]
        if op.kind != "eq":
            return None
        first, second = op.args
        if self.ops[first].kind == "constant":
            first, second = second, first
        return (first, self.ops[second].value) if self.ops[second].kind == "constant" else None

    def _value(self, value: int, known: Known, values: dict[int, bool | None]) -> bool | None:
        """A predicate's truth as far as it is known."""
        if value in known:
            return known[value]
        if value not in values:
            op = self.ops[value]
            if op.kind == "constant":
                values[value] = bool(op.value)
            elif self._is_logic(value):
                values[value] = _combine(op.kind, [self._value(arg, known, values) for arg in op.args])
            else:
                values[value] = None
        return values[value]


def _combine(kind: str, args: list[bool | None]) -> bool | None:
    """Three-valued logic: None is unknown."""
    if kind == "select":
        chosen = args[1:] if args[0] is None else [args[1] if args[0] else args[2]]
        return chosen[0] if len(set(chosen)) == 1 else None
    if kind == "and" and False in args:
        return False
    if kind == "or" and True in args:
        return True
    if None in args:
        return None
    return bool(evaluate(Op(0, kind, 1), [int(bool(arg)) for arg in args], [1] * len(args)))
