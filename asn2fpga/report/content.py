"""What report.json holds: a TypedDict for each part. Every key is always there; None: not obtained."""

from __future__ import annotations

from typing import Literal, TypedDict

from asn2fpga.figures.accuracy import CalibrationFigures, Share
from asn2fpga.figures.amounts import Amounts
from asn2fpga.figures.board_run import BoardRunFigures
from asn2fpga.figures.cosim import CocotbFigures
from asn2fpga.figures.csim import ComparedFigures
from asn2fpga.figures.decisions import DecisionFigures
from asn2fpga.figures.early_exit import EarlyExitFigures
from asn2fpga.figures.every import NoFigures
from asn2fpga.figures.folding import FoldingFigures
from asn2fpga.figures.golden import ArousalFigures
from asn2fpga.figures.hls import LintFigures, LoopFigures, MemoryFigures
from asn2fpga.figures.load import Inputs
from asn2fpga.figures.quantise import LayerFigures
from asn2fpga.figures.synth import NetlistTimingFigures
from asn2fpga.report.energy_content import EnergyPart


class GeneratorPart(TypedDict):
    """The program that made the report."""

    name: str
    version: str


class ModelPart(TypedDict):
    """The model. sha256: of its file."""

    name: str | None
    sha256: str | None
    parameters: int | None
    time_steps: int | None


class BoardPart(TypedDict):
    """The board, and the clock that the design is built for."""

    name: str
    part: str
    clock_mhz: float


class StagePart(TypedDict):
    """What became of a stage. status: passed | failed | skipped; the last two have a reason."""

    status: str
    seconds: float
    reason: str
    summary: str


class WarningPart(TypedDict):
    """A BuildWarning, plain."""

    code: str
    where: str
    text: str
    hint: str


class CsimPart(TypedDict):
    """The C++ against golden; see CsimFigures."""

    vectors: int | None
    mismatches: int | None
    values_compared: int | None
    compiler: str | None
    xilinx: ComparedFigures | None


class LatencyPart(TypedDict):
    """Cycles of single inferences; see LatencyFigures."""

    min: int | None
    mean: float | None
    max: int | None
    simulated: int | None
    mean_interval_95: list[float] | None
    mean_all: float | None


class CosimPart(TypedDict):
    """The RTL against golden; see CosimFigures. The last three follow from cycles and the board's clock."""

    engine: str | None
    simulator: str | None
    vectors: int | None
    mismatches: int | None
    spikes_compared: int | None
    latency_cycles: LatencyPart
    interval_cycles: float | None
    interval_bound_cycles: float | None
    latency_vectors: int | None
    cocotb: CocotbFigures | None
    hidden_layers: list[str] | None
    latency_us: float | None
    after_answer_us: float | None
    inferences_per_second: float | None


class AccuracyPart(TypedDict):
    """`samples` have labels; `data` says what all inputs of golden were, `data_samples` how many;
    `early_exit` is of a network that may answer before the last time step.
    """

    samples: int | None
    float: Share | None
    integer: Share | None
    agreement: Share | None  # samples of the same class as the float network
    data: Inputs | None
    calibration: CalibrationFigures | None
    early_exit: EarlyExitFigures | None
    data_samples: int | None
    arousal: ArousalFigures | None


class ActivityPart(TypedDict):
    """What a layer did per inference, on average; see SimulatedFigures."""

    events_in_per_inference: float | None
    events_out_per_inference: float | None
    synops_per_inference: float | None
    accumulates_per_inference: float | None
    dense_macs_per_inference: int | None
    skipped_share: float | None
    cycles_per_inference: float | None
    lower_bound_cycles: float | None
    slowest_process: str | None
    waits_for_input_cycles: float | None
    waits_for_room_cycles: float | None
    alone_cycles: float | None


class LayerPart(LayerFigures, ActivityPart):
    """What a layer is, and what it did."""


LayerKey = Literal[
    "name",
    "kind",
    "inputs",
    "neurons",
    "lanes",
    "parallel_pixels",
    "weight_bits",
    "acc_bits",
    "product_slices",
    "lanes_per_slice",
    "map_order",
    "form",
    "events_in_per_inference",
    "events_out_per_inference",
    "accumulates_per_inference",
    "dense_macs_per_inference",
    "cycles_per_inference",
    "lower_bound_cycles",
    "slowest_process",
    "waits_for_input_cycles",
    "waits_for_room_cycles",
    "alone_cycles",
]
"""What tables show of a layer."""


class UsedPart(TypedDict):
    """What is used, as `source` counted it in `scope`."""

    source: str | None
    scope: str | None
    lut: float | None
    ff: float | None
    bram36: float | None
    dsp: float | None
    uram: float | None


class ResourcesPart(UsedPart):
    """With what there is, and what was estimated before code generation."""

    available: Amounts
    estimate: Amounts | NoFigures


class TimingPart(TypedDict):
    """Vivado's timing, see TimingFigures. source: program and version."""

    source: str | None
    wns_ns: float | None
    whs_ns: float | None
    period_ns: float | None
    worst_path: str | None
    layer: str | None


class HlsPart(TypedDict):
    """What the engine tells about the RTL; see HlsFigures."""

    engine: str | None
    loops: list[LoopFigures] | None
    memories: list[MemoryFigures] | None
    critical_path_ns: float | None
    clock_margin: float | None
    netlist_timing: NetlistTimingFigures | None
    lint: LintFigures | None


class PackagePart(TypedDict):
    """The .zip for the board; see PackageFigures."""

    file: str | None
    bytes: int | None
    vectors: int | None
    bitstream: bool | None


class VerdictPart(TypedDict):
    """accuracy_lost_points: float minus integer, in per cent of the samples."""

    fits: bool | None
    exact: bool | None
    accuracy_lost_points: float | None
    latency_us: float | None
    inferences_per_second: float | None


class Content(TypedDict):
    """What the stages left; the rest of the report follows from it. config: choices by name."""

    schema: str
    generator: GeneratorPart
    model: ModelPart
    board: BoardPart
    config: dict[str, object]
    stages: dict[str, StagePart]
    complete: bool
    missing: list[str]
    warnings: list[WarningPart]
    csim: CsimPart
    cosim: CosimPart
    accuracy: AccuracyPart
    layers: list[LayerPart]
    synops_per_inference: float | None
    accumulates_per_inference: float | None
    dense_macs_per_inference: int | None
    skipped_share: float | None  # 0 to 1, of dense_macs_per_inference
    events_per_inference: float | None
    folding: FoldingFigures | None
    resources: ResourcesPart
    timing: TimingPart
    hls: HlsPart
    quantise: DecisionFigures | NoFigures
    package: PackagePart
    board_run: BoardRunFigures | None


class Report(Content):
    """The whole report. energy: the first of energy_sources; sources: how each number was obtained."""

    energy_sources: list[EnergyPart]
    energy: EnergyPart
    verdict: VerdictPart
    sources: dict[str, str]
