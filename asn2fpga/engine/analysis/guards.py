"""Accesses of streams that never wait, because the program asks first: `if (!s.empty()) x = s.read();`."""

from __future__ import annotations

from dataclasses import dataclass

from asn2fpga.engine.analysis.exclusive import Predicates
from asn2fpga.engine.ir.operations import STREAM_ACCESSES
from asn2fpga.engine.ir.process import NOTHING, Op, Process, Region

ASKS = "available"


@dataclass(frozen=True)
class StreamOrder:
    """Accesses of a region's streams in their order, questions among them.

    `guarded`: those that happen only if their stream was found available, with no access in between. Each
    of them comes right after its question if nothing that happens with it lies between.
    """

    accesses: tuple[Op, ...]
    guarded: frozenset[int] = frozenset()

    def never_waits(self, op: Op) -> bool:
        """Whether a question, or an access after one."""
        return op.kind == ASKS or op.id in self.guarded


def stream_order(process: Process, region: Region) -> StreamOrder:
    """The order that the accesses of a region's streams keep."""
    streams = {port.name for port in process.ports if not port.is_value}
    ops = [process.ops[number] for number in region.ops]
    ops = [op for op in ops if op.kind in STREAM_ACCESSES and op.target in streams]
    if not any(op.kind == ASKS for op in ops):
        return StreamOrder(tuple(ops))
    predicates = Predicates(process.ops)
    asked: dict[str, Op] = {}
    order, guarded = list[Op](), set[int]()
    for op in ops:
        question = asked.pop(op.target, None)
        if op.kind == ASKS:
            asked[op.target] = op
        elif question and op.predicate != NOTHING and predicates.implies(op.predicate, question.id):
            guarded.add(op.id)
            place = order.index(question) + 1
            between = (other for other in order[place:] if other.kind != ASKS)
            if all(predicates.exclusive(op.predicate, other.predicate) for other in between):
                order.insert(place, op)
                continue
        order.append(op)
    return StreamOrder(tuple(order), frozenset(guarded))
