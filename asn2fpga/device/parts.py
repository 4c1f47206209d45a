"""Estimates of the parts of a design: memories, FIFOs, multipliers, as the embedded engine builds them.

Constants are fitted to what Yosys counts in generated designs: docs/spec/verification.md has the error.
"""

from __future__ import annotations

from dataclasses import dataclass

from asn2fpga.device.binding import (
    BLOCK,
    DISTRIBUTED,
    LUT_DEPTH,
    REGISTER,
    SHIFT,
    ULTRA,
    block_choice_luts,
    digits_product_luts,
    fifo_style,
    fits_a_slice,
    lut_ram_luts,
    lut_rom_luts,
    memory_style,
    multiplies_by_digits,
    multiplies_in_luts,
    product_dsps,
    product_luts,
    rows_in_blocks,
    signed_digits,
    split_luts,
    ultra_count,
)
from asn2fpga.device.block_ram import placement
from asn2fpga.device.resources import Resources, fabric

REGISTERS_OF_LAST_ROWS = 2  # a bit: from look-up tables to the cycle in which block RAM answers
FIFO = {SHIFT: (10, 7), DISTRIBUTED: (17, 20), BLOCK: (40, 30)}  # LUT, FF of its counters


@dataclass(frozen=True)
class Memory:
    """One memory: `depth` words of `width_bits`; a ROM has `reads` ports, and may have to lie `in_luts`.

    in_ultra: it lies in UltraRAM, which a ROM cannot.
    may_split: its last rows lie in look-up tables where that saves block RAM (rows_in_blocks).
    """

    depth: int
    width_bits: int
    rom: bool
    in_luts: bool = False
    reads: int = 1
    may_split: bool = False
    in_ultra: bool = False

    @property
    def rows_in_blocks(self) -> int:
        """Rows that lie in block RAM; of a memory that does not, all."""
        splits = self.may_split and not self.in_luts
        return rows_in_blocks(self.depth, self.width_bits) if splits else self.depth


def multiplier(first_bits: int, second_bits: int, in_dsp: bool = False) -> Resources:
    """A product of two variables, as the embedded engine builds it; `in_dsp`: DSP slices if it can be."""
    slices = in_dsp and fits_a_slice(first_bits, second_bits)
    if not slices and multiplies_in_luts(first_bits, second_bits):
        return Resources(lut=product_luts(first_bits, second_bits))
    return Resources(dsp=product_dsps(first_bits, second_bits))


def constant_multiplier(bits: int, number: int) -> Resources:
    """A product of a variable and a constant from 0 on, as the embedded engine builds it: zeros at the
    constant's end are not multiplied.
    """
    number //= max(1, number & -number)
    constant_bits = number.bit_length()
    digits = len(signed_digits(number, bits + constant_bits))
    if multiplies_by_digits(bits, constant_bits, digits):
        return Resources(lut=digits_product_luts(bits, digits))
    return Resources(dsp=product_dsps(bits, constant_bits))


def fifo_resources(depth: int, width_bits: int) -> Resources:
    """A FIFO as the embedded engine builds it: its counters and its words."""
    style = fifo_style(depth, width_bits)
    counters = fabric(FIFO[style])
    if style == SHIFT:
        return counters.plus(Resources(lut=width_bits))
    if style == BLOCK:
        return counters.plus(Resources(bram36=placement(depth - 1, width_bits, rom=False).halves / 2))
    return counters.plus(Resources(lut=lut_ram_luts(depth, width_bits)))


def memory_resources(memory: Memory) -> Resources:
    """A memory in block RAMs, or in look-up tables if it is small (as the embedded engine decides).

    A ROM of a few words vanishes in the logic after it; one of 16 words or more is one look-up table per bit.
    """
    depth, width_bits = memory.depth, memory.width_bits
    style = memory_style(depth, width_bits, memory.in_luts, in_ultra=memory.in_ultra)
    if style == REGISTER:
        return Resources(ff=0 if memory.rom else width_bits)
    if style == ULTRA:
        return Resources(uram=ultra_count(depth, width_bits))
    kept = memory.rows_in_blocks
    if kept < depth:
        luts = split_luts(kept, depth - kept, width_bits)
        registers = REGISTERS_OF_LAST_ROWS * width_bits
        return Resources(lut=luts, ff=registers, bram36=placement(kept, width_bits, rom=True).halves / 2)
    if style == BLOCK:
        found = placement(depth, width_bits, memory.rom, memory.reads)
        luts = memory.reads * block_choice_luts(found.stacked, width_bits)
        return Resources(lut=luts, bram36=found.halves / 2)
    if not memory.rom:
        return Resources(lut=lut_ram_luts(depth, width_bits))
    if memory_style(depth, width_bits) == BLOCK:
        return Resources(lut=memory.reads * lut_rom_luts(depth, width_bits))
    share = min(1.0, max(0.0, (depth - 4) / 12))
    return Resources(lut=memory.reads * share * -(-depth // LUT_DEPTH) * width_bits)
