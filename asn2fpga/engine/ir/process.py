"""The engine's own IR: a process is a set of regions, a region one predicated, straight list of operations.

A region is either a *block* (runs once when entered) or a *loop* (its operations are one iteration; it
leaves by the first exit whose condition holds, and otherwise goes round). Values are numbered in the whole
process. An operation without side effect may run whether its predicate holds or not; loads have none.

Kinds of operations (operations.py has their properties), on unsigned bit vectors, all as wide as the result
unless said otherwise:
    constant value            phi                       not a          and or xor add sub a b
    mul a b                   low bits of the product; bits 0 and 1 of `value` say that a, b are signed
    udiv sdiv urem srem a b   shl lshr ashr a b         eq ult ule slt sle a b (1 bit)
    select c a b              zext sext a               slice a (from bit `value`)
    concat a b ...            (first argument in the low bits)
    load address (memory, read port `value`)   store address data (memory, predicate)
    read (stream, predicate)  write data (stream, predicate)
    available (stream)        1 if a word waits, or there is room for one: the access would not wait
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from asn2fpga.device.binding import XILINX, Fabric

NOTHING = -1


@dataclass(frozen=True, slots=True)
class Op:
    """One operation; `id` names its value. Predicates are ids of 1-bit values, NOTHING = always."""

    id: int
    kind: str
    width: int
    args: tuple[int, ...] = ()
    value: int = 0
    target: str = ""
    predicate: int = NOTHING
    location: str = ""
    name: str = ""

    def on(self, args: tuple[int, ...], predicate: int) -> Op:
        """The same operation on other arguments."""
        return Op(
            self.id,
            self.kind,
            self.width,
            args,
            self.value,
            self.target,
            predicate,
            self.location,
            self.name,
        )


@dataclass(frozen=True)
class Exit:
    """Leave a region for `target` if `condition` holds, giving the target's phis their values."""

    condition: int  # NOTHING = otherwise
    target: str
    moves: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Region:
    """Operations in order; `phis` are registers filled by exits that lead here and, in a loop, by `back`."""

    name: str
    is_loop: bool
    phis: tuple[int, ...]
    ops: tuple[int, ...]
    exits: tuple[Exit, ...]
    back: dict[int, int] = field(default_factory=dict)
    interval: int = 0  # asked initiation interval, 0 = the smallest
    distances: dict[str, int] = field(default_factory=dict)  # memory -> iterations until an address returns
    bypassed: frozenset[str] = frozenset()  # memories whose loads see words that are just being stored
    multipliers: bool = False  # products of two variables are made by DSP slices, however small
    location: str = ""
    flattened: bool = False  # one loop made of a nest
    said_trips: tuple[int, int] | None = (
        None  # LOOP_TRIPCOUNT: iterations; of a block, those of the loop it ends
    )


@dataclass(frozen=True)
class Memory:
    """An array: `depth` words of `width` bits that start as `contents`; a ROM if never written.

    A `static` one keeps its words from call to call. The value of a `bypassed` one is there in the cycle
    after the load, however small it is. A `partitioned` one is to become registers. One `in_luts` is made of
    look-up tables, however large it is; `fabric` says what those can be. One `in_ultra` is made of UltraRAM,
    and its first words are not known: nothing reads a word that was not written before.
    """

    name: str
    depth: int
    width: int
    contents: tuple[int, ...]
    writable: bool
    c_name: str = ""
    static: bool = False
    bypassed: bool = False
    read_ports: int = 1
    partitioned: bool = False
    in_luts: bool = False
    fabric: Fabric = XILINX
    base: str = ""  # the variable of the whole source, with its scopes
    in_ultra: bool = False


@dataclass(frozen=True)
class Port:
    """A stream a process reads or writes: `last_bits` of the `width` bits are TLAST.

    Between them and TDATA lie its other channels, the first one lowest. `depth` is that of
    hls::stream<T, DEPTH>, 0 if the type does not say it. The stream is an element of what the C++ function
    has as `parameter`; none if it is of the engine's own.
    """

    name: str
    direction: str  # "in" | "out"
    width: int
    last_bits: int = 0
    depth: int = 0
    parameter: str = ""
    element: int = 0
    channels: tuple[tuple[str, int], ...] = ()  # AXI4-Stream's TKEEP, TSTRB, ... with their bits
    is_value: bool = False  # a word that is always there (ap_none), no stream

    @property
    def data_bits(self) -> int:
        """Bits of TDATA."""
        return self.width - self.last_bits - sum(bits for _, bits in self.channels)


@dataclass(frozen=True)
class Process:
    """One hardware process: entered at regions[0], for ever again when it reaches `restart`."""

    name: str
    ports: tuple[Port, ...]
    memories: tuple[Memory, ...]
    ops: dict[int, Op]
    regions: tuple[Region, ...]
    location: str = ""
    shared: int = 0  # operators saved because another one does their work

    def region(self, name: str) -> Region:
        """The region called `name`."""
        return next(region for region in self.regions if region.name == name)

    def home(self) -> dict[int, str]:
        """Which region each phi and operation belongs to; constants belong nowhere."""
        return {
            value: region.name
            for region in self.regions
            for value in (*region.phis, *region.ops)
            if self.ops[value].kind != "constant"
        }

    def reached(self) -> list[Region]:
        """The regions that ways from the first one lead to, in their order."""
        targets = {region.name: {exit_.target for exit_ in region.exits} for region in self.regions}
        reached, work = {self.regions[0].name}, [self.regions[0].name]
        while work:
            following = targets[work.pop()] - reached
            reached |= following
            work += following
        return [region for region in self.regions if region.name in reached]

    def with_regions(self, regions: list[Region], ops: dict[int, Op]) -> Process:
        """The same process with other contents."""
        return replace(self, regions=tuple(regions), ops=ops)


def uses_of(op: Op) -> Iterator[int]:
    """Values an operation reads, its predicate included."""
    yield from op.args
    if op.predicate != NOTHING:
        yield op.predicate


def region_uses(region: Region) -> Iterator[int]:
    """Values that leave a region or steer it: exit conditions, moves and back values."""
    for exit_ in region.exits:
        if exit_.condition != NOTHING:
            yield exit_.condition
        yield from exit_.moves.values()
    yield from region.back.values()


def count_uses(process: Process) -> Counter[int]:
    """How often each value is used, in operations and where regions end."""
    uses: Counter[int] = Counter()
    for region in process.regions:
        uses.update(region_uses(region))
        for number in region.ops:
            uses.update(uses_of(process.ops[number]))
    return uses
