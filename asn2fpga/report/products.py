"""The products in words: what multiplies the weights of each layer."""

from __future__ import annotations

from collections.abc import Sequence

from asn2fpga.figures.quantise import LayerFigures


def products_text(layers: Sequence[LayerFigures]) -> str:
    """One sentence; empty before lanes were chosen, or where nothing has weights."""
    found = [f"{row['name']} in {_maker(row)}" for row in layers if row["product_slices"] is not None]
    return f"Products of weights: {', '.join(found)}." if found else ""


def _maker(row: LayerFigures) -> str:
    slices, lanes = row["product_slices"], row["lanes_per_slice"]
    if not slices:
        return "look-up tables"
    named = "1 DSP slice" if slices == 1 else f"{slices} DSP slices"
    return f"{named} of two lanes each" if lanes == 2 else named
