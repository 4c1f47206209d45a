"""LLVM IR -> the engine's IR: each innermost loop and each other block becomes a region.

Branches inside a loop body become predicates and selects (if-conversion): a region is one straight list.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from asn2fpga.engine.clang.demangle import demangle_function, value_name
from asn2fpga.engine.clang.locations import Locations
from asn2fpga.engine.clang.syntax import BasicBlock, Function, Instruction, IntType, Module, Number, Typed
from asn2fpga.engine.clang.trip_counts import said_trips
from asn2fpga.engine.ir.builder import Builder
from asn2fpga.engine.ir.fold.rules import fold
from asn2fpga.engine.ir.names import Names, identifier
from asn2fpga.engine.ir.process import NOTHING, Exit, Memory, Process, Region
from asn2fpga.engine.read.cfg import Cluster, ControlFlow
from asn2fpga.engine.read.fills import expand_fills
from asn2fpga.engine.read.first_values import give_first_values
from asn2fpga.engine.read.instructions import InstructionReader
from asn2fpga.engine.read.memories import MemoryPlan
from asn2fpga.engine.read.pointer_phis import split_pointer_phis
from asn2fpga.engine.read.predicates import Predicates
from asn2fpga.engine.read.walks import index_walks
from asn2fpga.errors import HlsError

Edge = tuple[str, str]


def read_process(module: Module, function: Function, locations: Locations, endless: bool) -> Process:
    """Build the process of one function; an `endless` one starts again when it returns.

    Raises:
        HlsError: a construct the engine does not take; names FILE:LINE and what to write instead.
    """
    try:
        ControlFlow(function).loops()
    except HlsError as error:
        raise HlsError(f"{locations.function(function.debug)}: {error}") from None
    function = split_pointer_phis(index_walks(expand_fills(module, function, locations)))
    return give_first_values(_ProcessReader(module, function, locations, endless).read())


class _ProcessReader:
    def __init__(self, module: Module, function: Function, locations: Locations, endless: bool) -> None:
        self.function = function
        self.locations = locations
        self.flow = ControlFlow(function)
        self.builder = Builder(fold)
        self.names = Names()
        self.labels = Names()
        self.memories = MemoryPlan(module, function, self.names, locations)
        self.reader = InstructionReader(self.builder, self.memories, locations, function)
        self.clusters = self.flow.clusters(endless and _is_pipelined(function))
        self.region_names: dict[str, str] = {}
        self.header_phis: dict[str, list[tuple[Instruction, int]]] = {}

    def read(self) -> Process:
        for cluster in self.clusters:
            self._declare(cluster)
        regions = tuple(self._region(cluster) for cluster in self.clusters)
        return Process(
            name=identifier(demangle_function(self.function.name)),
            ports=tuple(self.reader.ports.all()),
            memories=self._memories(regions),
            ops=self.builder.ops,
            regions=regions,
            location=self.locations.function(self.function.debug),
        )

    def _memories(self, regions: tuple[Region, ...]) -> tuple[Memory, ...]:
        bypassed = frozenset[str]().union(*(region.bypassed for region in regions))
        return tuple(
            replace(memory, bypassed=memory.name in bypassed and memory.writable and memory.depth > 1)
            for memory in self.memories.memories()
        )

    def _declare(self, cluster: Cluster) -> None:
        """Name a region and make its phis, before any region is read."""
        stem = self._region_place(cluster).partition(".")[0] or self.function.name
        self.region_names[cluster.header] = self.labels.unique(
            f"{stem}_{'loop' if cluster.is_loop else 'block'}"
        )
        phis = []
        for instruction in self.flow.blocks[cluster.header].instructions:
            if instruction.opcode != "phi" or instruction.result is None:
                break
            if not isinstance(instruction.type, IntType):
                raise HlsError(
                    f"{self._place(instruction)}: pointers cannot be chosen at run time; index an array"
                )
            name = value_name(instruction.result, "phi")
            phi = self.builder.phi(instruction.type.width, name, self.locations.of(instruction.debug))
            self.reader.values[instruction.result] = phi
            phis.append((instruction, phi))
        self.header_phis[cluster.header] = phis

    def _place(self, instruction: Instruction) -> str:
        return self.locations.of(instruction.debug) or self.locations.function(self.function.debug)

    def _region(self, cluster: Cluster) -> Region:
        self.builder.start_region()
        self.reader.start_region()
        if cluster is self.clusters[0]:
            self.reader.read_arguments()
        body = _RegionReader(self, cluster)
        for name in cluster.blocks:
            body.read_block(self.flow.blocks[name])
        phis = tuple(phi for _, phi in self.header_phis[cluster.header])
        back, exits = body.back_values(), body.exits()  # both may make operations
        return Region(
            name=self.region_names[cluster.header],
            is_loop=cluster.is_loop,
            phis=phis,
            ops=tuple(self.builder.region_ops),
            exits=exits,
            back=back,
            interval=self.reader.interval,
            distances=dict(self.reader.distances),
            bypassed=frozenset(self.reader.bypassed),
            multipliers=self.reader.multipliers,
            location=self.reader.interval_place or self._region_place(cluster),
            said_trips=self._said_trips(cluster),
        )

    def _said_trips(self, cluster: Cluster) -> tuple[int, int] | None:
        """Iterations that the C++ says of a loop; one more than turns if its head finds the end."""
        ends = [self.flow.blocks[name].instructions[-1] for name in cluster.blocks]
        said = [trips for end in ends if (trips := said_trips(self.locations.metadata, end.loop))]
        if not said:
            return None
        least, most = said[0]
        following = self.flow.successors[cluster.header]
        leaves = cluster.is_loop and not set(cluster.blocks).issuperset(following)
        finds = leaves and cluster.header not in following
        return least + finds, most + finds

    def _region_place(self, cluster: Cluster) -> str:
        """That of its first instruction; a phi has the place of a call that was inlined."""
        inside = [each for name in cluster.blocks for each in self.flow.blocks[name].instructions]
        for instruction in sorted(inside, key=lambda each: each.opcode == "phi"):
            place = self.locations.of(instruction.debug)
            if place:
                return place
        return ""


class _RegionReader:
    """Reads the blocks of one cluster, keeping the predicate of every block and edge."""

    def __init__(self, process: _ProcessReader, cluster: Cluster) -> None:
        self.process = process
        self.cluster = cluster
        self.builder = process.builder
        self.reader = process.reader
        self.inside = set(cluster.blocks)
        self.restarts = cluster.is_loop and cluster.header == process.flow.entry
        self.predicates = Predicates(process.flow, cluster, process.builder)
        self.leaving: list[Edge] = []  # from, to ("" = return)
        self.latches: list[str] = []  # blocks with a branch back to the header

    def read_block(self, block: BasicBlock) -> None:
        predicate = self.predicates.block(block.name)
        for instruction in block.instructions[:-1]:
            if instruction.opcode == "phi":
                if block.name != self.cluster.header and instruction.result is not None:
                    merged = self._merge(instruction, instruction.labels, block.name)
                    self.reader.values[instruction.result] = merged
            else:
                self.reader.read(instruction, predicate)
        self._leave(block)

    def _merge(self, phi: Instruction, sources: Sequence[str], target: str) -> int:
        """Value of a phi when control comes from one of some blocks of this region: a chain of selects.

        The value that comes from most of them needs no condition; a variable that has none yet may have any.
        """
        operands = dict(zip(phi.labels, phi.operands, strict=True))
        sources = [source for source in sources if is_defined(operands[source])] or sources[:1]
        values = [self.reader.value(operands[source]) for source in sources]
        result = usual = Counter(reversed(values)).most_common(1)[0][0]
        for value, predicate in zip(values, self.predicates.choice(sources, target), strict=True):
            if value != usual:
                width = self.builder.width(value)
                result = self.builder.make("select", predicate, value, result, width=width)
        return result

    def _leave(self, block: BasicBlock) -> None:
        terminator = block.instructions[-1]
        if terminator.opcode in ("ret", "unreachable"):
            self.predicates.branch(block.name, "", NOTHING)
            if not self.restarts:
                self.leaving.append((block.name, ""))
            return
        if terminator.opcode not in ("br", "switch"):
            place = self.process._place(terminator)
            raise HlsError(f"{place}: {terminator.opcode} is not supported by the embedded engine")
        for target, condition in self._branches(terminator):
            self.predicates.branch(block.name, target, condition)
        for target in dict.fromkeys(self.process.flow.successors[block.name]):
            if target == self.cluster.header and self.cluster.is_loop:
                self.latches.append(block.name)
            elif target not in self.inside:
                self.leaving.append((block.name, target))

    def _branches(self, terminator: Instruction) -> list[tuple[str, int]]:
        """Targets of a terminator with their conditions."""
        if not terminator.operands:
            return [(terminator.labels[0], NOTHING)]
        value = self.reader.value(terminator.operands[0])
        if terminator.opcode == "br":
            condition, (yes, no) = value, terminator.labels
            return [(yes, condition), (no, self.builder.negate(condition))]
        branches, otherwise = [], NOTHING
        for case, label in zip(terminator.cases, terminator.labels[1:], strict=True):
            constant = self.builder.constant(case, self.builder.width(value))
            hit = self.builder.make("eq", value, constant)
            branches.append((label, hit))
            otherwise = self.builder.both(otherwise, self.builder.negate(hit))
        return [*branches, (terminator.labels[0], otherwise)]

    def back_values(self) -> dict[int, int]:
        """Next value of each phi of a loop."""
        if not self.latches:
            return {}
        header = self.cluster.header
        phis = self.process.header_phis[header]
        return {phi: self._merge(instruction, self.latches, header) for instruction, phi in phis}

    def exits(self) -> tuple[Exit, ...]:
        """Ways out, mutually exclusive; the last one of a block is unconditional."""
        exits = [self._exit(source, target) for source, target in self.leaving]
        exits = [exit_ for exit_ in exits if not self._is_never(exit_)]
        if not self.cluster.is_loop:
            last = exits[-1]
            exits[-1] = Exit(NOTHING, last.target, last.moves)
        return tuple(exits)

    def _is_never(self, exit_: Exit) -> bool:
        return exit_.condition != NOTHING and self.builder.constant_of(exit_.condition) == 0

    def _exit(self, source: str, target: str) -> Exit:
        predicate = self.predicates.edge(source, target)
        if not target:
            return Exit(predicate, self.process.region_names[self.process.clusters[0].header])
        moves = {}
        for instruction, phi in self.process.header_phis[target]:
            operands = dict(zip(instruction.labels, instruction.operands, strict=True))
            if is_defined(operands[source]):
                moves[phi] = self.reader.value(operands[source])
        return Exit(predicate, self.process.region_names[target], moves)


def is_defined(operand: Typed) -> bool:
    """Whether it is a value: a variable without a first value has none, and its register gets none."""
    return not isinstance(operand.operand, Number) or operand.operand.defined


def _is_pipelined(function: Function) -> bool:
    """Whether a pipeline directive stands anywhere in the function."""
    return any(
        instruction.callee == "asn_pipeline"
        for block in function.blocks
        for instruction in block.instructions
    )
