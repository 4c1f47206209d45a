"""The form quantise takes (`passes.prepare` makes it): Input -> (Linear -> Neuron)* -> Linear -> Output."""

from __future__ import annotations

from dataclasses import dataclass

from asn2fpga.errors import UnsupportedError
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.layers import Input, Layer, Linear, Neuron, Output


@dataclass(frozen=True)
class Chain:
    """The layers of a prepared graph by their part."""

    input: Input
    populations: tuple[tuple[Linear, Neuron], ...]
    readout: Linear
    output: Output

    @property
    def linears(self) -> tuple[Linear, ...]:
        """All Linear layers, the read-out last."""
        return (*(linear for linear, _ in self.populations), self.readout)


def chain_of(graph: Graph) -> Chain:
    """The parts of a prepared graph, or UnsupportedError naming the first layer out of place."""
    expected: type[Layer] = Input
    linear: Linear | None = None
    populations: list[tuple[Linear, Neuron]] = []
    for layer, following in zip(graph.layers, (*graph.layers[1:], None), strict=True):
        if not isinstance(layer, expected):
            raise _misplaced(layer, expected)
        if isinstance(layer, Neuron) and linear is not None:
            populations.append((linear, layer))
        linear = layer if isinstance(layer, Linear) else linear
        expected = _successor(layer, following)
    if expected is not Layer or linear is None:
        raise UnsupportedError(f"{graph.name}: the network must end with a Linear layer, not {_end(graph)}.")
    (source,), (output,) = graph.of_type(Input), graph.of_type(Output)
    return Chain(source, tuple(populations), linear, output)


def _successor(layer: Layer, following: Layer | None) -> type[Layer]:
    """The class that must come behind `layer`; Layer itself (never one of the classes) at the end."""
    if isinstance(layer, Output):
        return Layer
    if isinstance(layer, Linear):
        return Output if isinstance(following, Output) else Neuron
    return Linear


def _misplaced(layer: Layer, expected: type[Layer]) -> UnsupportedError:
    wanted = {Linear: "a Linear layer", Neuron: "a neuron or the output", Input: "the input"}
    place = wanted.get(expected, "nothing")
    return UnsupportedError(
        f"{layer.name}: the layer here must be {place}, not {type(layer).__name__}; "
        "a network is Input, any number of Linear (with BatchNorm) and Neuron, then Linear."
    )


def _end(graph: Graph) -> str:
    return f"{type(graph.layers[-1]).__name__} {graph.layers[-1].name!r}" if graph.layers else "nothing"
