"""Programs that write into tensors, as programs that compute new ones.

`record[t] = spikes` and `out[mem > 1] = 1.0` stand in a program as steps that change a tensor which others
read later. Here the tensor becomes the stack of what was written, or the choice that the mask makes.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import torch

from asn2fpga.errors import UnsupportedError
from asn2fpga.loader.exported.operations import FILLED, name_of
from asn2fpga.loader.exported.program import Program, Ref, Step, mapped

SELECT, SLICE, COPY = "aten.select.int", "aten.slice.Tensor", "aten.copy_.default"
PUT = ("aten.index_put_.default", "aten.index_put.default")
DECOMPOSED = ("aten.copy.default", "aten.select_scatter.default", "aten.slice_scatter.default")
INSTEAD = "append what each time step gives to a list, and torch.stack(list) after the loop"


def _is_whole(step: Step) -> bool:
    """Whether a slice is all of an axis."""
    first, last, *by = (*step.args[2:], None, None)[:3] if len(step.args) < 5 else step.args[2:5]
    return first in (0, None) and (last is None or last >= 1 << 32) and by in ([], [1], [None])


def without_writing(path: Path, program: Program) -> Program:
    """The same program without such steps. UnsupportedError where a part of a tensor was not written."""
    targets = {name_of(step.target) for step in program.steps}
    if targets.isdisjoint((COPY, *DECOMPOSED, *PUT)):
        return program
    return _Rewriter(path, program).run()


@dataclass
class _Record:
    """A tensor that began as one number everywhere; parts: what was written along `axis`.

    begins: its name; whole: the name of the stack of all parts, once something has read it.
    """

    begins: str
    axis: int = 0
    parts: dict[int, Ref] = field(default_factory=dict)
    whole: str | None = None


class _Rewriter:
    """Goes through the steps once, in their order."""

    def __init__(self, path: Path, program: Program) -> None:
        self._path, self._program = path, program
        self._shapes = dict(program.shapes)
        self._records: dict[str, _Record] = {}
        self._parts: dict[str, tuple[_Record, int, int]] = {}
        self._renamed: dict[str, str] = {}
        self._steps: list[Step] = []

    def run(self) -> Program:
        """The program anew."""
        for step in self._program.steps:
            self._steps += self._rewritten(step)
        outputs = tuple(self._read(name, self._program.steps[-1]) for name in self._program.outputs)
        return dataclasses.replace(
            self._program, steps=tuple(self._steps), outputs=outputs, shapes=self._shapes
        )

    def _rewritten(self, step: Step) -> Iterator[Step]:
        name, first = name_of(step.target), step.args[0] if step.args else None
        if name in FILLED:
            self._records[step.results[0]] = _Record(step.results[0])
        record = self._records.get(first.name) if isinstance(first, Ref) else None
        if record is not None and name == SLICE and _is_whole(step):
            self._records[step.results[0]] = record
        elif record is not None and name == SELECT:
            self._select(step, record)
        elif name in DECOMPOSED:
            raise UnsupportedError(
                f"{self._path}: a program that writes into a tensor must be saved as torch.export.export "
                f"gives it, not after run_decompositions(){step.line}."
            )
        elif name == COPY and isinstance(first, Ref) and first.name not in self._program.tensors:
            self._write(step)
        elif name in PUT and isinstance(first, Ref):
            yield self._chosen(step, first)
        else:
            yield self._reading(step)

    def _select(self, step: Step, record: _Record) -> None:
        """A part: to be written, or read."""
        axis, size = self._axis(record, step.args[1])
        self._parts[step.results[0]] = (record, axis, step.args[2] % size)

    def _axis(self, record: _Record, axis: int) -> tuple[int, int]:
        """The axis counted from the front, and how many parts it has; 1 << 62 if that is any number."""
        shape = self._shapes[record.begins]
        size = shape[axis % len(shape)]
        return axis % len(shape), size if isinstance(size, int) else 1 << 62

    def _write(self, step: Step) -> None:
        target, source = step.args[0].name, step.args[1]
        record, axis, index = self._parts.get(target, (None, 0, 0))
        is_part = isinstance(source, Ref) and self._shapes.get(source.name) == self._shapes.get(target)
        if record is None or not is_part or not self._takes(record, axis):
            raise self._refuse(step)
        record.axis = axis
        record.parts[index] = self._cast(step, source.name)

    def _takes(self, record: _Record, axis: int) -> bool:
        """Whether one more part can be written along the axis."""
        return record.whole is None and (not record.parts or record.axis == axis)

    def _cast(self, step: Step, name: str) -> Ref:
        """What is written, as numbers of the tensor if it is a comparison."""
        name = self._read(name, step)
        found = f"{name}__written_{len(self._shapes)}"
        self._shapes[found] = self._shapes[name]
        self._steps.append(
            Step("torch.ops.aten.to.dtype", (Ref(name), torch.float32), {}, (found,), step.owners, step.line)
        )
        return Ref(found)

    def _chosen(self, step: Step, first: Ref) -> Step:
        """Elements that a mask picks become one number."""
        masks, value = step.args[1], step.args[2]
        shape = self._shapes[first.name]
        mask = masks[0] if isinstance(masks, tuple) and len(masks) == 1 else None
        is_mask = isinstance(mask, Ref) and self._shapes.get(mask.name) == shape
        is_number = isinstance(value, Ref) and self._shapes.get(value.name) == ()
        if not is_mask or not is_number or any(step.args[3:]):
            raise self._refuse(step)
        where = dataclasses.replace(step, target="torch.ops.aten.where.self", args=(mask, value, first))
        chosen = self._reading(where)
        if name_of(step.target) == PUT[0]:
            self._records.pop(first.name, None)
            self._renamed[first.name] = step.results[0]
        return chosen

    def _reading(self, step: Step) -> Step:
        """The step with the names of what it reads by now."""
        args, keywords = mapped((step.args, dict(step.keywords)), lambda ref: Ref(self._read(ref.name, step)))
        return dataclasses.replace(step, args=args, keywords=keywords)

    def _read(self, name: str, step: Step) -> str:
        """Under which name a value stands after what was written into it."""
        if name in self._parts:
            record, axis, index = self._parts[name]
            if record.parts and axis != record.axis:
                raise self._refuse(step)
            return record.parts[index].name if index in record.parts else record.begins
        found = self._records.get(name)
        if found is None:
            return self._renamed.get(name, name)
        return self._stacked(found, step) if found.parts else found.begins

    def _stacked(self, record: _Record, step: Step) -> str:
        _, size = self._axis(record, record.axis)
        if len(record.parts) != size or sorted(record.parts) != list(range(size)):
            raise self._refuse(step)
        if record.whole is None:
            record.whole = f"{record.begins}__written_{len(self._shapes)}"
            self._shapes[record.whole] = self._shapes[record.begins]
            listed = tuple(record.parts[index] for index in range(size))
            self._steps.append(
                Step(
                    "torch.ops.aten.stack.default", (listed, record.axis), {}, (record.whole,), (), step.line
                )
            )
        return record.whole

    def _refuse(self, step: Step) -> UnsupportedError:
        return UnsupportedError(
            f"{self._path}: a tensor must be written into by whole time steps, record[t] = spikes, and by "
            f"all of them, or by a mask that makes its elements one number{step.line}; {INSTEAD}."
        )
