"""How the processes of a random program are joined: alone, in a chain, forking or joining, as a table.

Native processes run one after the other with endless streams, so the streams' finite FIFOs must not matter:
only the last process of a path has further outputs, and behind a fork no process waits for other inputs.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """One process: the links it reads and writes, whether it may have streams of the top function besides."""

    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    more_inputs: bool = True
    more_outputs: bool = False

    @property
    def ends(self) -> bool:
        """Whether it must have an output of the top function."""
        return not self.writes


def _chain(count: int) -> tuple[Place, ...]:
    links = [f"link{number}" for number in range(count - 1)]
    return tuple(
        Place(tuple(links[i - 1 : i]) if i else (), tuple(links[i : i + 1]), True, i == count - 1)
        for i in range(count)
    )


_FORK = (
    Place(writes=("link0", "link1"), more_outputs=True),
    Place(reads=("link0",), more_inputs=False, more_outputs=True),
    Place(reads=("link1",), more_inputs=False, more_outputs=True),
)
_JOIN = (
    Place(writes=("link0",)),
    Place(writes=("link1",)),
    Place(reads=("link0", "link1"), more_outputs=True),
)
LAYOUTS = ((_chain(1), 60), (_chain(2), 16), (_chain(3), 6), (_chain(4), 2), (_FORK, 8), (_JOIN, 8))
