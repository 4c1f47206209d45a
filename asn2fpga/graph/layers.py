"""The layers: one frozen dataclass each. The loader makes real-valued ones, quantise integer ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from asn2fpga.graph.neuron import IntegerNeuron, NeuronSemantics
from asn2fpga.graph.types import Array, FixedType, Shape

WeightMemory = Literal["auto", "lut"]
"""What holds a layer's weights: what their size asks for (passes/binding.py), or look-up tables."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Layer:
    """Common fields. `name`: a C identifier, unique; `source`: the module's path in the model."""

    name: str
    inputs: tuple[str, ...] = ()
    source: str = ""


# ---- real-valued layers ------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False, kw_only=True)
class Input(Layer):
    """The network's input; real value = integer * `scale`.

    frames: one uint8 array of `shape` an inference, pixels 0..`max_count`, presented unchanged at each of
    `time_steps` steps. events: counts 0..`max_count` of `shape` at every time step.
    """

    shape: Shape
    encoding: Literal["frames", "events"]
    time_steps: int
    max_count: int = 255
    scale: float = 1.0


@dataclass(frozen=True, eq=False, kw_only=True)
class Flatten(Layer):
    """Flatten all axes but time and batch, in C order."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Scale(Layer):
    """Multiply by a positive constant (e.g. the division of pixels by 255)."""

    factor: float


@dataclass(frozen=True, eq=False, kw_only=True)
class Linear(Layer):
    """y = x W^T + b. weight: (out, in) float64, bias: (out,) float64."""

    weight: Array
    bias: Array


@dataclass(frozen=True, eq=False, kw_only=True)
class BatchNorm(Layer):
    """y = x * gain + shift, running statistics already merged; also (x - mean) / std of an input.

    gain, shift: float64 of the input's shape, (channel,) in most networks.
    """

    gain: Array
    shift: Array


@dataclass(frozen=True, eq=False, kw_only=True)
class Neuron(Layer):
    """A population of graded spiking neurons, one per element of its input."""

    semantics: NeuronSemantics


@dataclass(frozen=True, eq=False, kw_only=True)
class Output(Layer):
    """The network's output: scores summed or averaged over time (the same order of classes)."""

    reduce: Literal["sum", "mean"] = "mean"


# ---- integer layers: what becomes hardware ----------------------------------------------------------------


@dataclass(frozen=True, eq=False, kw_only=True)
class Encode(Layer):
    """Frames to events: every non-zero pixel becomes an event whose count is the pixel; then one end of step.

    A frame is sent once an inference, whatever `time_steps` is: the consumer reuses its input sum.
    """

    shape: Shape
    max_count: int
    time_steps: int

    @property
    def count_type(self) -> FixedType:
        """Type of a pixel, 0..max_count, where it is a count. Hardware takes the low bits of the byte."""
        return FixedType.for_range(0, self.max_count)


@dataclass(frozen=True, eq=False, kw_only=True)
class ReceiveEvents(Layer):
    """Events from outside, one per input word; `time_steps` ends of step an inference."""

    shape: Shape
    max_count: int
    time_steps: int

    @property
    def count_type(self) -> FixedType:
        """Type of a count, 0..max_count."""
        return FixedType.for_range(0, self.max_count)


@dataclass(frozen=True, eq=False, kw_only=True)
class DensePopulation(Layer):
    """Fully connected synapses and a neuron population: the processes integrate_fire and compress.

    weight: (N, M) int64 within +-(2^(weight_bits-1)-1); acc_type holds every partial sum of one time step.
    static_input: the input is a frame, integrated once and fired `time_steps` times.
    """

    weight: Array
    weight_bits: int
    input_count_type: FixedType
    acc_type: FixedType
    neuron: IntegerNeuron
    time_steps: int
    static_input: bool
    lanes: int = 1
    weight_memory: WeightMemory = "auto"


@dataclass(frozen=True, eq=False, kw_only=True)
class DenseReadout(Layer):
    """Fully connected synapses without neurons.

    score[i] = bias[i] + (sum over time of W[i] . counts) << shift[i], one int32 a class: one of W[i] is worth
    2^shift[i] of score. `time_steps`: ends of step it receives (1 behind a frame).
    """

    weight: Array
    weight_bits: int
    bias: Array  # (C,) int64
    shift: Array  # (C,) int64
    input_count_type: FixedType
    acc_type: FixedType
    time_steps: int
    lanes: int = 1
    weight_memory: WeightMemory = "auto"

    @property
    def is_shifted(self) -> bool:
        """Whether a class has another scale than the scores."""
        return bool(self.shift.any())


REAL_LAYERS: tuple[type[Layer], ...] = (Input, Flatten, Scale, Linear, BatchNorm, Neuron, Output)
INTEGER_LAYERS: tuple[type[Layer], ...] = (Encode, ReceiveEvents, DensePopulation, DenseReadout)
LAYERS: tuple[type[Layer], ...] = REAL_LAYERS + INTEGER_LAYERS
