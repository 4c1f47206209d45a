"""Turn products that are small, or by a constant, into additions or tables: no DSP slice for them."""

from __future__ import annotations

from dataclasses import replace

from asn2fpga.device.binding import (
    multiplies_by_digits,
    multiplies_by_table,
    multiplies_in_luts,
    signed_digits,
)
from asn2fpga.engine.ir.builder import Builder
from asn2fpga.engine.ir.process import Op, Process, Region
from asn2fpga.engine.ir.rewrite import Rewriter

Digit = tuple[int, bool]  # weight 2^position, and whether it is subtracted


def expand_products(process: Process) -> Process:
    """The process with additions where they are smaller (device/binding.py) than multipliers."""
    return _Expander(process).run()


class _Expander(Rewriter):
    multipliers = False

    def start_region(self, region: Region) -> None:
        self.multipliers = region.multipliers

    def rewrite(self, op: Op, args: list[int], predicate: int) -> int:
        if op.kind != "mul":
            return super().rewrite(op, args, predicate)
        constants = [self.builder.constant_of(arg) for arg in args]
        for position in (0, 1):
            if constants[position] is not None:
                return self._by_constant(op, args, position)
        if not self.multipliers and multiplies_in_luts(*(self.builder.width(arg) for arg in args)):
            return rows_of(self.builder, op, args)
        return super().rewrite(op, args, predicate)

    def _by_constant(self, op: Op, args: list[int], position: int) -> int:
        """A table of a narrow value, a sum of shifted copies, or a multiplier where that is worth more."""
        factor, value = self.builder.ops[args[position]], args[1 - position]
        number = factor.value
        if op.value >> position & 1 and number >> (factor.width - 1):
            number -= 1 << factor.width
        if number and not number & 1:
            return self._by_odd(op, args, position, number)
        width = self.builder.width(value)
        found = signed_digits(number, op.width)
        signed = bool(op.value >> (1 - position) & 1)
        if multiplies_by_table(width, len(found)):
            return _table(self.builder, op, value, number, signed)
        if not multiplies_by_digits(width, min(op.width, factor.width), len(found)):
            return self.builder.add(replace(op, args=tuple(args)))
        return _shifted_sum(self.builder, op, self.builder.resize(value, op.width, signed), found)

    def _by_odd(self, op: Op, args: list[int], position: int, number: int) -> int:
        """The same by the constant without its lowest bits, which are 0, above as many bits of the product.

        What is worth a multiplier is told by the bits that are multiplied, however far LLVM has moved a
        constant to the left, as it does for lanes of one word.
        """
        zeros = (number & -number).bit_length() - 1
        factor, width = self.builder.ops[args[position]], op.width - zeros
        if width < 1:
            return self.builder.constant(0, op.width)
        parts = list(args)
        parts[position] = self.builder.constant(number >> zeros, max(1, factor.width - zeros))
        value = args[1 - position]
        parts[1 - position] = self.builder.resize(value, min(width, self.builder.width(value)))
        product = self._by_constant(replace(op, width=width), parts, position)
        return self.builder.make("concat", self.builder.constant(0, zeros), product, width=op.width, like=op)


def _table(builder: Builder, op: Op, value: int, number: int, signed: bool) -> int:
    """The product of each value, chosen by its bits: one look-up table a bit, which what adds it takes in."""
    bits = builder.width(value)
    codes = [code - (1 << bits) if signed and code >> (bits - 1) else code for code in range(1 << bits)]
    choices = [builder.constant(code * number, op.width) for code in codes]
    for position in range(bits):
        bit = builder.slice(value, position, 1)
        pairs = zip(choices[1::2], choices[::2], strict=True)
        choices = [builder.make("select", bit, one, zero, width=op.width, like=op) for one, zero in pairs]
    return choices[0]


def _shifted_sum(builder: Builder, op: Op, value: int, terms: list[Digit]) -> int:
    """Sum of copies of a value as wide as the result, added or subtracted."""
    result = builder.constant(0, op.width)
    for position, minus in sorted(terms, key=lambda term: term[1]):  # added ones first
        low = builder.slice(value, 0, op.width - position)
        shifted = (
            builder.make("concat", builder.constant(0, position), low, width=op.width) if position else low
        )
        result = _joined(builder, op, result, shifted, minus, position)
    return result


def _joined(builder: Builder, op: Op, total: int, shifted: int, minus: bool, position: int) -> int:
    """total +- shifted, whose bits below `position` are zero: those of the total pass by."""
    high = op.width - position
    parts = [builder.slice(each, position, high) for each in (total, shifted)]
    joined = builder.make("sub" if minus else "add", *parts, like=op)
    if not position:
        return joined
    return builder.make("concat", builder.slice(total, 0, position), joined, width=op.width, like=op)


def rows_of(builder: Builder, op: Op, args: list[int]) -> int:
    """Product of two variables: for each bit of the smaller factor, the larger one or nothing is added.

    The sum of the rows so far moves one bit to the right before each row, so that every adder is only one bit
    wider than the larger factor.
    """
    small, large = sorted((0, 1), key=lambda position: builder.width(args[position]))
    bits, word = args[small], args[large]
    small_signed, large_signed = (bool(op.value >> position & 1) for position in (small, large))
    count, width = builder.width(bits), builder.width(word)
    zero = builder.constant(0, width)
    total, total_signed = zero, large_signed
    low: list[int] = []
    for position in range(count):
        minus = small_signed and position == count - 1
        row = builder.make("select", builder.slice(bits, position, 1), word, zero, width=width, like=op)
        wide = width + 1
        parts = [builder.resize(total, wide, total_signed), builder.resize(row, wide, large_signed)]
        total = builder.make("sub" if minus else "add", *parts, like=op)
        total_signed = total_signed or minus
        if position < count - 1:
            low.append(builder.slice(total, 0, 1))
            total = builder.slice(total, 1, width)
    product = builder.make("concat", *low, total, width=count + width, like=op) if low else total
    return builder.resize(product, op.width, large_signed or small_signed)
