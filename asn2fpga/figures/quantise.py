"""Figures of stage quantise: the layers of the integer network, what was decided, and what it needs."""

from __future__ import annotations

from typing import TypedDict

from asn2fpga.figures.amounts import Amounts
from asn2fpga.figures.decisions import DecisionFigures
from asn2fpga.figures.folding import FoldingFigures


class LayerFigures(TypedDict):
    """What a layer is. None: it has no such thing, as one without weights has none of the last ones.

    product_slices: DSP slices that multiply its weights, 0 if look-up tables do; lanes_per_slice: that each
    of them serves, None without slices. map_order: of a map over time that it sends, `pixels` or `steps`;
    form: of a map that reads others through windows, `gather` or `frame` (config.FORMS).
    """

    name: str
    kind: str  # synapses and neurons: `Dense, Graded`
    source: str  # what it was made from: name of a module of the model
    neurons: int
    inputs: int | None
    lanes: int | None
    parallel_pixels: int | None
    weight_bits: int | None
    acc_bits: int | None
    product_slices: int | None
    lanes_per_slice: int | None
    map_order: str | None
    form: str | None


class QuantiseFigures(TypedDict):
    """layers: in the order of the network; estimate: resources, estimated before code generation."""

    layers: list[LayerFigures]
    decisions: DecisionFigures
    estimate: Amounts
    folding: FoldingFigures
