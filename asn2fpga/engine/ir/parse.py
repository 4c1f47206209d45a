"""A process of its printed form (`printed`): what passes are tested with, and what is left in work/*.ir."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace

from asn2fpga.device.binding import FABRICS, XILINX
from asn2fpga.engine.ir.operations import OPERATIONS, Number
from asn2fpga.engine.ir.printed import FLAGS, REGION_FLAGS
from asn2fpga.engine.ir.process import NOTHING, Exit, Memory, Op, Port, Process, Region
from asn2fpga.errors import InputError, shown

_TOKEN = re.compile(r'[^\s"]*"(?:\\.|[^"\\])*"|[^\s"]+')
_NUMBER = re.compile(r"-?\d+")


def parse_process(text: str) -> Process:
    """The process that `format_process` prints like that.

    Raises:
        InputError: a line that is none of a process, with its number.
    """
    reader = _Reader()
    for number, line in enumerate(text.splitlines(), 1):
        words = Words(line)
        try:
            if words.rest:
                reader.read(words)
        except (ValueError, IndexError, KeyError):
            raise InputError(
                f"line {number} of a process: {shown(line.strip())} must be a line of the printed form, as "
                "engine/ir/printed.py says."
            ) from None
    return reader.process()


class Words:
    """The words of a line, taken from the left; all methods raise ValueError or IndexError at a wrong one."""

    def __init__(self, line: str) -> None:
        self.rest = _TOKEN.findall(line)

    def next(self, sign: str = "") -> str:
        """The next word without the sign that it must start with, and without quotes."""
        text = self.rest.pop(0)
        if not text.startswith(sign):
            raise ValueError(text)
        text = text.removeprefix(sign)
        return str(json.loads(text)) if text.startswith('"') else text

    def number(self, sign: str = "") -> int:
        """The next word as a number."""
        return int(self.next(sign).rstrip(",:"))

    def skip(self, *texts: str) -> None:
        """These words come next."""
        for text in texts:
            if self.rest.pop(0) != text:
                raise ValueError(text)

    def flag(self, text: str) -> bool:
        """Take this word if it comes next."""
        found = self.rest[:1] == [text]
        self.rest = self.rest[found:]
        return found

    def option(self, sign: str) -> str:
        """Take a word that starts with `sign`, if it comes next; else ''."""
        return self.next(sign) if self.rest and self.rest[0].startswith(sign) else ""

    def location(self) -> str:
        """Take `at FILE:LINE`, if it comes next; else ''."""
        return self.next() if self.flag("at") else ""


class _Reader:
    """Reads line after line; the last one of `regions` is the one at hand."""

    def __init__(self) -> None:
        self.head = Process("", (), (), {}, ())
        self.ports: list[Port] = []
        self.memories: dict[str, Memory] = {}
        self.ops: dict[int, Op] = {}
        self.regions: list[Region] = []
        self.listed: list[tuple[list[int], list[int]]] = []  # phis and operations of each region
        self.contents: dict[str, list[int]] = {}

    def process(self) -> Process:
        """All that was read."""
        memories = tuple(
            replace(memory, contents=tuple(self.contents.get(memory.name, [0] * memory.depth)))
            for memory in self.memories.values()
        )
        regions = tuple(
            replace(region, phis=tuple(phis), ops=tuple(ops))
            for region, (phis, ops) in zip(self.regions, self.listed, strict=True)
        )
        return replace(self.head, ports=tuple(self.ports), memories=memories, ops=self.ops, regions=regions)

    def read(self, words: Words) -> None:
        """One line."""
        if words.rest[0].startswith("%"):
            self._operation(words)
        elif words.rest[0] in _LINES:
            _LINES[words.next()](self, words)
        else:
            self._words_of_contents(words)
        if words.rest:
            raise ValueError(words.rest)

    def _process(self, words: Words) -> None:
        name, shared = words.next(), words.option("shared=")
        self.head = replace(self.head, name=name, shared=int(shared or 0), location=words.location())

    def _stream(self, words: Words) -> None:
        name, direction = words.next(), words.next()
        width, last = words.number("u"), words.number("last=")
        depth, parameter = words.option("depth="), words.option("parameter=")
        element, is_value = words.option("element="), words.flag("value")
        channels = tuple((channel, int(bits)) for channel, bits in (each.split("=") for each in words.rest))
        words.rest = []
        self.ports.append(
            Port(
                name,
                direction,
                width,
                last,
                int(depth or 0),
                parameter,
                int(element or 0),
                channels,
                is_value,
            )
        )

    def _memory(self, words: Words, writable: bool) -> None:
        name, depth = words.next(), words.number()
        words.skip("x")
        width, read_ports = words.number("u"), words.option("read_ports=")
        static, bypassed, partitioned, in_luts, in_ultra = (words.flag(flag) for flag in FLAGS)
        fabric = FABRICS[words.option("fabric=") or XILINX.name]
        c_name, base = words.option("c_name="), words.option("base=")
        self.memories[name] = Memory(
            name,
            depth,
            width,
            (),
            writable,
            c_name,
            static,
            bypassed,
            int(read_ports or 1),
            partitioned,
            in_luts,
            fabric,
            base,
            in_ultra,
        )

    def _contents(self, words: Words) -> None:
        name = words.next()
        self.contents[self.memories[name].name] = []

    def _words_of_contents(self, words: Words) -> None:
        place = self.contents[list(self.contents)[-1]]
        for text in words.rest:
            value, _, count = text.partition("*")
            place.extend([int(value, 16)] * int(count or 1))
        words.rest = []

    # ---- regions ---------------------------------------------------------------------------------------

    def _region(self, words: Words, is_loop: bool) -> None:
        name, interval = words.next(), words.number("interval=")
        flattened, multipliers = (words.flag(flag) for flag in REGION_FLAGS)
        least, _, most = words.option("trips=").partition("..")
        location = words.location()
        self.listed.append(([], []))
        trips = (int(least), int(most)) if most else None
        region = Region(name, is_loop, (), (), (), interval=interval, location=location, said_trips=trips)
        self.regions.append(replace(region, flattened=flattened, multipliers=multipliers))

    def _change(self, **fields: object) -> None:
        self.regions[-1] = replace(self.regions[-1], **fields)  # type: ignore[arg-type]

    def _distance(self, words: Words) -> None:
        self._change(distances={**self.regions[-1].distances, words.next(): words.number()})

    def _bypass(self, words: Words) -> None:
        self._change(bypassed=self.regions[-1].bypassed | {words.next()})

    def _back(self, words: Words) -> None:
        self._change(back={**self.regions[-1].back, **_moves(words)})

    def _exit(self, words: Words) -> None:
        condition = NOTHING if words.flag("otherwise") else _condition(words)
        words.skip("to")
        self._change(exits=(*self.regions[-1].exits, Exit(condition, words.next(), _moves(words))))

    def _operation(self, words: Words) -> None:
        number, width = words.number("%"), words.number("u")
        words.skip("=")
        kind = words.next()
        row = OPERATIONS[kind]
        is_number = row.number is not Number.NOTHING and words.rest and _NUMBER.fullmatch(words.rest[0])
        value = words.number() if is_number else 0
        target = words.option("@")
        args = []
        while words.rest and words.rest[0].startswith("%"):
            args.append(words.number("%"))
        predicate = _condition(words) if words.rest[:1] == ["if"] else NOTHING
        name = words.next() if words.flag(";") and words.rest[0] != "at" else ""
        location = words.location()
        self.ops[number] = Op(number, kind, width, tuple(args), value, target, predicate, location, name)
        self._list(number, kind)

    def _list(self, number: int, kind: str) -> None:
        """Operations before the first region belong to none."""
        if self.listed:
            phis, ops = self.listed[-1]
            (phis if kind == "phi" and not ops else ops).append(number)


def _condition(words: Words) -> int:
    words.skip("if")
    return words.number("%")


def _moves(words: Words) -> dict[int, int]:
    moves = {}
    while words.rest:
        phi = words.number("%")
        words.skip("<-")
        moves[phi] = words.number("%")
    return moves


_LINES: dict[str, Callable[[_Reader, Words], None]] = {
    "process": _Reader._process,
    "stream": _Reader._stream,
    "ram": lambda reader, words: reader._memory(words, writable=True),
    "rom": lambda reader, words: reader._memory(words, writable=False),
    "contents": _Reader._contents,
    "loop": lambda reader, words: reader._region(words, is_loop=True),
    "block": lambda reader, words: reader._region(words, is_loop=False),
    "distance": _Reader._distance,
    "bypass": _Reader._bypass,
    "back": _Reader._back,
    "exit": _Reader._exit,
}
