"""The streams of a process: which elements of its parameters it reads or writes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from asn2fpga.engine.clang.syntax import Function, IntType, size_of
from asn2fpga.engine.ir.process import Port
from asn2fpga.engine.read.layout import Address
from asn2fpga.engine.read.memories import MemoryPlan
from asn2fpga.errors import HlsError

_MOST_ELEMENTS = 256


@dataclass(frozen=True)
class _Kind:
    """What a stream carries, and how many words a FIFO of it holds by its type."""

    width: int
    last_bits: int
    depth: int
    channels: tuple[tuple[str, int], ...]


class Ports:
    """Streams by parameter and element."""

    def __init__(self, function: Function, memories: MemoryPlan) -> None:
        self._function = function
        self._memories = memories
        self._kinds: dict[str, _Kind] = {}
        self._directions: dict[tuple[str, int], str] = {}
        self._values: dict[str, int] = {}

    def declare(self, parameter: str, numbers: Sequence[int]) -> None:
        """Say what a parameter's streams carry: the numbers of asn_stream_access."""
        width, last_bits, depth, *channels = numbers
        bits = zip(("TKEEP", "TSTRB", "TUSER", "TID", "TDEST"), (channels[0], *channels), strict=True)
        self._kinds[parameter] = _Kind(width, last_bits, depth, tuple(part for part in bits if part[1]))

    def add_value(self, parameter: str, width: int) -> None:
        """Say that a parameter is a value of so many bits."""
        self._values[parameter] = width

    def is_stream(self, parameter: str) -> bool:
        """Whether a parameter is a stream or an array of streams."""
        return parameter in self._kinds

    def width(self, parameter: str) -> int:
        """Bits of a word of a parameter's streams."""
        return self._kinds[parameter].width

    def elements(self, address: Address) -> range:
        """Elements of the parameter that an address may be.

        Raises:
            HlsError: there is no bound to them.
        """
        size = size_of(IntType(self.width(address.base)))
        low = high = address.offset
        for scale, value in address.terms:
            span = self._memories.within(address, value).times(scale)
            low, high = low + span.low, high + span.high
        if low < 0 or high >= _MOST_ELEMENTS * size:
            raise HlsError(
                f"which element of {address.base} is meant is not known to be 0 to {_MOST_ELEMENTS - 1}; "
                "count to a constant, or mask the index"
            )
        return range(low // size, high // size + 1)

    def use(self, parameter: str, element: int, direction: str) -> str:
        """The name of the stream that is read ("in") or written ("out").

        Raises:
            HlsError: the process does both.
        """
        if self._directions.setdefault((parameter, element), direction) != direction:
            raise HlsError(
                f"stream {parameter} must be read or written by a process, not both; use two streams"
            )
        return self._name(parameter, element)

    def all(self) -> Iterator[Port]:
        """All streams that are used, in the order of the parameters."""
        for parameter in self._function.parameters:
            if parameter in self._values:
                yield Port(parameter, "in", self._values[parameter], parameter=parameter, is_value=True)
            for (base, element), direction in sorted(self._directions.items()):
                if base == parameter:
                    kind = self._kinds[parameter]
                    name = self._name(parameter, element)
                    yield Port(
                        name,
                        direction,
                        kind.width,
                        kind.last_bits,
                        kind.depth,
                        parameter,
                        element,
                        kind.channels,
                    )

    def _name(self, parameter: str, element: int) -> str:
        if parameter not in self._memories.stream_arrays:
            return parameter
        name = f"{parameter}_{element}"
        while name in self._function.parameters:
            name += "_"
        return name
