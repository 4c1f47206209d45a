"""What a memory, a FIFO or a multiplier becomes on the device, from its size alone.

One set of rules for the embedded engine, which builds by them, and for the estimate, which counts by them.
"""

from __future__ import annotations

from dataclasses import dataclass

from asn2fpga.device.block_ram import placement

REGISTER = "register"
SHIFT = "shift"  # shift registers, in look-up tables (SRL) from three words on
DISTRIBUTED = "distributed"  # RAM or ROM of look-up tables, read in the same cycle
BLOCK = "block"  # block RAM, read in the next cycle
ULTRA = "ultra"  # UltraRAM, read in the next cycle; holds no first values

LUT_INPUTS = 6
TABLE_BITS = 4  # of a value whose products by a constant are a table
LUT_DEPTH = 64  # words of a one-bit ROM in one look-up table
LUT_ROM_DEPTH = 256  # words of a one-bit ROM in four look-up tables, which their slice joins
LUTS_PER_ROM256 = 4.4  # ... and the multiplexers after several of them (fitted to Yosys)
MOST_IN_A_LUT = 4  # block RAMs among which one look-up table chooses a bit
LUTS_PER_STACKED_BIT = 0.4  # for a bit of each of more block RAMs (fitted to Yosys)
LUT_RAM_BITS = 1.5  # bits of dual-port RAM, 32 deep, in one look-up table (RAM32M: 6 in 4)
SHIFT_DEPTH = 32  # words of the longest shift register in one look-up table (SRLC32E)
SHIFT_WIDTH = 16  # a wider FIFO is smaller as RAM, although that needs two counters
LUTS_PER_RAMB18 = 128  # what half a block RAM must save
LUTS_BESIDE_RAMB18 = 190  # that the xc7z020 has for each half of a block RAM; larger devices have more
SMALLEST_DSP_PRODUCT = 9  # bits, of Yosys
ACCUMULATOR_BITS = 48  # of a DSP slice
LUTS_PER_DSP = 40  # what a DSP slice must save; devices have 150 to 250 look-up tables for each

SHALLOWEST_BLOCK = 512  # words
BITS_OF_BLOCK = 36 * 1024  # of a RAMB36
ULTRA_DEPTH, ULTRA_WIDTH = 4096, 72  # words and bits of an UltraRAM, its only form (AMD UG573)


@dataclass(frozen=True)
class Fabric:
    """What a family's look-up tables can be besides logic.

    rom_depth: words of a one-bit ROM in one of them; a deeper memory of more than `rom_bits` is block RAM.
    shift_depth: words of a FIFO that is a shift register: those of one in a look-up table, or two registers
    where there is none. has_ultra: whether devices of the family may have UltraRAM; which do, boards say.
    """

    name: str
    rom_depth: int = LUT_DEPTH
    rom_bits: int = 1024
    shift_depth: int = SHIFT_DEPTH
    has_ultra: bool = True


XILINX = Fabric("xilinx")
ECP5 = Fabric(
    "ecp5", rom_depth=16, shift_depth=2, has_ultra=False
)  # LUT4; RAM of 16 words (TRELLIS_DPR16X4), no shift registers
FABRICS = {fabric.name: fabric for fabric in (XILINX, ECP5)}


def memory_style(
    depth: int, width_bits: int, in_luts: bool = False, fabric: Fabric = XILINX, in_ultra: bool = False
) -> str:
    """What an array becomes: register, distributed or block; never block if it must lie `in_luts`.

    in_ultra: it is to lie in UltraRAM, which it does wherever the fabric may have that.
    """
    if depth == 1:
        return REGISTER
    if in_ultra and fabric.has_ultra:
        return ULTRA
    large = depth > fabric.rom_depth and depth * width_bits > fabric.rom_bits
    return BLOCK if large and not in_luts else DISTRIBUTED


def lut_rom_luts(depth: int, width_bits: int) -> float:
    """Look-up tables of a ROM of any size: its bits, and the choice among its tables."""
    if depth <= LUT_ROM_DEPTH:
        return -(-depth // LUT_DEPTH) * width_bits
    return LUTS_PER_ROM256 * -(-depth // LUT_ROM_DEPTH) * width_bits


def fifo_style(depth: int, width_bits: int, fabric: Fabric = XILINX) -> str:
    """What a FIFO becomes: shift, distributed or block."""
    if depth == 1 or (depth <= fabric.shift_depth and width_bits <= SHIFT_WIDTH):
        return SHIFT
    halves = placement(depth - 1, width_bits, rom=False).halves
    return BLOCK if lut_ram_luts(depth, width_bits) > LUTS_PER_RAMB18 * halves else DISTRIBUTED


def lut_ram_luts(depth: int, width_bits: int) -> float:
    """Look-up tables of a RAM made of them."""
    return -(-depth // 32) * width_bits / LUT_RAM_BITS


def ultra_count(depth: int, width_bits: int) -> int:
    """UltraRAMs that a memory takes; those of one column choose among their words by themselves."""
    return -(-depth // ULTRA_DEPTH) * -(-width_bits // ULTRA_WIDTH)


def block_choice_luts(stacked: int, width_bits: int) -> float:
    """Look-up tables of the choice among so many block RAMs."""
    if stacked <= MOST_IN_A_LUT:
        return width_bits if stacked > 1 else 0
    return LUTS_PER_STACKED_BIT * stacked * width_bits


def rows_in_blocks(depth: int, width_bits: int) -> int:
    """Rows of a ROM that lie in block RAM; the last ones, if there are others, lie in look-up tables.

    1024 of 1152 rows of 512 bits fill 29 halves of block RAMs; all of them need 43. The others cost two
    look-up tables a bit, and a third chooses: it is done where that is less than what devices have.
    """
    rows, rest = divmod(depth, SHALLOWEST_BLOCK)
    if memory_style(depth, width_bits) != BLOCK or not rows or not 0 < rest <= LUT_ROM_DEPTH:
        return depth
    kept = rows * SHALLOWEST_BLOCK
    whole, part = placement(depth, width_bits, rom=True), placement(kept, width_bits, rom=True)
    saved = LUTS_BESIDE_RAMB18 * (whole.halves - part.halves)
    cost = split_luts(kept, rest, width_bits) - block_choice_luts(whole.stacked, width_bits)
    return kept if cost <= saved else depth


def split_luts(kept: int, rest: int, width_bits: int) -> float:
    """Look-up tables of a ROM of which `kept` rows lie in block RAM, and `rest` in tables."""
    stacked = placement(kept, width_bits, rom=True).stacked
    return block_choice_luts(stacked, width_bits) + lut_rom_luts(rest, width_bits) + width_bits


def multiplies_in_luts(first_bits: int, second_bits: int) -> bool:
    """Whether a product of two variables is a sum of rows in look-up tables, not a DSP slice."""
    saved = product_dsps(first_bits, second_bits)
    return product_luts(first_bits, second_bits) <= LUTS_PER_DSP * saved


def fits_a_slice(first_bits: int, second_bits: int) -> bool:
    """Whether synthesis makes a product by a DSP slice if nothing is done to it: tiny ones stay in tables."""
    return min(first_bits, second_bits) > 1 and first_bits + second_bits >= SMALLEST_DSP_PRODUCT


def pair_fits_a_slice(sum_bits: int, weight_bits: int, count_bits: int) -> bool:
    """Whether a DSP slice can add products to two sums at a time (hw/hls/pairs.h)."""
    pair = sum_bits + weight_bits
    single = fits_a_slice(pair, count_bits) and product_dsps(pair, count_bits) == 1
    return single and 2 * sum_bits <= ACCUMULATOR_BITS


def product_luts(first_bits: int, second_bits: int) -> int:
    """Look-up tables of a product as a sum of rows: the larger factor for each bit set in the smaller."""
    rows, width = sorted((first_bits, second_bits))
    return width + (rows - 1) * (width + 1)


def signed_digits(number: int, width: int) -> list[tuple[int, bool]]:
    """Positions of the signed digits of `number` modulo 2^width, lowest first, and whether each is
    subtracted: as few as there can be.
    """
    found = []
    position = 0
    number &= (1 << width) - 1
    while number and position < width:
        if number & 1:
            minus = number & 3 == 3
            found.append((position, minus))
            number += 1 if minus else -1
        number >>= 1
        position += 1
    return found


def digits_product_luts(bits: int, digits: int) -> int:
    """Look-up tables of a product by a constant of so many digits as a sum of shifted copies."""
    return max(0, digits - 1) * (bits + 1)


def multiplies_by_digits(bits: int, constant_bits: int, digits: int) -> bool:
    """Whether a product by a constant is a sum of shifted copies, not a multiplier."""
    return digits_product_luts(bits, digits) <= LUTS_PER_DSP * product_dsps(bits, constant_bits)


def multiplies_by_table(bits: int, digits: int) -> bool:
    """Whether a product by a constant is chosen by the bits of what is multiplied: a look-up table has room
    for these and for a bit that the product is added to; a sum of three copies takes two of them.
    """
    return bits <= TABLE_BITS and digits > 2


def product_dsps(first_bits: int, second_bits: int) -> int:
    """DSP slices of a product, 24 x 17 bits (unsigned) each."""
    a, b = first_bits, second_bits
    return min(-(-a // 24) * -(-b // 17), -(-a // 17) * -(-b // 24))
