"""What stands before the processes of a random program: structs of their streams, inlined functions."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from fuzz.expressions import Expressions, Helper, Scope, Variable
from fuzz.program import type_name
from fuzz.widths import Widths

_TEMPLATES = """\
template <class T> HLS_INLINE T {p}_least(const T& a, const T& b) {{ return a < b ? a : b; }}
template <class T> HLS_INLINE T {p}_greatest(const T& a, const T& b) {{ return a < b ? b : a; }}
template <class T> HLS_INLINE T {p}_magnitude(const T& a) {{ return a < 0 ? T(-a) : a; }}
template <int W, int K> HLS_INLINE ap_uint<W> {p}_turned(const ap_uint<W>& a) {{
  return ap_uint<W>((a << K) | (a >> (W - K)));
}}
template <class S, class X> HLS_INLINE void {p}_follow(S& state, const X& x) {{
  if (x > state) {{
    state = x;
    return;
  }}
  state += 1;
}}
"""


@dataclass(frozen=True)
class Field:
    """A field of a struct; `count` > 0: an array of so many."""

    name: str
    width: int
    signed: bool
    count: int


@dataclass(frozen=True)
class Record:
    """A struct of integers and arrays of them."""

    name: str
    fields: tuple[Field, ...]

    def text(self) -> str:
        """Its definition."""
        lines = [f"struct {self.name} {{"]
        for field in self.fields:
            size = f"[{field.count}]" if field.count else ""
            lines.append(f"  {type_name(field.width, field.signed)} {field.name}{size};")
        return "\n".join([*lines, "};", ""])


@dataclass(frozen=True)
class Head:
    """Structs, functions that expressions call, and whether the function templates are there."""

    prefix: str
    records: tuple[Record, ...] = ()
    helpers: tuple[Helper, ...] = ()
    functions: tuple[str, ...] = ()

    def text(self) -> str:
        """C++ of all of them."""
        templates = _TEMPLATES.format(p=self.prefix) if self.helpers else ""
        return "".join([*(record.text() for record in self.records), templates, *self.functions])


def make_head(rng: random.Random, name: str, widths: Widths) -> Head:
    """A random head; most programs of one process have an empty one."""
    head = Head(name)
    if rng.random() < 0.3:
        head = replace(head, records=(_record(rng, f"{name}_packet", widths),))
    if rng.random() < 0.35:
        made = [_function(rng, f"{name}_mix{number}", widths) for number in range(rng.randint(1, 2))]
        helpers = (*_template_helpers(rng, name, widths), *(helper for helper, _ in made))
        head = replace(head, helpers=helpers, functions=tuple(text for _, text in made))
    return head


def _record(rng: random.Random, name: str, widths: Widths) -> Record:
    return Record(
        name,
        tuple(
            Field(f"f{number}", widths.any(rng), rng.random() < 0.4, rng.choice([0, 0, 0, 2, 3]))
            for number in range(rng.randint(1, 4))
        ),
    )


def _template_helpers(rng: random.Random, name: str, widths: Widths) -> tuple[Helper, ...]:
    helpers = []
    for function, count in (("least", 2), ("greatest", 2), ("magnitude", 1)):
        kind = (widths.any(rng), rng.random() < 0.5)
        helpers.append(Helper(f"{name}_{function}<{type_name(*kind)} >", (kind,) * count, *kind))
    width = widths.up_to(rng, 64)
    if width > 1:
        turn = f"{name}_turned<{width}, {rng.randrange(1, width)}>"
        helpers.append(Helper(turn, ((width, False),), width, False))
    return tuple(helpers)


def _function(rng: random.Random, name: str, widths: Widths) -> tuple[Helper, str]:
    """A function of two integers, with a second return in half of the cases."""
    parameters = [Variable(letter, widths.any(rng), rng.random() < 0.4) for letter in "ab"]
    expressions = Expressions(rng, Scope(variables=parameters), widths)
    width, signed = widths.any(rng), rng.random() < 0.4
    result = type_name(width, signed)
    lines = [f"HLS_INLINE {result} {name}({', '.join(_parameter(p) for p in parameters)}) {{"]
    if rng.random() < 0.5:
        lines.append(f"  if ({expressions.condition(1)}) return {expressions.expression(1).text};")
    lines += [f"  return {expressions.expression(2).text};", "}", ""]
    kinds = tuple((parameter.width, parameter.signed) for parameter in parameters)
    return Helper(name, kinds, width, signed), "\n".join(lines)


def _parameter(variable: Variable) -> str:
    return f"{type_name(variable.width, variable.signed)} {variable.name}"
