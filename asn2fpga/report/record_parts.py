"""Parts of a report as frozen dataclasses, named as in report.json: model, comparisons, hardware."""

from __future__ import annotations

from dataclasses import dataclass

from asn2fpga.figures.accuracy import Share


@dataclass(frozen=True)
class Generator:
    """The program that made the report."""

    name: str
    version: str


@dataclass(frozen=True)
class Model:
    """The model. sha256: of its file."""

    name: str | None
    sha256: str | None
    parameters: int | None
    time_steps: int | None


@dataclass(frozen=True)
class Board:
    """The board, and the clock that the design is built for."""

    name: str
    part: str
    clock_mhz: float


@dataclass(frozen=True)
class Stage:
    """What became of a stage. status: passed | failed | skipped; the last two have a reason."""

    status: str
    seconds: float
    reason: str
    summary: str


@dataclass(frozen=True)
class Warning:
    """A BuildWarning, plain."""

    code: str
    where: str
    text: str
    hint: str


@dataclass(frozen=True)
class Compared:
    """A comparison in which all values were equal."""

    vectors: int
    values_compared: int
    compiler: str  # its name and version


@dataclass(frozen=True)
class Csim:
    """The C++ against golden."""

    vectors: int | None
    mismatches: int | None
    values_compared: int | None
    compiler: str | None
    xilinx: Compared | None


@dataclass(frozen=True)
class Latency:
    """Cycles of single inferences."""

    min: int | None
    mean: float | None
    max: int | None
    simulated: int | None
    mean_interval_95: tuple[float, ...] | None
    mean_all: float | None


@dataclass(frozen=True)
class Cocotb:
    """The vectors that were simulated under cocotb too. skipped: why none was; then two values are None."""

    simulator: str | None
    vectors: int
    mismatches: int | None
    spikes_compared: int
    skipped: str | None = None


@dataclass(frozen=True)
class Cosim:
    """The RTL against golden. The last three follow from cycles and the board's clock.

    after_answer_us: predicted, that a network works on after an early exit; None without.
    """

    engine: str | None
    simulator: str | None
    vectors: int | None
    mismatches: int | None
    spikes_compared: int | None
    latency_cycles: Latency
    interval_cycles: float | None
    interval_bound_cycles: float | None
    latency_vectors: int | None
    cocotb: Cocotb | None
    hidden_layers: tuple[str, ...] | None
    latency_us: float | None
    inferences_per_second: float | None
    after_answer_us: float | None = None


@dataclass(frozen=True)
class Calibration:
    """On the labelled calibration samples of the model file. trained: of the module that was saved."""

    samples: int
    float: Share
    integer: Share
    trained: Share


@dataclass(frozen=True)
class ExitPoint:
    """With the thresholds of an early exit times `factor`."""

    factor: float
    mean_steps: float
    accuracy: Share | None


@dataclass(frozen=True)
class EarlyExit:
    """thresholds: of each time step but the last; used: samples that answered after 1, 2, .. of them."""

    thresholds: tuple[int, ...]
    mean_steps: float
    used: tuple[int, ...]
    accuracy_of_all_steps: Share | None
    points: tuple[ExitPoint, ...]


@dataclass(frozen=True)
class Precision:
    """One precision of adaptive neurons for all inputs. rate: spikes per neuron and time step."""

    accuracy: Share | None
    rate: Share


@dataclass(frozen=True)
class Margin:
    """Arousal: what is decided by less than `margin` is repeated; rate: of both passes together."""

    accuracy: Share | None
    rate: Share
    margin: int
    repeated: Share


@dataclass(frozen=True)
class Arousal:
    """Of networks of several precisions, on samples of golden; the usual precision first."""

    samples: int
    precisions: tuple[Precision, ...]
    margins: tuple[Margin, ...]


@dataclass(frozen=True)
class Accuracy:
    """`samples` have labels; `data` says what all inputs of golden were, `data_samples` how many;
    `early_exit` is of a network that may answer before the last time step.
    """

    samples: int | None
    float: Share | None
    integer: Share | None
    agreement: Share | None  # samples of the same class as the float network
    data: str | None
    calibration: Calibration | None
    early_exit: EarlyExit | None
    data_samples: int | None
    arousal: Arousal | None = None


@dataclass(frozen=True)
class Layer:
    """What a layer is, and what it did."""

    name: str
    kind: str
    source: str
    neurons: int
    inputs: int | None
    lanes: int | None
    parallel_pixels: int | None
    weight_bits: int | None
    acc_bits: int | None
    product_slices: int | None
    lanes_per_slice: int | None
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
    map_order: str | None = None
    form: str | None = None


@dataclass(frozen=True)
class Step:
    """More lanes in the layer that limits the speed: what would change of the whole network."""

    lanes: int
    pixels: int  # at a time; 1 in layers that are no maps
    refused: str  # why it was not taken; empty if it was not for a reason of its own
    latency_cycles: float
    interval_cycles: float
    lut: float
    ff: float
    bram36: float
    dsp: float


@dataclass(frozen=True)
class Folding:
    """The lanes of all layers. Cycles are predicted, per inference on average."""

    optimise: str
    target_fps: float | None  # what the smallest network was chosen for, if it was
    budget: float  # share of the board that could be taken
    data: str  # what the inferences were made on
    predicted_latency_cycles: float
    predicted_interval_cycles: float
    limiting_layer: str
    input_word_bits: int  # of the port that takes inputs
    output_word_bits: int  # of the port that sends scores
    two_events_in_a_cycle: tuple[str, ...]  # layers that send so many
    next_step: Step | None  # None if the limiting layer can have no more lanes


@dataclass(frozen=True)
class Amounts:
    """Look-up tables, flip-flops, 36-Kb block RAMs (18-Kb ones are halves), DSP slices, UltraRAMs."""

    lut: float
    ff: float
    bram36: float
    dsp: float
    uram: float


@dataclass(frozen=True)
class Resources:
    """With what there is, and what was estimated before code generation."""

    source: str | None
    scope: str | None
    lut: float | None
    ff: float | None
    bram36: float | None
    dsp: float | None
    uram: float | None
    available: Amounts
    estimate: Amounts | None


@dataclass(frozen=True)
class Timing:
    """Vivado's timing. source: program and version."""

    source: str | None
    wns_ns: float | None
    whs_ns: float | None
    period_ns: float | None
    worst_path: str | None
    layer: str | None


@dataclass(frozen=True)
class Loop:
    """One loop: where it stands in the C++ (FILE:LINE) and what was achieved."""

    process: str
    location: str
    pipelined: bool
    initiation_interval: int  # cycles between the beginnings of two iterations
    depth: int  # cycles from an iteration's first to its last
    limited_by: str  # what forbids a smaller interval, empty if 1
    flattened: bool  # one loop made of a nest


@dataclass(frozen=True)
class Memory:
    """One memory and what it was built as."""

    name: str
    kind: str  # rom | ram | register | fifo
    style: str  # block | distributed | register | shift
    depth: int  # words
    width_bits: int
    ports: str  # what can happen in one cycle, empty for a register or FIFO


@dataclass(frozen=True)
class NetlistTiming:
    """The longest path of the mapped netlist; lines: those of the C++ that it was made for, in its order."""

    critical_path_ns: float
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Lint:
    """Tools that read the RTL without a warning, and tools that are not installed."""

    passed: tuple[str, ...]
    skipped: tuple[str, ...]


@dataclass(frozen=True)
class Hls:
    """What the engine tells about the RTL."""

    engine: str | None
    loops: tuple[Loop, ...] | None
    memories: tuple[Memory, ...] | None
    critical_path_ns: float | None
    clock_margin: float | None
    netlist_timing: NetlistTiming | None
    lint: Lint | None
