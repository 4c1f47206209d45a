"""What `prepare` made of convolutions that do not stand before neurons, as sentences for the report."""

from __future__ import annotations

from collections.abc import Iterator

from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.nodes import trained_synapses
from asn2fpga.kinds.trained import TrainedSynapse


def merged_notes(graph: Graph, prepared: Graph) -> tuple[str, ...]:
    """One for each convolution that became part of another one, or gives the scores. prepared: of `graph`."""
    before = {synapse.name: synapse for synapse in trained_synapses(graph)}
    after = trained_synapses(prepared)
    return tuple(note for synapse in after for note in _notes(synapse, before.get(synapse.name)))


def _notes(synapse: TrainedSynapse, before: TrainedSynapse | None) -> Iterator[str]:
    if before is None:
        return
    if synapse.gathers and synapse.source != before.source:
        rows, columns = synapse.weight.shape[2:]
        yield f"{synapse.source} are built as one convolution of {rows} x {columns}"
    elif not before.gathers and synapse.source != before.source:
        outputs, inputs = synapse.weight.shape
        yield f"{synapse.source} are built as one Linear layer of {outputs} x {inputs} weights"
    elif before.gathers and not synapse.gathers:
        outputs, inputs = synapse.weight.shape
        yield f"{synapse.source}: the scores are built as a Linear layer of {outputs} x {inputs} weights"
