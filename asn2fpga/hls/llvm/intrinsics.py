"""LLVM intrinsics as operations."""

from __future__ import annotations

from collections.abc import Callable

from asn2fpga.errors import HlsError
from asn2fpga.hls.llvm.builder import Builder


def read_intrinsic(builder: Builder, callee: str, args: list[int], place: str) -> int:
    """Value of a call of `llvm.NAME.iN`."""
    name = ".".join(callee.split(".")[1:-1])
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
    "bswap": _swap_bytes,
    "bitreverse": _reverse_bits,
}
