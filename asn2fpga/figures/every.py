"""The figures of all stages together, by name of the stage."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict, cast

from asn2fpga.figures.bitstream import BitstreamFigures
from asn2fpga.figures.board_run import BoardRunFigures
from asn2fpga.figures.codegen import CodegenFigures
from asn2fpga.figures.cosim import CosimFigures, RtlDifferenceFigures
from asn2fpga.figures.csim import CsimFigures, DifferenceFigures
from asn2fpga.figures.golden import GoldenFigures
from asn2fpga.figures.hls import HlsFigures
from asn2fpga.figures.load import LoadFigures
from asn2fpga.figures.package import PackageFigures
from asn2fpga.figures.quantise import QuantiseFigures
from asn2fpga.figures.synth import SynthFigures


class NoFigures(TypedDict):
    """Of a stage that stopped with an error."""


StageFigures = (
    LoadFigures
    | QuantiseFigures
    | GoldenFigures
    | CodegenFigures
    | CsimFigures
    | DifferenceFigures
    | HlsFigures
    | CosimFigures
    | RtlDifferenceFigures
    | SynthFigures
    | BitstreamFigures
    | PackageFigures
    | BoardRunFigures
    | NoFigures
)
"""What one stage may leave."""


class AllFigures(TypedDict, total=False):
    """Of the stages that ran. One that failed may have left fewer keys, or none: read these with get()."""

    load: LoadFigures
    quantise: QuantiseFigures
    golden: GoldenFigures
    codegen: CodegenFigures
    csim: CsimFigures
    hls: HlsFigures
    cosim: CosimFigures
    synth: SynthFigures
    bitstream: BitstreamFigures
    package: PackageFigures
    board_run: BoardRunFigures


def all_figures(by_stage: Mapping[str, object]) -> AllFigures:
    """The figures of a manifest. Here they get their type: what was read from a file is not checked again."""
    return cast(AllFigures, dict(by_stage))
