"""What every node of a graph is and answers. The kinds themselves are in asn2fpga/kinds."""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Self

from asn2fpga.graph.edge import Carries, Edge

Rule = Callable[[Any, Any], str]
"""A rule is given a Context (rule.py) and a node; it returns what is wrong ("subject must be X, not Y"), or
nothing. Its docstring is the rule.
"""

LONGEST_PLACE = 100

Level = Literal["real-valued", "integer"]


@dataclass(frozen=True, eq=False, kw_only=True)
class Node(ABC):
    """Common fields. `name`: a C identifier, unique; `source`: the module's path in the model.

    `inputs`: names of the nodes it reads. level: the loader makes real-valued nodes, quantise integer ones.
    is_source: it reads nothing, values enter here. is_end: it gives the scores. has_branches: it may read
    several nodes.
    """

    name: str
    inputs: tuple[str, ...] = ()
    source: str = ""

    level: ClassVar[Level]
    is_source: ClassVar[bool] = False
    is_end: ClassVar[bool] = False
    has_branches: ClassVar[bool] = False
    rules: ClassVar[tuple[Rule, ...]] = ()
    """What every node of the kind obeys, in the order of checking; each may rely on those before it."""
    late_rules: ClassVar[tuple[Rule, ...]] = ()
    """Rules that look at nodes which come later: checked once all nodes obey the others."""

    @property
    def place(self) -> str:
        """What messages call it: the module's path, on one line as it may come from a file; its name where
        that is empty or a number.
        """
        path = " ".join(self.source.split())[:LONGEST_PLACE]
        return self.name if not path or path[0].isdigit() else path

    @abstractmethod
    def output(self, inputs: Sequence[Edge]) -> Edge:
        """What it sends. inputs: the edges it reads; those with a delay may be missing."""

    def currents(self, inputs: Sequence[Edge]) -> Edge | None:
        """The sums before its neuron, for readers of currents; None if it has none."""
        return None

    def reads(self, position: int) -> Carries:
        """Whether it takes events or currents from input number `position`, where the input has both."""
        return "events"

    def delay(self, position: int) -> int:
        """Time steps after which it takes what input number `position` sent; 0: in the same time step."""
        return 0

    def renamed(self, old: str, new: str) -> Self:
        """The same, reading `new` wherever it read `old`."""
        if old not in self.inputs:
            return self
        return dataclasses.replace(self, inputs=tuple(new if name == old else name for name in self.inputs))
