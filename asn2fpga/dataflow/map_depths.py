"""Depths of FIFOs of maps on paths that part and meet again, so that neither path waits for the other."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from asn2fpga.dataflow.dataflow import Dataflow
from asn2fpga.passes.map_waiting import waiting_words


def with_map_depths(flow: Dataflow, reads: Mapping[str, Sequence[str]]) -> Dataflow:
    """The dataflow with deeper FIFOs where a map is read by several layers.

    reads: by node, the streams that it takes from others, in the order of its inputs.
    """
    deeper: dict[str, int] = {}
    for (reader, position), words in waiting_words(flow.graph).items():
        stream = reads[reader][position]
        deeper[stream] = max(flow.streams[stream].depth, words)
    blocks = tuple(
        dataclasses.replace(
            block,
            streams=tuple(
                dataclasses.replace(stream, depth=deeper.get(stream.name, stream.depth))
                for stream in block.streams
            ),
        )
        for block in flow.blocks
    )
    return dataclasses.replace(flow, blocks=blocks)
