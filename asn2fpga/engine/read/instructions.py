"""Single LLVM instructions -> operations."""

from __future__ import annotations

from asn2fpga.engine.clang.demangle import value_name, variable_name
from asn2fpga.engine.clang.locations import Locations
from asn2fpga.engine.clang.parse import BINARY
from asn2fpga.engine.clang.syntax import (
    Function,
    Instruction,
    IntType,
    Local,
    Number,
    Operand,
    PointerType,
    Typed,
    size_of,
)
from asn2fpga.engine.ir.builder import Builder
from asn2fpga.engine.ir.process import NOTHING, Op
from asn2fpga.engine.read.arguments import value_arguments
from asn2fpga.engine.read.banks import Index
from asn2fpga.engine.read.intrinsics import read_intrinsic
from asn2fpga.engine.read.layout import Address, Choice, Place, leaves
from asn2fpga.engine.read.limits import check_size
from asn2fpga.engine.read.memories import MemoryPlan
from asn2fpga.engine.read.ports import Ports
from asn2fpga.errors import HlsError

_PREDICATES = {  # LLVM's comparison -> (kind, swap operands, negate)
    "eq": ("eq", False, False),
    "ne": ("eq", False, True),
    "ult": ("ult", False, False),
    "ule": ("ule", False, False),
    "ugt": ("ult", True, False),
    "uge": ("ule", True, False),
    "slt": ("slt", False, False),
    "sle": ("sle", False, False),
    "sgt": ("slt", True, False),
    "sge": ("sle", True, False),
}


_FLOATING = frozenset(
    "floating uitofp sitofp fptoui fptosi fadd fsub fmul fdiv frem fneg fcmp fpext fptrunc".split()
)
_AVAILABLE = {"asn_stream_waits": "in", "asn_stream_has_room": "out"}
_MADE_OF = frozenset({"asn_partition", "asn_rom_lut", "asn_ram_ultra"})
_WITH_NUMBER = ("asn_pipeline", "asn_dependence_distance")


def not_a_stream(argument: str) -> str:
    """What to do with an argument that is an array, a pointer or a reference."""
    return (
        f"the argument {argument} is an array, a struct, a pointer or a reference, and ports to memory are "
        f"not built; send its words through a stream (hls::stream<T>& {argument}), pass single integers by "
        "value, and results as words of a stream"
    )


class InstructionReader:
    """Translates instructions one by one; keeps the values of SSA names and the directives of the region."""

    def __init__(
        self,
        builder: Builder,
        memories: MemoryPlan,
        locations: Locations,
        function: Function,
    ) -> None:
        self.builder = builder
        self.memories = memories
        self.locations = locations
        self.function = function
        self.values: dict[str, int] = {}
        self.ports = Ports(function, memories)
        self.start_region()

    def read_arguments(self) -> None:
        """Read all arguments that are values: a call sees them as they are when it begins."""
        place = self.locations.function(self.function.debug)
        for name, width in value_arguments(self.function, self.locations.metadata).items():
            self.ports.add_value(name, width)
            op = Op(0, "read", width, target=name, location=place, name=name)
            self.values[name] = self.builder.add(op)

    def start_region(self) -> None:
        """Forget the last region's directives."""
        self.interval = 0
        self.interval_place = ""
        self.distances: dict[str, int] = {}
        self.bypassed: set[str] = set()
        self.multipliers = False

    def value(self, typed: Typed) -> int:
        """Value of an operand."""
        if isinstance(typed.operand, Number) and isinstance(typed.type, IntType):
            return self.builder.constant(typed.operand.value, typed.type.width)
        if isinstance(typed.operand, Local) and typed.operand.name in self.values:
            return self.values[typed.operand.name]
        place = self.locations.function(self.function.debug)
        if isinstance(typed.operand, Local) and typed.operand.name in self.function.parameters:
            raise HlsError(f"{place}: {not_a_stream(typed.operand.name)}")
        raise HlsError(f"{place}: the value {typed.operand} must be an integer that this function computes")

    def read(self, instruction: Instruction, predicate: int) -> None:
        """Translate one instruction that runs when `predicate` holds."""
        opcode = instruction.opcode
        if opcode in ("getelementptr", "alloca") or isinstance(instruction.type, PointerType):
            return
        if opcode == "call":
            self._call(instruction, predicate)
        elif opcode == "store":
            self._store(instruction, predicate)
        elif instruction.result is not None:
            self.values[instruction.result] = self._result(instruction, predicate)
        else:
            raise HlsError(f"{self.place(instruction)}: {opcode} is not supported by the embedded engine")

    def place(self, instruction: Instruction) -> str:
        """FILE:LINE for messages."""
        return self.locations.of(instruction.debug) or self.locations.function(self.function.debug)

    def _op(self, instruction: Instruction, kind: str, width: int, *args: int, **fields: object) -> int:
        name = value_name(instruction.result or "", kind)
        location = self.locations.of(instruction.debug)
        return self.builder.add(Op(0, kind, width, args, location=location, name=name, **fields))  # type: ignore[arg-type]

    def _result(self, instruction: Instruction, predicate: int) -> int:
        opcode = instruction.opcode
        if opcode in _FLOATING:
            raise HlsError(f"{self.place(instruction)}: floating point is not supported; use ap_int")
        if not isinstance(instruction.type, IntType):
            raise HlsError(
                f"{self.place(instruction)}: {opcode} of a value that is no integer is not supported; "
                "use ap_int"
            )
        width = instruction.type.width
        if opcode == "load":
            return self._load(instruction, predicate, width)
        args = [self.value(operand) for operand in instruction.operands]
        if opcode in BINARY:
            return self._binary(instruction, width, args)
        if opcode == "icmp":
            kind, swap, negate = _PREDICATES[instruction.predicate]
            result = self._op(instruction, kind, 1, *(args[::-1] if swap else args))
            return self.builder.negate(result) if negate else result
        if opcode == "select":
            return self._op(instruction, "select", width, *args)
        if opcode == "trunc":
            return self._op(instruction, "slice", width, args[0])
        if opcode in ("zext", "sext"):
            return self._op(instruction, opcode, width, args[0])
        if opcode == "freeze":
            return args[0]
        raise HlsError(f"{self.place(instruction)}: {opcode} is not supported by the embedded engine")

    def _binary(self, instruction: Instruction, width: int, args: list[int]) -> int:
        try:
            check_size(self.builder, instruction.opcode, args)
        except HlsError as error:
            raise HlsError(f"{self.place(instruction)}: {error}") from None
        return self._op(instruction, instruction.opcode, width, *args)

    # ---- memories and streams --------------------------------------------------------------------------

    def _load(self, instruction: Instruction, predicate: int, width: int) -> int:
        pointer = instruction.operands[0].operand
        if self.memories.is_stream(pointer):
            return self._read_place(instruction, self.memories.place(pointer), width, predicate)
        return self._load_place(instruction, self.memories.place(pointer), width)

    def _read_place(self, instruction: Instruction, place: Place, width: int, predicate: int) -> int:
        if isinstance(place, Choice):
            condition = self.value(place.condition)
            both = [
                self._read_place(instruction, part, width, self.builder.both(predicate, when))
                for part, when in ((place.yes, condition), (place.no, self.builder.negate(condition)))
            ]
            return self._op(instruction, "select", width, condition, *both)
        if place.base in self.values and not instruction.volatile:
            return self.builder.resize(self.values[place.base], width)
        word = NOTHING
        for name, hit in self._streams(instruction, place, "in"):
            bits, happens = self.ports.width(place.base), self.builder.both(predicate, hit)
            read = self._op(instruction, "read", bits, target=name, predicate=happens)
            word = read if word == NOTHING else self._op(instruction, "select", bits, hit, read, word)
        return self.builder.resize(word, width)

    def _load_place(self, instruction: Instruction, place: Place, width: int) -> int:
        if isinstance(place, Choice):
            yes, no = (self._load_place(instruction, part, width) for part in (place.yes, place.no))
            return self._op(instruction, "select", width, self.value(place.condition), yes, no)
        bank, found = self._words(place, width)
        words = [self._op(instruction, "load", width, address, target=memory) for memory, address, _ in found]
        return self._chosen(instruction, words, bank)

    def _chosen(self, instruction: Instruction, words: list[int], bank: int) -> int:
        """The word of the bank with this number, by its bits from the lowest on."""
        bit = 0
        while len(words) > 1:
            odd = self.builder.slice(bank, bit, 1)
            pairs = [
                self._op(instruction, "select", self.builder.width(low), odd, high, low)
                for low, high in zip(words[::2], words[1::2], strict=False)
            ]
            words, bit = pairs + words[len(pairs) * 2 :], bit + 1
        return words[0]

    def _store(self, instruction: Instruction, predicate: int) -> None:
        data = self.value(instruction.operands[0])
        place = self.memories.place(instruction.operands[1].operand)
        self._store_place(instruction, place, data, predicate)

    def _store_place(self, instruction: Instruction, place: Place, data: int, predicate: int) -> None:
        if isinstance(place, Choice):
            condition = self.value(place.condition)
            otherwise = self.builder.negate(condition)
            self._store_place(instruction, place.yes, data, self.builder.both(predicate, condition))
            self._store_place(instruction, place.no, data, self.builder.both(predicate, otherwise))
            return
        if self.memories.is_parameter(place):
            for name, hit in self._streams(instruction, place, "out"):
                bits, happens = self.ports.width(place.base), self.builder.both(predicate, hit)
                word = self.builder.resize(data, bits)
                self._op(instruction, "write", bits, word, target=name, predicate=happens)
            return
        width = self.builder.width(data)
        for memory, address, hit in self._words(place, width)[1]:
            happens = self.builder.both(predicate, hit)
            self._op(instruction, "store", width, address, data, target=memory, predicate=happens)

    def _streams(self, instruction: Instruction, place: Address, direction: str) -> list[tuple[str, int]]:
        """The streams that an access may be of, and when it is of each (NOTHING: always)."""
        name = place.base
        accesses = instruction.volatile or instruction.callee in _AVAILABLE
        if not self.ports.is_stream(name) or not accesses:
            raise HlsError(f"{self.place(instruction)}: {not_a_stream(name)}")
        try:
            elements = self.ports.elements(place)
            names = [self.ports.use(name, element, direction) for element in elements]
        except HlsError as error:
            raise HlsError(f"{self.place(instruction)}: {error}") from None
        if len(names) == 1:
            return [(names[0], NOTHING)]
        size = size_of(IntType(self.ports.width(name)))
        terms = tuple(
            (scale, self.value(typed), self.memories.within(place, typed)) for scale, typed in place.terms
        )
        width = (elements[-1] * size).bit_length()
        index = Index(place.offset, terms).value(self.builder, width)
        places = (self.builder.constant(element * size, width) for element in elements)
        hits = [self.builder.make("eq", index, at) for at in places]
        return list(zip(names, hits, strict=True))

    def _available(self, instruction: Instruction, place: Place, direction: str) -> int:
        """Whether a read ("in") or write ("out") of a stream would not wait."""
        if isinstance(place, Choice):
            yes, no = (self._available(instruction, part, direction) for part in (place.yes, place.no))
            return self._op(instruction, "select", 1, self.value(place.condition), yes, no)
        found = NOTHING
        for name, hit in self._streams(instruction, place, direction):
            op = self._op(instruction, "available", 1, target=name)
            found = op if found == NOTHING else self._op(instruction, "select", 1, hit, op, found)
        return found

    def _check_stream(self, instruction: Instruction, place: Address) -> None:
        if not self.memories.is_parameter(place):
            raise HlsError(
                f"{self.place(instruction)}: stream {variable_name(place.base)} must be a parameter of the "
                "process, not a variable; declare it in the top function"
            )

    def _check_reference(self, instruction: Instruction, place: Address) -> None:
        if place.base in self.function.copied:
            raise HlsError(
                f"{self.place(instruction)}: the argument {place.base} is a copy of a stream, and a stream "
                f"cannot be copied; write hls::stream<T>& {place.base}, with an ampersand"
            )

    def _words(self, place: Address, width: int) -> tuple[int, list[tuple[str, int, int]]]:
        """The number of a word's bank, and the memories that may hold the word.

        Of each its name, the address, and whether the word is there (NOTHING: it always is).
        """
        memory, constant, terms = self.memories.access(place, width)
        values = [(words, self.value(typed), self.memories.within(place, typed)) for words, typed in terms]
        index, banked = Index(constant, tuple(values)), self.memories.banks(memory)
        if banked is None:
            address = index.value(self.builder, self.memories.address_bits(memory))
            return NOTHING, [(memory, address, NOTHING)]
        banks, names = banked
        bank, address = banks.locate(self.builder, index)
        known, bits = self.builder.constant_of(bank), self.builder.width(bank)
        if known is not None:
            return bank, [(names[min(known, len(names) - 1)], address, NOTHING)]
        hits = (self.builder.make("eq", bank, self.builder.constant(n, bits)) for n in range(len(names)))
        return bank, [(name, address, hit) for name, hit in zip(names, hits, strict=True)]

    # ---- calls -----------------------------------------------------------------------------------------

    def _call(self, instruction: Instruction, predicate: int) -> None:
        callee = instruction.callee
        if callee in _AVAILABLE and instruction.result is not None:
            place, direction = self.memories.place(instruction.operands[0].operand), _AVAILABLE[callee]
            self.values[instruction.result] = self._available(instruction, place, direction)
        elif callee.startswith("asn_"):
            self._directive(instruction)
        elif callee.startswith(("llvm.lifetime", "llvm.assume", "llvm.experimental.noalias", "llvm.dbg")):
            return
        elif callee.startswith("llvm.") and instruction.result is not None:
            args = [self.value(operand) for operand in instruction.operands]
            self.values[instruction.result] = read_intrinsic(
                self.builder, callee, args, self.place(instruction)
            )
        elif callee.startswith(("llvm.memset", "llvm.memcpy", "llvm.memmove")):
            raise HlsError(
                f"{self.place(instruction)}: an array or struct must be filled or copied element by element, "
                "not as a whole; write a loop instead, also for the first values of a local array"
            )

    def _directive(self, instruction: Instruction) -> None:
        arguments = [operand.operand for operand in instruction.operands]
        numbers = [argument.value for argument in arguments if isinstance(argument, Number)]
        if instruction.callee in _WITH_NUMBER and not numbers:
            raise HlsError(
                f"{self.place(instruction)}: the number of a directive must be a constant; write one"
            )
        self.multipliers |= instruction.callee == "asn_product_dsp"
        if instruction.callee == "asn_pipeline":
            self.interval, self.interval_place = max(1, numbers[0]), self.place(instruction)
        elif instruction.callee == "asn_stream_access":
            for address in leaves(self.memories.place(arguments[0])):
                self._check_stream(instruction, address)
                self._check_reference(instruction, address)
                self.ports.declare(address.base, numbers)
        elif instruction.callee in _MADE_OF:
            self._make_of(instruction)
        elif instruction.callee == "asn_dependence_distance":
            for memory in self.memories.memory_names(self._array(instruction)):
                self.distances[memory] = numbers[0]
        elif instruction.callee == "asn_bypass":
            self.bypassed.update(self.memories.memory_names(self._array(instruction)))

    def _make_of(self, instruction: Instruction) -> None:
        """A directive about what an array is made of."""
        array = self._array(instruction)
        if instruction.callee == "asn_partition":
            self.memories.partition(array)
        elif instruction.callee == "asn_rom_lut":
            self.memories.keep_in_luts(array)
        else:
            self.memories.keep_in_ultra(array, self.place(instruction))

    def _array(self, instruction: Instruction) -> Operand:
        """The array that a directive names."""
        operand = instruction.operands[0].operand
        try:
            self.memories.address(operand)
        except HlsError as error:
            raise HlsError(f"{self.place(instruction)}: {error}") from None
        return operand
