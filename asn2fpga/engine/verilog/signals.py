"""Names of the signals that carry each value: wires, pipeline registers, captured registers."""

from __future__ import annotations

from dataclasses import dataclass, field

from asn2fpga.engine.ir.names import Names
from asn2fpga.engine.ir.operations import EXTENSIONS, INLINE, WITHOUT_VALUE
from asn2fpga.engine.ir.process import Process, Region
from asn2fpga.engine.schedule.problem import Schedule
from asn2fpga.engine.target.bind import REGISTER, memory_style


@dataclass
class Signals:
    """Where every value can be read, stage by stage; remembers which registers that takes."""

    process: Process
    schedules: dict[str, Schedule]
    names: Names
    stem: dict[int, str] = field(default_factory=dict)
    pipes: dict[tuple[int, int], str] = field(default_factory=dict)  # (value, stage) -> register
    captured: dict[int, str] = field(default_factory=dict)  # value -> register that outlives its stage
    inside: dict[int, list[str]] = field(default_factory=dict)  # product -> its wire and registers, in order
    _home: dict[int, str] = field(default_factory=dict)
    _regions: dict[str, Region] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._home = self.process.home()
        self._regions = {region.name: region for region in self.process.regions}
        self._register_memories = {
            memory.name for memory in self.process.memories if memory_style(memory) == REGISTER
        }
        for region in self.process.regions:
            for value in (*region.phis, *region.ops):
                op = self.process.ops[value]
                if not self.is_inline(value) and op.kind not in WITHOUT_VALUE:
                    self.stem[value] = self.names.unique(op.name or op.kind)
                    self._name_inside(region, value)

    def _name_inside(self, region: Region, value: int) -> None:
        """A product with registers inside: names of the wire before them and of all but the last one."""
        schedule = self.schedules[region.name]
        if self.process.ops[value].kind != "mul" or schedule.available[value] == schedule.stage[value]:
            return
        stages = range(schedule.available[value] - schedule.stage[value])
        self.inside[value] = [self.names.unique(f"{self.stem[value]}_p{stage}") for stage in stages]

    def is_inline(self, value: int) -> bool:
        """Whether a value has no signal of its own."""
        op = self.process.ops[value]
        if op.kind == "not":
            return op.width == 1
        return op.kind in INLINE

    def at(self, region: str, value: int, stage: int) -> str:
        """Expression for a value in a stage of a region."""
        op = self.process.ops[value]
        if op.kind == "constant":
            return literal(op.value, op.width)
        if self._home[value] != region:
            return self.outside(value)
        if op.kind in EXTENSIONS or (self.is_inline(value) and op.kind == "not"):
            return self._transparent(value, self.at(region, op.args[0], stage))
        schedule = self.schedules[region]
        defined = schedule.available[value]
        if op.kind == "phi":
            return self._phi_at(region, value, stage)
        if stage <= defined:
            return self._direct(region, value, stage)
        if not self._regions[region].is_loop:
            return self._capture(value)
        return self._pipe(value, stage)

    def leaving(self, region: str, value: int) -> str:
        """Expression for a value when the region's last iteration leaves its last stage."""
        op = self.process.ops[value]
        schedule = self.schedules[region]
        if op.kind == "constant" or self._home[value] != region or op.kind == "phi":
            return self.outside(value)
        if op.kind in EXTENSIONS or (op.kind == "not" and op.width == 1):
            return self._transparent(value, self.leaving(region, op.args[0]))
        if schedule.available[value] == schedule.length - 1:
            return self._direct(region, value, schedule.length - 1)
        return self._capture(value)

    def outside(self, value: int) -> str:
        """Expression for a value outside the region that computes it."""
        op = self.process.ops[value]
        if op.kind == "constant":
            return literal(op.value, op.width)
        if op.kind == "phi":
            return self.stem[value]
        if op.kind in EXTENSIONS or (op.kind == "not" and op.width == 1):
            return self._transparent(value, self.outside(op.args[0]))
        return self._capture(value)

    def update_stage(self, region: Region, phi: int) -> int:
        """Stage in which a loop's phi takes its next value."""
        schedule = self.schedules[region.name]
        value = region.back[phi]
        ready = schedule.available.get(value, 0) if self._home.get(value) == region.name else 0
        return max(ready, schedule.exit_stage, schedule.stage[phi])

    def _phi_at(self, region: str, phi: int, stage: int) -> str:
        owner = self._regions[region]
        if not owner.is_loop or phi not in owner.back or stage <= self.update_stage(owner, phi):
            return self.stem[phi]
        return self._pipe(phi, stage)

    def first_piped_stage(self, value: int) -> int:
        """Stage after the one in which a loop's value is there without a pipeline register."""
        region = self._regions[self._home[value]]
        if self.process.ops[value].kind == "phi":
            return self.update_stage(region, value) + 1
        return self.schedules[region.name].available[value] + 1

    def _pipe(self, value: int, stage: int) -> str:
        for position in range(self.first_piped_stage(value), stage + 1):
            if (value, position) not in self.pipes:
                self.pipes[value, position] = self.names.unique(f"{self._stem(value)}_s{position}")
        return self.pipes[value, stage]

    def _capture(self, value: int) -> str:
        if value not in self.captured:
            self.captured[value] = self.names.unique(f"{self._stem(value)}_q")
        return self.captured[value]

    def _stem(self, value: int) -> str:
        return self.stem.get(value) or self.process.ops[value].name or self.process.ops[value].kind

    def _direct(self, region: str, value: int, stage: int) -> str:
        op = self.process.ops[value]
        if op.kind == "slice":
            source = self.at(region, op.args[0], stage)
            return f"{source}[{bit_range(op.value, op.width)}]"
        return self.stem[value]

    def _transparent(self, value: int, text: str) -> str:
        op = self.process.ops[value]
        if op.kind == "not":
            return f"~{text}"
        have = self.process.ops[op.args[0]].width
        extra = op.width - have
        if op.kind == "zext":
            return f"{{{literal(0, extra)}, {text}}}"
        if have == 1:
            return f"{{{op.width}{{{text}}}}}"
        return f"{{{{{extra}{{{sign_bit(text, have)}}}}}, {text}}}"


def literal(value: int, width: int) -> str:
    """A sized SystemVerilog literal."""
    return f"{width}'d{value}" if value < 1 << 16 else f"{width}'h{value:x}"


def bit_range(low: int, width: int) -> str:
    """Inside of the brackets of a part select."""
    return f"{low}" if width == 1 else f"{low + width - 1}:{low}"


def sign_bit(text: str, width: int) -> str:
    """Top bit of a signal or of a part select of one."""
    if text.endswith("]"):
        name, _, inside = text[:-1].rpartition("[")
        return f"{name}[{inside.partition(':')[0]}]"
    return f"{text}[{width - 1}]"


def declare(kind: str, width: int, name: str) -> str:
    """A declaration line."""
    return f"  {kind} {name};" if width == 1 else f"  {kind} [{width - 1}:0] {name};"
