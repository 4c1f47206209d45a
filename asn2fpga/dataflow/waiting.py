"""Depths of FIFOs of maps before layers that work for long: none waits because others are slow at times."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from asn2fpga.dataflow.dataflow import Dataflow
from asn2fpga.kinds.maps.raster import waiting_depth
from asn2fpga.kinds.nodes import integer_nodes


def with_waiting(flow: Dataflow, reads: Mapping[str, Sequence[str]]) -> Dataflow:
    """The dataflow with deeper FIFOs there.

    reads: by node, the streams that it takes from others, in the order of its inputs.
    """
    deeper = dict(_depths(flow, reads))
    blocks = (
        dataclasses.replace(
            block,
            streams=tuple(
                dataclasses.replace(stream, depth=max(stream.depth, deeper.get(stream.name, 0)))
                for stream in block.streams
            ),
        )
        for block in flow.blocks
    )
    return dataclasses.replace(flow, blocks=tuple(blocks))


def _depths(flow: Dataflow, reads: Mapping[str, Sequence[str]]) -> Mapping[str, int]:
    found = {}
    for node in integer_nodes(flow.graph):
        streams = iter(reads[node.name])
        for position in range(len(node.inputs)):
            if node.keeps(position):
                continue
            stream = flow.streams[next(streams)] if not node.is_source else None
            if stream is not None and stream.raster is not None and node.works_for_long(position):
                found[stream.name] = waiting_depth(stream.raster)
    return found
