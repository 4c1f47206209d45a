"""Where the depth of a FIFO can stop a design: between processes that are joined by more than one path.

C simulation runs one process after the other with queues that never fill. Side by side, with FIFOs that do,
nothing can go wrong where processes form a chain or a tree: some process can always go on. Where two paths
lead from one process to another, or back to it, a full FIFO on one path can hold up the word that the reader
waits for on the other path. Those FIFOs are found here; that they are deep enough only co-simulation shows.
"""

from __future__ import annotations

from collections.abc import Sequence

from asn2fpga.engine.ir.dataflow import Dataflow

Edge = tuple[str, str, str]  # stream, writing instance, reading instance


def fifo_warnings(design: Dataflow) -> tuple[str, ...]:
    """One sentence for each group of FIFOs whose depths depend on each other; none for a chain or a tree."""
    return tuple(_sentence(design, group) for group in _groups(_edges(design)))


def _edges(design: Dataflow) -> list[Edge]:
    writer, reader = (
        {
            instance.streams[port.name]: instance.name
            for instance in design.instances
            for port in instance.process.ports
            if port.direction == direction and port.name in instance.streams
        }
        for direction in ("out", "in")
    )
    return [(fifo.name, writer[fifo.name], reader[fifo.name]) for fifo in design.fifos]


def _groups(edges: Sequence[Edge]) -> list[list[Edge]]:
    """Edges that lie on a cycle of the undirected graph, those of connected cycles together."""
    cyclic = [
        edge for edge in edges if _joined(edge[1], [other for other in edges if other != edge], edge[2])
    ]
    groups: list[list[Edge]] = []
    for edge in cyclic:
        if not any(edge in group for group in groups):
            groups.append([other for other in cyclic if _joined(edge[1], cyclic, other[1])])
    return groups


def _joined(start: str, edges: Sequence[Edge], goal: str) -> bool:
    """Whether edges lead from one process to another, in any direction."""
    reached = [start]
    for here in reached:
        for _, one, other in edges:
            if here in (one, other):
                reached += {one, other} - set(reached)
    return goal in reached


def _sentence(design: Dataflow, group: Sequence[Edge]) -> str:
    depths = {fifo.name: fifo.depth for fifo in design.fifos}
    streams = ", ".join(f"{stream} ({depths[stream]})" for stream, _, _ in group)
    return (
        f"{design.top}: streams {streams} join processes by more than one path; one that is too shallow "
        "stops the design where C simulation goes on: co-simulate, and give the one that is full more words"
    )
