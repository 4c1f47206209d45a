"""Steps of an exported program that were one module of neurons, as a module again.

What it computes is not read from the steps: it is run as a box, as neurons that users write are.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from asn2fpga.loader.exported import spikingjelly
from asn2fpga.loader.exported.layers import ADDMM, LAYERS
from asn2fpga.loader.exported.operations import name_of
from asn2fpga.loader.exported.program import Program, Ref, Shared, Step, mapped
from asn2fpga.loader.exported.run import run_step
from asn2fpga.loader.exported.sizes import samples_of
from asn2fpga.loader.names import to_identifier

SPIKING = frozenset(
    f"aten.{name}.{kind}"
    for name in "gt ge lt le round floor ceil clamp clamp_min clamp_max hardtanh sign trunc".split()
    for kind in ("default", "Tensor", "Scalar")
)
"""One of them is in all neurons."""
LAYERED = frozenset((*LAYERS, ADDMM))
POOLS = ("aten.max_pool", "aten.avg_pool", "aten.adaptive", "aten._adaptive", "aten.mean", "aten.upsample")


@dataclass(frozen=True, eq=False)
class Group(Shared):
    """One call of a module of neurons: its steps that depend on the input of the network.

    drive: what it reads; states: what the call before left; spikes: what others read of it.
    """

    path: str
    kind: str
    steps: tuple[Step, ...]
    drive: str
    states: tuple[str, ...]
    spikes: str


def find_groups(program: Program, steps: Sequence[Step], known: Mapping[str, Tensor]) -> list[Group]:
    """All modules of neurons, in the order of their calls. steps: those that depend on the input; known: all
    other values.
    """
    calls: dict[str, list[Step]] = defaultdict(list)
    for step in steps:
        for owner in step.owners:
            calls[owner.call].append(step)
    taken: set[str] = set()
    found: list[Group] = []
    previous: dict[str, Group] = {}
    for step in steps:
        for owner in step.owners:
            if owner.call in taken or not _may_be_neurons(calls[owner.call]):
                continue
            group = _group(
                program, owner.path, owner.kind, calls[owner.call], known, previous.get(owner.path)
            )
            if group is None:
                continue
            taken |= {inner.call for part in group.steps for inner in part.owners}
            previous[owner.path] = group
            found.append(group)
            break
    return found


def _may_be_neurons(steps: Sequence[Step]) -> bool:
    names = [name_of(step.target) for step in steps]
    if any(name in LAYERED or name.startswith(POOLS) for name in names):
        return False
    return any(name in SPIKING or name in spikingjelly.NEURONS for name in names)


def _group(
    program: Program,
    path: str,
    kind: str,
    steps: Sequence[Step],
    known: Mapping[str, Tensor],
    before: Group | None,
) -> Group | None:
    """None where it reads more than one tensor beside its states, or returns one of another shape."""
    inside = {result for step in steps for result in step.results}
    kept = set() if before is None else {result for step in before.steps for result in step.results}
    read = [name for step in steps for name in step.refs if name not in inside and name not in known]
    drives = list(dict.fromkeys(name for name in read if name not in kept))
    states = tuple(dict.fromkeys(name for name in read if name in kept))
    if len(drives) != 1:
        return None
    (drive,) = drives
    left = list(_left(program, steps, inside, path))
    alike = [name for name in left if program.shapes.get(name) == program.shapes.get(drive)]
    if not alike:
        return None
    spikes = alike[0] if len(alike) == 1 else _fewest_values(steps, drive, states, alike, known, program)
    return None if spikes is None else Group(path, kind, tuple(steps), drive, states, spikes)


def _left(program: Program, steps: Sequence[Step], inside: set[str], path: str) -> Iterator[str]:
    """What steps outside of the module read, or the program returns."""
    own = set(map(id, steps))
    for step in program.steps:
        if id(step) not in own and path not in [owner.path for owner in step.owners]:
            yield from (name for name in step.refs if name in inside)
    yield from (name for name in program.outputs if name in inside)


def _fewest_values(
    steps: Sequence[Step],
    drive: str,
    states: Sequence[str],
    results: Sequence[str],
    known: Mapping[str, Tensor],
    program: Program,
) -> str | None:
    """Of spikes and membranes the spikes."""
    shape = [size if isinstance(size, int) else 3 for size in program.shapes[drive]]
    x = torch.randn(shape, generator=torch.Generator().manual_seed(0)) * 2
    values: dict[str, Any] = {**known, drive: x} | dict.fromkeys(states, torch.tensor(0.0))
    try:
        for step in steps:
            run_step(step, values, {}, None)
    except Exception:  # code of the model: anything can happen
        return None
    return min(dict.fromkeys(results), key=lambda name: len(torch.unique(values[name])))


class ExportedNeurons(nn.Module):
    """Runs the first call of a module, then the second one again and again, on what the call before left."""

    def __init__(self, calls: Sequence[Group], known: Mapping[str, Tensor], program: Program) -> None:
        super().__init__()
        self._program = program
        self._first, self._later = calls[0], calls[min(1, len(calls) - 1)]
        self._left = _next_states(calls)
        self._values: dict[str, Any] | None = None
        needed = {name for group in (self._first, self._later) for step in group.steps for name in step.refs}
        self._names = tuple(name for name in known if name in needed)
        for index, name in enumerate(self._names):
            self.register_buffer(f"constant_{index}", known[name].clone())

    def forward(self, x: Tensor) -> Tensor:
        known = {name: self.get_buffer(f"constant_{index}") for index, name in enumerate(self._names)}
        if self._values is None:
            group, values, left = self._first, {**known, self._first.drive: x}, self._later.states
        else:
            group, values, left = self._later, {**known, **self._values, self._later.drive: x}, self._left
        samples = samples_of(self._program.shapes[group.drive], x.shape)
        for step in group.steps:
            run_step(step, values, self._program.shapes, samples)
        if self._later.states:
            self._values = {state: values[name] for state, name in zip(self._later.states, left, strict=True)}
        found: Tensor = values[group.spikes]
        return found.to(x.dtype)

    def reset(self) -> None:
        """As before the first call."""
        self._values = None


def neurons_of(calls: Sequence[Group], known: Mapping[str, Tensor], program: Program) -> nn.Module | None:
    """The module of all calls of one; None if they do not compute the same."""
    later, firing = calls[1:], [_firing(group) for group in calls]
    if any(
        _form(group, calls[index], known) != _form(later[0], calls[0], known)
        for index, group in enumerate(later[:-1])
    ):
        return None
    if later and _form(firing[-1], calls[-2], known) != _form(firing[1], calls[0], known):
        return None  # what the last call leaves nobody reads, and it may be gone
    kind = to_identifier(calls[0].kind.rpartition(".")[2], fallback="Neurons")
    built: nn.Module = type(kind, (ExportedNeurons,), {"__module__": "exported"})(calls, known, program)
    return built.eval()


def _firing(group: Group) -> Group:
    """The steps alone that its spikes are computed from."""
    needed, kept = {group.spikes}, list[Step]()
    for step in reversed(group.steps):
        if needed.intersection(step.results):
            needed.update(step.refs)
            kept.append(step)
    return dataclasses.replace(group, steps=tuple(reversed(kept)))


def _next_states(calls: Sequence[Group]) -> tuple[str, ...]:
    """What the second call leaves for the third; of two calls, what stands where the first left it."""
    if len(calls) > 2:
        return calls[2].states
    if len(calls) < 2:
        return ()
    first = _places(calls[0])
    second = {place: name for name, place in _places(calls[1]).items()}
    return tuple(
        second.get(first[state], calls[1].spikes) for state in calls[1].states
    )  # a third never comes


def _places(group: Group) -> dict[str, tuple[int, int]]:
    """Of each result: its step, counted from the end, and its index."""
    return {
        name: (len(group.steps) - number, index)
        for number, step in enumerate(group.steps)
        for index, name in enumerate(step.results)
    }


def _form(group: Group, before: Group, known: Mapping[str, Tensor]) -> Any:
    """What it computes, without the names of values; of states where the call before left them."""
    places, earlier = _places(group), _places(before)

    def named(ref: Ref) -> Any:
        if ref.name == group.drive:
            return "drive"
        if ref.name in places:
            return places[ref.name]
        return ("state", group.states.index(ref.name)) if ref.name in earlier else _constant(known[ref.name])

    steps = [(step.target, mapped((step.args, dict(step.keywords)), named)) for step in group.steps]
    return steps, places[group.spikes]


def _constant(value: Tensor) -> Any:
    return tuple(value.shape), value.flatten().tolist()
