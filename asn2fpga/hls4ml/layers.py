"""The layers of hls4ml's graph. They decide what type they send; the rest waits until all types are known."""

from __future__ import annotations

from typing import Any

from hls4ml.model.attributes import Attribute, ConfigurableAttribute
from hls4ml.model.layers import Layer
from hls4ml.model.types import (
    FixedPrecisionType,
    IntegerPrecisionType,
    PrecisionType,
    UnspecifiedPrecisionType,
)

from asn2fpga.errors import UnsupportedError
from asn2fpga.hls4ml.integers import Fixed, sent_type

DERIVED = -1  # of state_frac_bits


def fixed_of(layer: str, precision: Any) -> Fixed:
    """A type of hls4ml. UnsupportedError naming the layer for one that is no fixed-point type."""
    if isinstance(precision, IntegerPrecisionType):
        return Fixed(precision.width, 0, bool(precision.signed))
    if isinstance(precision, FixedPrecisionType):
        return Fixed(precision.width, precision.width - precision.integer, bool(precision.signed))
    raise UnsupportedError(f"{layer}: it must read integers or fixed-point numbers, not {precision}.")


def precision_of(fixed: Fixed) -> PrecisionType:
    """As a type of hls4ml."""
    if fixed.frac_bits == 0:
        return IntegerPrecisionType(width=fixed.bits, signed=fixed.is_signed)
    return FixedPrecisionType(fixed.bits, fixed.bits - fixed.frac_bits, fixed.is_signed)


def keep_axes(layer: Any) -> None:
    """Time stays in front: hls4ml would take it for the channels of a map, and bring it to the end."""
    layer.channels_last_converted = True


class _Exact(Layer):  # type: ignore[misc]  # hls4ml is not typed
    """Its output has the type that holds every value it can send."""

    def precision(self) -> PrecisionType:
        """Of the output."""
        raise NotImplementedError

    def add_output_variable(self, shape: Any, *_: Any, **__: Any) -> None:
        """Whatever the configuration says: another type would round what must be exact."""
        super().add_output_variable(shape, precision=self.precision())

    def reads(self) -> Any:
        """The type of the input now; unspecified until it has been inferred."""
        return self.get_input_variable().type.precision


class SpikingNeurons(_Exact):
    """ASN, NASN, ILIF, LIF, .. semantics: a NeuronSemantics; time_steps: the first axis, if it is not 1."""

    _expected_attributes = [  # noqa: RUF012  # as hls4ml has it
        Attribute("time_steps"),
        ConfigurableAttribute("state_frac_bits", default=DERIVED),
    ]

    def initialize(self) -> None:
        shape = list(self.get_input_variable().shape)
        steps = self.get_attr("time_steps")
        if steps > 1 and shape[0] != steps:
            raise UnsupportedError(
                f"{self.name}: the neurons must get (time, neurons) with T = {steps}, not the shape {shape}; "
                f"put RepeatTime({steps}) before the first layer."
            )
        self._check_no_bias()
        self.add_output_variable(shape)
        if steps > 1:
            keep_axes(self)

    def _check_no_bias(self) -> None:
        """Changes: of the layer before them."""
        bias = self.get_input_node().weights.get("bias")
        if self.get_attr("semantics").sends_change and bias is not None and bias.data.any():
            raise UnsupportedError(
                f"{self.name}: the layer before neurons that send changes must have no bias, which they "
                "would add up again in every time step; use bias=False."
            )

    def precision(self) -> PrecisionType:
        return precision_of(sent_type(self.name, self.get_attr("semantics"))[0])


class _OverTime(_Exact):
    """Its output's type follows from that of its input, which may not be known yet."""

    def precision(self) -> PrecisionType:
        read = self.reads()
        if isinstance(read, UnspecifiedPrecisionType):
            found: PrecisionType = UnspecifiedPrecisionType()
            return found
        return precision_of(self.sent(fixed_of(self.name, read)))

    def sent(self, read: Fixed) -> Fixed:
        """The type of the output."""
        raise NotImplementedError


class TimeRepeated(_OverTime):
    """RepeatTime: (N) to (T, N)."""

    _expected_attributes = [Attribute("time_steps")]  # noqa: RUF012  # as hls4ml has it

    def initialize(self) -> None:
        shape = list(self.get_input_variable().shape)
        if len(shape) != 1:
            raise UnsupportedError(
                f"{self.name}: RepeatTime must get (batch, values), not maps of shape {shape}; hls4ml's "
                "convolutions have no time axis."
            )
        self.add_output_variable([self.get_attr("time_steps"), *shape])
        keep_axes(self)

    def sent(self, read: Fixed) -> Fixed:
        return read


class TimeReduced(_OverTime):
    """TimeSum and TimeMean: (T, N) to (N)."""

    _expected_attributes = [Attribute("mean", value_type=bool)]  # noqa: RUF012  # as hls4ml has it

    def initialize(self) -> None:
        steps, *shape = list(self.get_input_variable().shape)
        if self.get_attr("mean") and steps & (steps - 1):
            raise UnsupportedError(
                f"{self.name}: TimeMean must be over a power of two of time steps, not {steps}, to be exact; "
                "use TimeSum, which leaves the order of the classes as it is."
            )
        self.add_output_variable(shape)
        keep_axes(self)

    def sent(self, read: Fixed) -> Fixed:
        steps = self.get_input_variable().shape[0]
        doublings = (steps - 1).bit_length()
        frac_bits = read.frac_bits + (doublings if self.get_attr("mean") else 0)
        return Fixed(read.bits + doublings, frac_bits, read.is_signed)


def is_over_time(layer: Any) -> bool:
    """Whether a layer reads one row of values for each time step."""
    node = layer.get_input_node()
    while node is not None and node.class_name not in (TimeRepeated.__name__, TimeReduced.__name__):
        node = node.get_input_node()
    return node is not None and node.class_name == TimeRepeated.__name__


LAYERS = (SpikingNeurons, TimeRepeated, TimeReduced)
