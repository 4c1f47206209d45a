"""What each operation is built of, as far as time goes: found once for every operation of a region."""

from __future__ import annotations

from dataclasses import dataclass, replace

from asn2fpga.engine.ir.operations import WIRING
from asn2fpga.engine.ir.process import Memory, Op, Process, Region
from asn2fpga.engine.schedule.carries import leads
from asn2fpga.engine.schedule.fan_out import fan_outs, multiplier_fan_outs
from asn2fpga.engine.schedule.packing import Packed, pack
from asn2fpga.engine.target.bind import is_deep_table, is_in_blocks, is_synchronous
from asn2fpga.engine.target.delays import DelayModel

BYPASS_LUTS = 0.8  # a select, between the word read and the word just stored


@dataclass(frozen=True, slots=True)
class Operator:
    """Time of one operation.

    `after`: the values whose arrival counts, its arguments or what lies before gates packed together;
    `delay_ns`: from the last of them on; `latency`: stages until the value is there; `out_ns`: when, after
    that stage's clock edge, at the earliest. Wiring joins whatever is before and after it. `leads`: how long
    before all of it is there each value is needed, for the low bits of sums (carries.py). `roomy`: out of a
    look-up table that takes the first gate of the handshakes too.
    """

    after: tuple[int, ...]
    delay_ns: float = 0.0
    latency: int = 0
    out_ns: float = 0.0
    wiring: bool = False
    leads: tuple[float, ...] = ()
    roomy: bool = False


def find_operators(process: Process, region: Region, delays: DelayModel) -> dict[int, Operator]:
    """The operator of every operation of a region."""
    memories = {memory.name: memory for memory in process.memories}
    packed = pack(process, region, delays)
    nets = _Nets(process, region, delays)
    return {
        number: nets.before(
            process.ops[number], _operator(process, process.ops[number], packed[number], memories, delays)
        )
        for number in region.ops
    }


class _Nets:
    """The long nets of a region: those to many loads, and those to many DSP slices."""

    def __init__(self, process: Process, region: Region, delays: DelayModel) -> None:
        self.delays = delays
        self.loads = fan_outs(process, region)
        self.multipliers = multiplier_fan_outs(process, region)

    def before(self, op: Op, operator: Operator) -> Operator:
        """An operator with the longest of the nets that lead to it."""
        if operator.wiring or op.kind == "not":
            return operator
        is_product = op.kind == "mul"
        longest = max((self._net(value, is_product) for value in operator.after), default=0.0)
        return replace(operator, delay_ns=operator.delay_ns + longest) if longest else operator

    def _net(self, value: int, is_product: bool) -> float:
        return self.delays.net(self.loads.get(value, 0), self.multipliers.get(value, 0) if is_product else 0)


def _operator(
    process: Process, op: Op, packed: Packed, memories: dict[str, Memory], delays: DelayModel
) -> Operator:
    if op.kind in WIRING:
        return Operator(op.args, wiring=True, roomy=packed.roomy)
    if op.kind == "load":
        return _load(op, memories[op.target], _is_shared(process, op), delays)
    figures = delays.figures
    if op.kind == "available" or op.kind == "read":
        return Operator(op.args, figures.setup, out_ns=figures.stream_out)
    if op.kind == "write":
        return Operator(op.args, figures.stream_in)
    if op.kind == "store":
        in_block = is_in_blocks(memories[op.target])
        return Operator(op.args, figures.block_ram_setup if in_block else figures.setup)
    registers = delays.registers_inside(op, [process.ops[arg].width for arg in op.args])
    if registers:
        return Operator(op.args, figures.product[registers], registers, figures.product_out)
    has_chain = packed.delay_ns > figures.lut
    early = leads(process, op, packed.after, figures.carry_per_bit) if has_chain else ()
    return Operator(packed.after, packed.delay_ns, leads=early, roomy=packed.roomy)


def _is_shared(process: Process, load: Op) -> bool:
    return any(
        op.kind == "load" and (op.target, op.value) == (load.target, load.value) and op.args != load.args
        for op in process.ops.values()
    )


def _load(op: Op, memory: Memory, is_shared: bool, delays: DelayModel) -> Operator:
    """is_shared: other loads use the same port, so that its address is chosen first."""
    figures = delays.figures
    if memory.depth == 1:
        return Operator(op.args)
    if not is_synchronous(memory):
        reading = max(figures.distributed_ram_out, delays.table_of(memory.depth, memory.width))
        return Operator(op.args, reading + figures.lut * is_shared)
    out_ns = figures.block_ram_out if is_in_blocks(memory) else figures.register_out
    if memory.bypassed:
        out_ns += BYPASS_LUTS * figures.lut
    if is_deep_table(memory):
        delay_ns = delays.table_of(memory.depth, memory.width) + figures.setup
        return Operator(op.args, delay_ns, latency=1, out_ns=out_ns)
    setup = figures.block_ram_setup if is_in_blocks(memory) else figures.setup
    return Operator(op.args, setup, latency=1, out_ns=out_ns)
