"""LLVM intrinsics as operations."""

from __future__ import annotations

from collections.abc import Callable

from asn2fpga.engine.ir.builder import Builder
from asn2fpga.errors import HlsError


def read_intrinsic(builder: Builder, callee: str, args: list[int], place: str) -> int:
    """Value of a call of `llvm.NAME.iN`, or of a comparison `llvm.NAME.iRESULT.iN`."""
    name, _, types = callee.removeprefix("llvm.").partition(".i")
    if name in _COMPARISONS:
        return _three_way(builder, args, _COMPARISONS[name], int(types.partition(".")[0]))
    maker = _MAKERS.get(name)
    if maker is None:
        raise HlsError(f"{place}: the compiler's {callee} is not supported by the embedded engine")
    return maker(builder, args)


def _extreme(kind: str, first_if_less: bool) -> Callable[[Builder, list[int]], int]:
    def make(builder: Builder, args: list[int]) -> int:
        less = builder.make(kind, args[0], args[1])
        chosen = args[:2] if first_if_less else args[1::-1]
        return builder.make("select", less, *chosen, width=builder.width(args[0]))

    return make


def _absolute(builder: Builder, args: list[int]) -> int:
    width = builder.width(args[0])
    sign = builder.slice(args[0], width - 1, 1)
    negative = builder.make("sub", builder.constant(0, width), args[0])
    return builder.make("select", sign, negative, args[0], width=width)


def _funnel(left: bool) -> Callable[[Builder, list[int]], int]:
    def make(builder: Builder, args: list[int]) -> int:
        high, low, amount = args
        width = builder.width(high)
        joined = builder.make("concat", low, high, width=2 * width)
        wide = 2 * width
        count = builder.resize(builder.make("urem", amount, builder.constant(width, width)), wide)
        if left:
            shifted = builder.make("shl", joined, count)
            return builder.slice(shifted, width, width)
        return builder.slice(builder.make("lshr", joined, count), 0, width)

    return make


def _population(builder: Builder, args: list[int]) -> int:
    width = builder.width(args[0])
    terms = [builder.resize(builder.slice(args[0], bit, 1), width) for bit in range(width)]
    while len(terms) > 1:
        pairs = [builder.make("add", *terms[i : i + 2]) for i in range(0, len(terms) - 1, 2)]
        terms = pairs + terms[len(pairs) * 2 :]
    return terms[0]


def _saturating_sub(builder: Builder, args: list[int]) -> int:
    width = builder.width(args[0])
    less = builder.make("ult", args[0], args[1])
    difference = builder.make("sub", args[0], args[1])
    return builder.make("select", less, builder.constant(0, width), difference, width=width)


def _saturating_add(builder: Builder, args: list[int]) -> int:
    width = builder.width(args[0])
    total = builder.make("add", *(builder.resize(arg, width + 1) for arg in args[:2]))
    most = builder.constant((1 << width) - 1, width)
    return builder.make(
        "select", builder.slice(total, width, 1), most, builder.slice(total, 0, width), width=width
    )


def _signed_saturating(kind: str) -> Callable[[Builder, list[int]], int]:
    """The exact result has one bit more; if that differs from the sign, the nearest number that fits."""

    def make(builder: Builder, args: list[int]) -> int:
        width = builder.width(args[0])
        exact = builder.make(kind, *(builder.make("sext", arg, width=width + 1) for arg in args[:2]))
        negative, sign = builder.slice(exact, width, 1), builder.slice(exact, width - 1, 1)
        low, high = builder.constant(1 << (width - 1), width), builder.constant((1 << (width - 1)) - 1, width)
        nearest = builder.make("select", negative, low, high, width=width)
        fits = builder.make("eq", negative, sign)
        return builder.make("select", fits, builder.slice(exact, 0, width), nearest, width=width)

    return make


def _three_way(builder: Builder, args: list[int], kind: str, width: int) -> int:
    """-1, 0 or 1 in so many bits: the first is less, equal or greater."""
    less, greater = builder.make(kind, args[0], args[1]), builder.make(kind, args[1], args[0])
    minus = builder.constant((1 << width) - 1, width)
    return builder.make("select", less, minus, builder.resize(greater, width), width=width)


def _zeros(leading: bool) -> Callable[[Builder, list[int]], int]:
    """How many zeros there are before the first one, in a tree; the width if there is no one."""

    def make(builder: Builder, args: list[int]) -> int:
        width = builder.width(args[0])
        order = range(width - 1, -1, -1) if leading else range(width)
        found = [
            (builder.slice(args[0], bit, 1), builder.constant(count, width))
            for count, bit in enumerate(order)
        ]
        while len(found) > 1:
            pairs = [_first(builder, *found[i], *found[i + 1]) for i in range(0, len(found) - 1, 2)]
            found = pairs + found[len(pairs) * 2 :]
        some, count = found[0]
        return builder.make("select", some, count, builder.constant(width, width), width=width)

    return make


def _first(builder: Builder, some: int, count: int, other: int, other_count: int) -> tuple[int, int]:
    """Whether there is a one in either part, and the count of the first that has one."""
    width = builder.width(count)
    return (
        builder.make("or", some, other),
        builder.make("select", some, count, other_count, width=width),
    )


def _swap_bytes(builder: Builder, args: list[int]) -> int:
    width = builder.width(args[0])
    parts = [builder.slice(args[0], low, 8) for low in range(width - 8, -1, -8)]
    return builder.make("concat", *parts, width=width)


def _reverse_bits(builder: Builder, args: list[int]) -> int:
    width = builder.width(args[0])
    bits = [builder.slice(args[0], position, 1) for position in range(width - 1, -1, -1)]
    return builder.make("concat", *bits, width=width)


_MAKERS: dict[str, Callable[[Builder, list[int]], int]] = {
    "umin": _extreme("ult", True),
    "umax": _extreme("ult", False),
    "smin": _extreme("slt", True),
    "smax": _extreme("slt", False),
    "abs": _absolute,
    "fshl": _funnel(True),
    "fshr": _funnel(False),
    "ctpop": _population,
    "usub.sat": _saturating_sub,
    "uadd.sat": _saturating_add,
    "sadd.sat": _signed_saturating("add"),
    "ssub.sat": _signed_saturating("sub"),
    "ctlz": _zeros(leading=True),
    "cttz": _zeros(leading=False),
    "bswap": _swap_bytes,
    "bitreverse": _reverse_bits,
}
_COMPARISONS = {"scmp": "slt", "ucmp": "ult"}
