"""What each operation is built of, as far as time goes: found once for every operation of a region."""

from __future__ import annotations

from dataclasses import dataclass

from asn2fpga.engine.ir.operations import WIRING, WITHOUT_VALUE
from asn2fpga.engine.ir.process import Memory, Op, Process, Region
from asn2fpga.engine.schedule.packing import Packed, pack
from asn2fpga.engine.target.bind import BLOCK, is_deep_table, is_synchronous, memory_style
from asn2fpga.engine.target.delays import DelayModel

BYPASS_LUTS = 0.8  # a select, between the word read and the word just stored


@dataclass(frozen=True, slots=True)
class Operator:
    """Time of one operation.

    `after`: the values whose arrival counts, its arguments or what lies before gates packed together;
    `delay_ns`: from the last of them on; `latency`: stages until the value is there; `out_ns`: when, after
    that stage's clock edge, at the earliest. Wiring joins whatever is before and behind it.
    """

    after: tuple[int, ...]
    delay_ns: float = 0.0
    latency: int = 0
    out_ns: float = 0.0
    wiring: bool = False


def find_operators(process: Process, region: Region, delays: DelayModel) -> dict[int, Operator]:
    """The operator of every operation of a region."""
    memories = {memory.name: memory for memory in process.memories}
    packed = pack(process, region, delays)
    return {
        number: _operator(process, process.ops[number], packed[number], memories, delays)
        for number in region.ops
    }


def _operator(
    process: Process, op: Op, packed: Packed, memories: dict[str, Memory], delays: DelayModel
) -> Operator:
    if op.kind in WIRING:
        return Operator(op.args, wiring=True)
    if op.kind == "load":
        return _load(op, memories[op.target], delays)
    figures = delays.figures
    if op.kind == "read":
        return Operator(op.args, figures.setup, out_ns=figures.stream_out)
    if op.kind in WITHOUT_VALUE:
        return Operator(op.args, figures.setup)
    registers = delays.registers_inside(op, [process.ops[arg].width for arg in op.args])
    if registers:
        return Operator(op.args, figures.product[registers], registers, figures.product_out)
    return Operator(packed.after, packed.delay_ns)


def _load(op: Op, memory: Memory, delays: DelayModel) -> Operator:
    figures = delays.figures
    if memory.depth == 1:
        return Operator(op.args)
    if not is_synchronous(memory):
        return Operator(op.args, figures.distributed_ram_out)
    out_ns = figures.block_ram_out if memory_style(memory) == BLOCK else figures.register_out
    if memory.bypassed:
        out_ns += BYPASS_LUTS * figures.lut
    if is_deep_table(memory):
        delay_ns = delays.table_of(memory.depth, memory.width) + figures.setup
        return Operator(op.args, delay_ns, latency=1, out_ns=out_ns)
    return Operator(op.args, figures.setup, latency=1, out_ns=out_ns)
