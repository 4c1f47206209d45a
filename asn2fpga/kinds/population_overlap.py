"""Which populations take in all time steps by one loop, so that no step waits for the end of the one before.

Neurons that read themselves cannot: what step t + 1 adds up are spikes of step t. Nor, as yet, can
populations of several projections, whose streams are read one after the other in each step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asn2fpga.kinds.population import Population


def fires_beside(node: Population, frames_only: bool) -> bool:
    """Whether neurons fire in a process of their own, while the next time step is integrated."""
    return not node.is_end and _reads_one_stream_of_steps(node, frames_only)


def spans_steps(node: Population, frames_only: bool) -> bool:
    """Whether a read-out adds up all time steps in one loop."""
    once = node.is_end and node.readout.accumulates and not node.readout.every_step
    return once and _reads_one_stream_of_steps(node, frames_only)


def _reads_one_stream_of_steps(node: Population, frames_only: bool) -> bool:
    several = node.time_steps > 1 and not frames_only
    return several and len(node.projections) == 1 and node.projections[0].synapse.spans_steps
