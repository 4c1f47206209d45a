"""Columns of the tables of layers that say nothing of some networks, and then are left out."""

from __future__ import annotations

from collections.abc import Sequence

from asn2fpga.report.content import LayerKey, LayerPart

OF_MAPS: tuple[LayerKey, ...] = ("parallel_pixels", "map_order", "form")

Columns = Sequence[tuple[str, LayerKey]]


def columns_of(columns: Columns, layers: Sequence[LayerPart]) -> Columns:
    """Without those of maps, where no layer is one."""
    return [
        (head, key)
        for head, key in columns
        if key not in OF_MAPS or any(layer[key] is not None for layer in layers)
    ]
