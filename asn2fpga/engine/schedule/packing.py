"""Which gates share a look-up table: those that together depend, bit for bit, on no more than its inputs.

Synthesis packs chains of gates, choices and small comparisons into look-up tables, and gates in front of an
adder into the adder's own. A *cone* says what a value is a function of: its leaves come out of registers,
memories, operators, or out of a look-up table that is full. A value is there one level of logic after the
last of its leaves. Packing begins at the latest argument, as mapping for depth does (FlowMap, Cong and Ding
1994, with one cut a value), and as if all were in one stage: a leaf that comes to be in an earlier stage is
a register there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from asn2fpga.engine.ir.operations import CARRIED, COMPARISONS, GATES, LOGIC, WIRING
from asn2fpga.engine.ir.process import Op, Process, Region
from asn2fpga.engine.target.delays import DelayModel

HANDSHAKE_INPUTS = 2  # valid and ready, of the gate that a predicate goes into
_THROUGH = WIRING | LOGIC - GATES  # what is part of what follows it
_PACKED = GATES | COMPARISONS | CARRIED


@dataclass(frozen=True, slots=True)
class Leaf:
    """Bit i depends on bit `low` + i of a value; if not `each`, on bit `low` whatever i is."""

    value: int
    low: int
    each: bool


@dataclass(frozen=True, slots=True)
class Cone:
    """What a value is a function of: leaves, and the values that they wait for until `ready` (ns)."""

    leaves: frozenset[Leaf] = frozenset()
    sources: frozenset[int] = frozenset()
    ready: float = 0.0


@dataclass(frozen=True, slots=True)
class Packed:
    """One operation: the values whose arrival counts, and the delay from the last of them on.

    roomy: it comes out of a look-up table in which the first gate of the handshakes has room as well.
    """

    after: tuple[int, ...]
    delay_ns: float
    roomy: bool = False


def pack(process: Process, region: Region, delays: DelayModel) -> dict[int, Packed]:
    """Gates, comparisons, sums and wiring of a region, packed."""
    packer = _Packer(process, delays)
    return {number: packer.add(process.ops[number]) for number in region.ops}


class _Packer:
    def __init__(self, process: Process, delays: DelayModel) -> None:
        self.ops = process.ops
        self.delays = delays
        self.inputs = delays.figures.lut_inputs
        self.whole: dict[int, Cone] = {}  # a value as it comes out of its operation
        self.roomy: set[int] = set()
        self.inner: dict[int, Cone] = {}  # a value as a function inside of another one's look-up table

    def add(self, op: Op) -> Packed:
        """Pack the next operation of the region."""
        if op.kind in _PACKED:
            return self._logic(op)
        packed = Packed(op.args, self._delay(op))
        if op.kind in _THROUGH:
            self.whole[op.id] = self._through(op, self._whole)
            self.inner[op.id] = self._through(op, self._inner)
            if op.args and self.roomy.issuperset(op.args):
                self.roomy.add(op.id)
                packed = replace(packed, roomy=True)
        else:
            arrival = max((self._whole(arg).ready for arg in op.args), default=0.0)
            self._enter(op, arrival + packed.delay_ns)
        return packed

    def _delay(self, op: Op) -> float:
        return self.delays.of(op, [self.ops[arg].width for arg in op.args]) if op.args else 0.0

    def _enter(self, op: Op, ready: float, inner: Cone | None = None) -> None:
        self.whole[op.id] = self._root(op.id, ready)
        self.inner[op.id] = inner or self.whole[op.id]

    def _root(self, value: int, ready: float) -> Cone:
        if self.ops[value].kind == "constant":
            return Cone()
        return Cone(frozenset({Leaf(value, 0, self.ops[value].width > 1)}), frozenset({value}), ready)

    def _whole(self, value: int) -> Cone:
        return self.whole[value] if value in self.whole else self._root(value, 0.0)

    def _inner(self, value: int) -> Cone:
        return self.inner[value] if value in self.inner else self._root(value, 0.0)

    # ---- logic -----------------------------------------------------------------------------------------

    def _logic(self, op: Op) -> Packed:
        figures, delay = self.delays.figures, self._delay(op)
        bitwise = op.kind in GATES
        cone = self._joined(op, self.inputs, _same if bitwise else _all_bits)
        if cone is not None:
            self._enter(op, cone.ready + figures.lut, cone)
            if self._has_room(cone) or (bitwise and self._has_room(self._arguments(op), cone.ready)):
                self.roomy.add(op.id)
            return Packed(tuple(sorted(cone.sources)), figures.lut, op.id in self.roomy)
        cone = self._joined(op, figures.carry_inputs, _same) or self._arguments(op)
        if op.kind == "eq":
            bits = _all_bits(cone, max(self.ops[arg].width for arg in op.args))
            delay = figures.lut * max(1, math.ceil(math.log(len(bits.leaves), self.inputs)))
        self._enter(op, cone.ready + delay)
        return Packed(tuple(sorted(cone.sources)), delay)

    def _has_room(self, cone: Cone, ready: float = math.inf) -> bool:
        """Whether the first gate of the handshakes could share the look-up table; inputs there by `ready`."""
        return cone.ready <= ready and len(cone.leaves) + HANDSHAKE_INPUTS <= self.inputs

    def _joined(self, op: Op, inputs: int, of: Callable[[Cone, int], Cone]) -> Cone | None:
        """One function of all arguments, the latest packed as far as it has inputs; None if too large."""
        widths = {arg: self.ops[arg].width for arg in op.args}
        if of is _all_bits and sum(widths[arg] for arg in op.args if not self._is_constant(arg)) > inputs * 4:
            return None
        cones = {arg: of(self._whole(arg), width) for arg, width in widths.items()}
        joined = _union(cones.values())
        if len(joined.leaves) > inputs:
            return None
        for arg in sorted(widths, key=lambda arg: -cones[arg].ready):
            cones[arg] = of(self._inner(arg), widths[arg])
            packed = _union(cones.values())
            if len(packed.leaves) > inputs:
                break
            joined = packed
        return joined

    def _arguments(self, op: Op) -> Cone:
        return _union(self._whole(arg) for arg in op.args)

    def _is_constant(self, value: int) -> bool:
        return self.ops[value].kind == "constant"

    # ---- wiring ----------------------------------------------------------------------------------------

    def _through(self, op: Op, cone_of: Callable[[int], Cone]) -> Cone:
        """The cone after wiring: leaves move with their bits."""
        if op.kind == "concat":
            return self._side_by_side(op, cone_of)
        if op.kind == "slice":
            return _moved(cone_of(op.args[0]), op.value, single=op.width == 1)
        return cone_of(op.args[0]) if op.args else Cone()

    def _side_by_side(self, op: Op, cone_of: Callable[[int], Cone]) -> Cone:
        """Each bit depends on one part: as many leaves as the part with most."""
        parts, place = [], 0
        for arg in op.args:
            if not self._is_constant(arg):
                parts.append(_moved(cone_of(arg), -place))
            place += self.ops[arg].width
        if len(parts) == 1:
            return parts[0]
        count = max((len(part.leaves) for part in parts), default=0)
        leaves = frozenset(Leaf(op.id, number, True) for number in range(count))
        return replace(_union(parts), leaves=leaves)


def _same(cone: Cone, _: int) -> Cone:
    return cone


def _all_bits(cone: Cone, width: int) -> Cone:
    """A function of all bits."""
    leaves = {
        Leaf(leaf.value, leaf.low + bit, False)
        for leaf in cone.leaves
        for bit in range(width if leaf.each else 1)
    }
    return replace(cone, leaves=frozenset(leaves))


def _moved(cone: Cone, by: int, single: bool = False) -> Cone:
    leaves = (
        replace(leaf, low=leaf.low + by, each=not single) if leaf.each else leaf for leaf in cone.leaves
    )
    return replace(cone, leaves=frozenset(leaves))


def _union(cones: Iterable[Cone]) -> Cone:
    listed = list(cones)
    return Cone(
        frozenset[Leaf]().union(*(cone.leaves for cone in listed)),
        frozenset[int]().union(*(cone.sources for cone in listed)),
        max((cone.ready for cone in listed), default=0.0),
    )
