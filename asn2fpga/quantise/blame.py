"""Which layer's integers cost accuracy, and which option brings it back: measured in the float network."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from asn2fpga.graph.arrays import IntArray, RealArray
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.types import Array
from asn2fpga.kinds.neurons.levels import needs_snapping, snap_alpha
from asn2fpga.kinds.neurons.neuron import Neuron
from asn2fpga.kinds.neurons.semantics import effective_alpha, with_alpha
from asn2fpga.kinds.nodes import trained_synapses
from asn2fpga.kinds.trained import TrainedSynapse
from asn2fpga.quantise.apply import reference_of
from asn2fpga.quantise.build import Builder
from asn2fpga.quantise.calibration import synapse_inputs
from asn2fpga.quantise.choose import FITTED, SCALE_METHODS, SNAPS, quantise_layer
from asn2fpga.quantise.edges import edges_of
from asn2fpga.quantise.network import Network, network_of
from asn2fpga.quantise.scheme import ScaleMethod, Scheme
from asn2fpga.quantise.units import align
from asn2fpga.reference.float_model import scores_of

MOST_BITS = 8
Part = Literal["weights", "alpha"]


@dataclass(frozen=True)
class Judge:
    """Samples x (B, ..) and the class each should get: its label, or the float network's class."""

    x: Array
    target: IntArray

    def right(self, scores: Array) -> int:
        """Samples whose largest score is that of the right class."""
        return int(np.count_nonzero(scores.argmax(axis=1) == self.target))

    def first(self, count: int) -> Judge:
        """The judge of the first samples only."""
        return Judge(self.x[:count], self.target[:count])

    def lose_a_point(self, lost: int) -> bool:
        """Whether so many samples are more than one in a hundred, and more than a single one."""
        return lost > 1 and 100 * lost > len(self.x)


@dataclass(frozen=True)
class LayerLoss:
    """Samples lost if nothing but one part of one layer is as in the integer network (negative: won)."""

    layer: str
    part: Part
    lost: int


@dataclass(frozen=True)
class Remedy:
    """An option of `build`, and the samples right with it (float arithmetic, integer weights)."""

    option: str
    right: int


@dataclass(frozen=True)
class Suspects:
    """A prepared real network, its reference (Quantised.reference), and how it was quantised.

    calibration: inputs (B, ..) that come with the model, None if there are none.
    """

    real: Graph
    reference: Graph
    scheme: Scheme
    calibration: Array | None
    judge: Judge

    @functools.cached_property
    def losses(self) -> list[LayerLoss]:
        """Every part that may lose samples, the worst first."""
        best = self.right(self.real)
        losses = [
            LayerLoss(name, part, best - self.right(self.real.replace(name, self.reference[name])))
            for name, part in self._parts()
        ]
        return sorted(losses, key=lambda loss: -loss.lost)

    def remedy(self, worst: LayerLoss) -> Remedy | None:
        """The best option that leaves at most a point of the loss; more bits only if no other does."""
        options = self._snaps() if worst.part == "alpha" else self._scales()
        good = [remedy for remedy in options if self._is_repaired(remedy.right)]
        if good:
            return max(good, key=lambda remedy: remedy.right)
        return self._more_bits() if worst.part == "weights" else None

    def right(self, graph: Graph) -> int:
        """Samples that a real-valued network gets right."""
        return self.judge.right(scores_of(graph, self.judge.x))

    def spread(self, layer: str) -> float:
        """Largest magnitude of a layer's weights over their median (of those that are not 0)."""
        (synapse,) = (found for found in trained_synapses(self.real) if found.name == layer)
        magnitudes = np.abs(synapse.rows)
        used = magnitudes[magnitudes > 0]
        return float(used.max() / np.median(used)) if used.size else 1.0

    def _is_repaired(self, right: int) -> bool:
        return not self.judge.lose_a_point(self.right(self.real) - right)

    def _parts(self) -> Iterator[tuple[str, Part]]:
        network = network_of(self.real)
        for synapse in dict.fromkeys(network.synapses):
            yield synapse.name, "weights"
        for neuron in _neurons(network):
            if needs_snapping(neuron.semantics):
                yield neuron.name, "alpha"

    def _snaps(self) -> Iterator[Remedy]:
        """Every way to snap all alphas, with the weights as they are."""
        for snap in SNAPS:
            graph = self.reference
            for neuron in _neurons(network_of(self.real)):
                if needs_snapping(neuron.semantics):
                    alpha = snap_alpha(effective_alpha(neuron.semantics), snap, self.scheme.alpha_frac_bits)
                    semantics = with_alpha(neuron.semantics, alpha)
                    graph = graph.replace(neuron.name, dataclasses.replace(neuron, semantics=semantics))
            yield Remedy(f"--alpha-snap {snap}", self.right(graph))

    def _scales(self) -> Iterator[Remedy]:
        """Every scale method for all layers, with the bits as they are."""
        for method in SCALE_METHODS:
            if method not in FITTED or self.calibration is not None:
                graph = self._quantised(self.scheme, method, self._names())
                yield Remedy(f"--scale-method {method}", self.right(graph))

    def _more_bits(self) -> Remedy | None:
        """More bits for the layer that loses most, then for the next as well, until that repairs it."""
        synapses = dict.fromkeys(network_of(self.real).synapses)
        bits = {one.name: self.scheme.bits_of(one.name, is_constant=one.is_constant) for one in synapses}
        order = [loss.layer for loss in self.losses if loss.part == "weights"]
        for count, name in enumerate(order, start=1):
            for more in range(bits[name] + 1, MOST_BITS + 1):
                bits[name] = more
                scheme = dataclasses.replace(self.scheme, weight_bits=dict(bits))
                right = self.right(self._quantised(scheme, self._method(), order[:count]))
                if self._is_repaired(right):
                    values = ",".join(f"{layer}={count}" for layer, count in bits.items())
                    return Remedy(f"--weight-bits {values}", right)
        return None

    def _method(self) -> ScaleMethod:
        return "mse" if self.scheme.scale_method == "auto" else self.scheme.scale_method

    def _names(self) -> list[str]:
        return [synapse.name for synapse in dict.fromkeys(network_of(self.real).synapses)]

    def _quantised(self, scheme: Scheme, method: ScaleMethod, names: list[str]) -> Graph:
        """The reference with the weights of these layers quantised anew."""
        snapped = self.real
        for neuron in _neurons(network_of(self.reference)):
            snapped = snapped.replace(neuron.name, neuron)
        network = network_of(snapped)
        edges = edges_of(network, scheme.alpha_frac_bits)
        chosen = {}
        for synapse in dict.fromkeys(network.synapses):
            samples = self._samples(snapped, synapse, method)
            chosen[synapse.name] = quantise_layer(network, edges, synapse, method, scheme, samples)
        aligned = align(network, chosen, edges)
        readout = Builder(network, aligned, edges, scheme).readout_bias()
        whole = reference_of(network, aligned, readout)
        graph = self.reference
        for name in names:
            graph = graph.replace(name, whole[name])
        return graph

    def _samples(self, graph: Graph, synapse: TrainedSynapse, method: ScaleMethod) -> RealArray | None:
        if method not in FITTED or self.calibration is None:
            return None
        return synapse_inputs(graph, synapse, self.calibration)


def _neurons(network: Network) -> Iterator[Neuron]:
    """The neuron nodes, in the order of the network."""
    for population in network.spiking:
        assert population.neuron is not None
        yield population.neuron
