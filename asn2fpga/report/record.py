"""A report as frozen dataclasses, named as in report.json; None: not obtained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from asn2fpga.report.record_parts import (
    Accuracy,
    Board,
    Cosim,
    Csim,
    Folding,
    Generator,
    Hls,
    Layer,
    Model,
    Resources,
    Stage,
    Timing,
    Warning,
)


@dataclass(frozen=True)
class Trial:
    """One choice that was tried on calibration data."""

    choice: str
    agreement: float  # 0 to 1: part of the samples of the same class as the float network
    score_error: float  # mean squared difference of the scores
    accuracy: float | None  # 0 to 1; None without labels


@dataclass(frozen=True)
class Alpha:
    """How a layer's alpha became an integer."""

    layer: str
    trained: float
    value: float
    method: str
    trials: tuple[Trial, ...]


@dataclass(frozen=True)
class Weight:
    """How a layer's weights were scaled."""

    layer: str
    bits: int
    method: str
    relative_error: float  # rms of what rounding changed over rms of the weights
    trials: tuple[Trial, ...]
    shift: int  # one unit of the sums is worth 2^shift units of the accumulator
    trained_bits: int | None  # of weights that were integers times a scale already


@dataclass(frozen=True)
class State:
    """A stateful layer's membrane: beta is used as leak_multiplier / 2^leak_shift."""

    layer: str
    state_frac_bits: int
    leak_multiplier: int
    leak_shift: int
    trained_beta: float


@dataclass(frozen=True)
class StateTrial:
    """Fraction bits of the membranes that were tried (--state-frac-bits auto)."""

    state_frac_bits: int
    differing: float  # 0 to 1: spikes that differ from those of real-valued membranes


@dataclass(frozen=True)
class Move:
    """Weights that lie in look-up tables because block RAM is short: what that frees and costs."""

    layer: str
    frees_bram36: float
    costs_lut: float


@dataclass(frozen=True)
class Fill:
    """Weights of a layer in block RAM, in all its copies. share: of the bits of these block RAMs."""

    layer: str
    stored_bits: int
    bram36: float
    share: float


@dataclass(frozen=True)
class UltraMemory:
    """A memory of a layer, in all its copies, that lies in UltraRAM: what that frees and takes."""

    layer: str
    memory: str
    frees_bram36: float
    uram: float


@dataclass(frozen=True)
class TableError:
    """A layer whose neurons look a function up. error: the largest difference from the function itself."""

    layer: str
    function: str
    error: float


@dataclass(frozen=True)
class Decision:
    """Everything quantise decided."""

    calibration_samples: int
    alpha: tuple[Alpha, ...]
    weights: tuple[Weight, ...]
    states: tuple[State, ...]
    state_trials: tuple[StateTrial, ...]
    score_scale: float  # real score = integer score * score_scale
    weights_in_look_up_tables: tuple[Move, ...]
    weights_in_block_ram: tuple[Fill, ...]
    tables: tuple[TableError, ...] = ()
    memories_in_ultra_ram: tuple[UltraMemory, ...] = ()


@dataclass(frozen=True)
class Package:
    """The .zip for the board."""

    file: str | None
    bytes: int | None
    vectors: int | None
    bitstream: bool | None


@dataclass(frozen=True)
class CoreCycles:
    """Registers of the accelerator: cycles of inferences one at a time."""

    mean: float
    min: int | None = None
    max: int | None = None
    inferences: int | None = None


@dataclass(frozen=True)
class Call:
    """Wall-clock time of scores() of one input, in microseconds: percentiles over `calls`."""

    p50: float
    p95: float
    p99: float
    max: float
    calls: int


@dataclass(frozen=True)
class LayerCounter:
    """Counters of one layer."""

    name: str
    events_in: int
    events_out: int
    stall_cycles: int


@dataclass(frozen=True)
class Counter:
    """Counters of the accelerator; inference_cycles and latency_us (microseconds): of the last inference."""

    inferences: int
    inference_cycles: int
    latency_us: float
    input_stall_cycles: int
    output_stall_cycles: int
    layers: tuple[LayerCounter, ...]  # empty if there are no such counters
    time_steps_used: int | None = None  # by all inferences, where answers come early


@dataclass(frozen=True)
class UserData:
    """Inferences of --data. mismatches: scores that differ from golden, missing if not compared."""

    samples: int
    accuracy: float | None  # 0 to 1; None without labels
    mismatches: int | None = None


@dataclass(frozen=True)
class BoardRun:
    """None: not measured, or not told. simulated: what simulates the board, empty for a real one."""

    host: str
    board: str
    simulated: str | None
    machine: Mapping[str, str] | None  # node, architecture, versions
    vectors: int | None
    mismatches: int | None
    first_difference: str | None
    core_cycles: CoreCycles | None
    core_us: float | None
    call_us: Call | None
    throughput_per_second: float | None  # inferences
    counters: Counter | None
    energy_note: str | None  # why no energy was measured
    data: UserData | None


@dataclass(frozen=True)
class MeasuredEnergy:
    """A measurement in the report. dynamic_uj: what comes on top of idle; file: where it lies."""

    source: str
    scope: str
    uj_per_inference: float
    uj_per_inference_minus_idle: float
    uncertainty_uj: float
    uncertainty_minus_idle_uj: float
    seconds: float
    method: str
    dynamic_uj: float
    static_uj: float
    scope_minus_idle: str
    file: str
    inferences: int | None = None
    load_w: float | None = None
    idle_w: float | None = None
    samples: int | None = None
    gap_seconds: float | None = None
    resolution_w: float | None = None
    budget_uj: Mapping[str, float] | None = None
    budget_minus_idle_uj: Mapping[str, float] | None = None


@dataclass(frozen=True)
class VivadoEnergy:
    """Vivado's power times latency. pl_dynamic_uj: of the programmable logic."""

    source: str
    scope: str
    uj_per_inference: float
    dynamic_uj: float | None
    static_uj: float | None
    pl_dynamic_uj: float | None
    activity: str | None
    method: str


@dataclass(frozen=True)
class EnergyConstants:
    """Assumptions of the estimate; `note` says of what kind."""

    accumulate_pj: float
    event_pj: float
    static_mw: float  # of the idle device
    note: str


@dataclass(frozen=True)
class EstimatedEnergy:
    """Counted operations times constants. scope: what the figure covers; method: how it was obtained."""

    source: str
    scope: str
    uj_per_inference: float | None
    dynamic_uj: float | None
    static_uj: float | None
    method: str
    constants: EnergyConstants


Energy = MeasuredEnergy | VivadoEnergy | EstimatedEnergy


@dataclass(frozen=True)
class Verdict:
    """accuracy_lost_points: float minus integer, in per cent of the samples."""

    fits: bool | None
    exact: bool | None
    accuracy_lost_points: float | None
    latency_us: float | None
    inferences_per_second: float | None


@dataclass(frozen=True)
class Report:
    """The whole report. energy: the first of energy_sources; sources: how each number was obtained."""

    schema: str
    generator: Generator
    model: Model
    board: Board
    config: Mapping[str, object]
    stages: Mapping[str, Stage]
    complete: bool
    missing: tuple[str, ...]
    warnings: tuple[Warning, ...]
    csim: Csim
    cosim: Cosim
    accuracy: Accuracy
    layers: tuple[Layer, ...]
    synops_per_inference: float | None
    accumulates_per_inference: float | None
    dense_macs_per_inference: int | None
    skipped_share: float | None
    events_per_inference: float | None
    folding: Folding | None
    resources: Resources
    timing: Timing
    hls: Hls
    quantise: Decision | None
    package: Package
    board_run: BoardRun | None
    energy_sources: tuple[Energy, ...]
    energy: Energy
    verdict: Verdict
    sources: Mapping[str, str]
