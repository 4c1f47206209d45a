"""What all read-outs share: shifts of the classes, the process that sends the scores, and what that costs."""

from __future__ import annotations

from asn2fpga.device.parts import fifo_resources
from asn2fpga.device.resources import Resources, fabric, total
from asn2fpga.graph.arrays import IntArray, as_integer
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.rule import differs, outside
from asn2fpga.graph.types import Array, FixedType, Shape
from asn2fpga.graph.words import SCORE_TYPE
from asn2fpga.kinds.hardware import TypeName
from asn2fpga.kinds.numbers import integers, within
from asn2fpga.kinds.roms import Rom, group_lanes, groups_of, rom

MAX_SCORE_SHIFT = 31
SHIFT_BITS = 5

# Fitted to Yosys' figures of generated designs: docs/spec/verification.md.
SEND_SCORES = (30, 12)  # LUT, FF of the process
SCORE_SHIFT_LUT = 55  # of 10 classes with 8 different shifts; one shift costs nothing


def score_edge(shape: Shape, time_steps: int, every_step: bool = False) -> Edge:
    """One int32 per class, once per inference or after every time step."""
    low, high = SCORE_TYPE.min, SCORE_TYPE.max
    return Edge(shape, "scores", SCORE_TYPE, low, high, time_steps, is_frame=not every_step)


def shifts_are_sound(shift: Array, classes: int) -> str:
    """The complaint that shifts are not 0..31, the smallest 0, if so."""
    complaint = integers("shift", shift, (classes,))
    if complaint:
        return complaint
    values = as_integer(shift)
    return outside("the largest shift", int(values.max()), 0, MAX_SCORE_SHIFT) or differs(
        "the smallest shift", int(values.min()), 0
    )


def scores_fit(low: IntArray, high: IntArray, shift: Array, bias: Array) -> str:
    """The complaint that (low..high) << shift + bias, however wide, is no int32, if so."""
    offset, left = as_integer(bias).astype(object), as_integer(shift)
    lowest, highest = (offset + (bound.astype(object) << left) for bound in (low, high))
    return within("scores", int(lowest.min()), int(highest.max()), SCORE_TYPE)


def sending_cost(classes: int, lanes: int, score_type: FixedType, is_shifted: bool) -> Resources:
    """Packed scores' FIFO, a shift register of one word, the shift and the bias."""
    word_bits = lanes * score_type.width_bits
    fifo = fifo_resources(groups_of(classes, lanes), word_bits)
    shifter = Resources(lut=SCORE_SHIFT_LUT if is_shifted else 0)
    return total([fabric(SEND_SCORES), fifo, Resources(lut=1.3 * word_bits, ff=word_bits), shifter])


def shift_type(name: str, shift: Array) -> TypeName:
    """The ROM of shifts, or that there is none."""
    return TypeName(f"{name}_shifts" if shift.any() else "asn::NoRom", "shifts")


def score_types(name: str, shift: Array, margins: Array | None) -> tuple[TypeName, ...]:
    """ROMs that the process reads which sends: shifts, and thresholds of an early exit."""
    found = (shift_type(name, shift),)
    return found if margins is None else (*found, TypeName(f"{name}_margins", "margins"))


def shift_roms(name: str, shift: Array, scores_in_word: int) -> tuple[Rom, ...]:
    """The ROM of shifts, if a class has one."""
    if not shift.any():
        return ()
    return (rom(f"{name}_shifts", "one left shift a class", group_lanes(shift, scores_in_word), SHIFT_BITS),)
