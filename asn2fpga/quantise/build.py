"""The integer populations: projections in the order of the network, exact sums, and the neurons that read
them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import numpy as np

from asn2fpga.errors import UnsupportedError
from asn2fpga.graph.arrays import RealArray, as_real, sum_of
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.node import Node
from asn2fpga.graph.types import Shape
from asn2fpga.kinds.contract import IntegerNode
from asn2fpga.kinds.maps.current import MapCurrent
from asn2fpga.kinds.maps.pool import MAX_POOLED_BITS
from asn2fpga.kinds.maps.population import MapPopulation
from asn2fpga.kinds.maps.relayed import ones
from asn2fpga.kinds.maps.unroll import Unroll
from asn2fpga.kinds.maps.window import Window, image_of
from asn2fpga.kinds.neurons.adaptive_convert import adaptive
from asn2fpga.kinds.neurons.contract import FiringNeurons
from asn2fpga.kinds.neurons.convert import Drive, graded
from asn2fpga.kinds.neurons.event_gru import event_gru
from asn2fpga.kinds.neurons.lookup import lookup
from asn2fpga.kinds.neurons.neuron import Neuron
from asn2fpga.kinds.neurons.relay import Relay
from asn2fpga.kinds.population import Population
from asn2fpga.kinds.ranges import checked_type, hull
from asn2fpga.kinds.synapses.contract import EventSynapse, Synapse
from asn2fpga.kinds.synapses.current import CurrentIdentity
from asn2fpga.kinds.synapses.delayed import DelayedDense
from asn2fpga.kinds.trained import RealNode, TrainedSynapse
from asn2fpga.quantise.edges import build_source
from asn2fpga.quantise.layout import Layout
from asn2fpga.quantise.leaky_readout import leaky_readout
from asn2fpga.quantise.lines import Lines, read_together
from asn2fpga.quantise.map_neurons import map_neurons, values_added
from asn2fpga.quantise.network import Branch, Network, Origin, Trained
from asn2fpga.quantise.origins import layers_of_origins, part_of_origin, sent_as
from asn2fpga.quantise.precision import precise_population, precision_population
from asn2fpga.quantise.readout import Readout, build_readout, real_bias, scores_of
from asn2fpga.quantise.scheme import Scheme
from asn2fpga.quantise.sums import Part, Sums, map_projections_of, place_of, projections_of
from asn2fpga.quantise.units import Aligned


class Builder:
    """Builds one population after the other; each may read those before it."""

    def __init__(self, network: Network, aligned: Aligned, edges: Mapping[str, Edge], scheme: Scheme) -> None:
        self.network = network
        self.aligned = aligned
        self.edges = edges
        self.scheme = scheme
        self.source = build_source(network)
        self.layout = Layout(network, self.source)
        self.lines = Lines(self.layout.order)
        self.sums: dict[str, Sums] = {}
        self.pooled: dict[str, tuple[MapPopulation, IntegerNode]] = {}
        self.precision: Population | None = None
        if self.source.precisions > 1:
            self.precision = precision_population(self.source, set(self.layout.order))

    def graph(self) -> tuple[Graph, Readout]:
        """The integer graph; the read-out again with what its integers mean."""
        layers: list[Node] = [self.source, *self._unrolled(self.network.input.name)]
        layers += [self.precision] if self.precision else []
        for item in self.layout.items():
            if isinstance(item, Trained):
                self.sums_of(item)
                layers += self.lines.of(item.name)
                if item.pool is not None:
                    layers += self._pooled(item, item.pool)
                else:
                    layers += [*self._spiking(item), *self._unrolled(item.end)]
            else:
                sources = [self.layout.names[name] for name in item.inputs]
                edges = [self.edges[name] for name in item.inputs]
                layers += [item.integer_pool(sources, edges), *self._unrolled(item.name)]
        readout = self._readout()
        layers += self.lines.of(self.network.readout.name)
        return Graph(self.network.graph.name, (*layers, readout.layer)), readout

    def _unrolled(self, node: str) -> Iterator[Unroll]:
        """The map of that node as events, if something reads it so."""
        source = self.layout.names[node]
        for names, order in ((self.layout.unrolled, "pixels"), (self.layout.flat, "channels")):
            if node in names:
                shape = self.edges[node].shape
                yield Unroll(name=names[node], inputs=(source,), source=source, shape=shape, order=order)  # type: ignore[arg-type]

    def _readout(self) -> Readout:
        population, output = self.network.readout, self.network.output
        sums = self.sums_of(population)
        if output.accumulates:
            return build_readout(population, sums, self._steps(), self.scheme)
        return leaky_readout(population, sums, output, self.source.time_steps, self.scheme)

    def readout_bias(self) -> RealArray:
        """The real bias (C,) that the integers of the read-out stand for; scores of any width."""
        if not self.network.output.accumulates:
            return self._readout().bias
        return real_bias(scores_of(self.sums_of(self.network.readout).drive, self._steps()), self._steps())

    def _steps(self) -> int:
        """Time steps that the read-out receives: one if it reads frames alone."""
        parts = self.sums_of(self.network.readout).parts
        only_frames = all(
            part.source == self.source.name and self.source.output(()).is_frame for part in parts
        )
        return 1 if only_frames else self.source.time_steps

    def sums_of(self, population: Trained) -> Sums:
        """The sums of a population, made once."""
        if population.name not in self.sums:
            self.sums[population.name] = self._sums(population)
        return self.sums[population.name]

    def _spiking(self, population: Trained) -> Iterator[Node]:
        assert population.neuron is not None
        sums = self.sums_of(population)
        if self.precision is not None:
            name, steps = self.precision.name, self.source.time_steps
            yield precise_population(population, sums, name, steps, self.scheme.state_frac_bits)
            return
        if self.network.is_map(population):
            yield self._map(population, sums)
            return
        neuron = self._neurons(population.neuron, sums.drive)
        if any(part.delay for part in sums.parts):
            _check_start(population.neuron, neuron)
        yield self._population(population, sums, neuron)

    def _neurons(self, trained: Neuron, drive: Drive) -> FiringNeurons:
        """The integer neurons that read these sums."""
        semantics, scheme, steps = trained.semantics, self.scheme, self.source.time_steps
        if semantics.adaptation is not None:
            return adaptive(semantics.adaptation, drive, steps, scheme.state_frac_bits)
        if semantics.table is not None:
            return lookup(semantics.table, drive)
        if semantics.gated is not None:
            return event_gru(semantics.gated, drive)
        return graded(semantics, drive, steps, scheme.alpha_frac_bits, scheme.state_frac_bits)

    def _population(self, population: Trained, sums: Sums, neuron: FiringNeurons) -> Population:
        return Population(
            name=population.name,
            inputs=tuple(part.source for part in sums.parts),
            source=place_of(population),
            projections=tuple(projections_of(population, sums)),
            neuron=neuron,
            acc_type=sums.drive.acc_type,
            time_steps=self.source.time_steps,
            lanes=neuron.fire_unit,
            fire_lanes=neuron.fire_unit,
        )

    def _pooled(self, population: Trained, pool: RealNode) -> tuple[MapPopulation, IntegerNode]:
        """Sums as counts, and the pool of these; made once."""
        if population.name not in self.pooled:
            self.pooled[population.name] = self._sums_and_pool(population, pool, self.sums_of(population))
        return self.pooled[population.name]

    def _sums_and_pool(
        self, population: Trained, pool: RealNode, sums: Sums
    ) -> tuple[MapPopulation, IntegerNode]:
        type_ = sums.drive.acc_type
        added = MapPopulation(
            name=population.name,
            inputs=tuple(part.source for part in sums.parts),
            source=place_of(population),
            shape=self.network.graph.edges[pool.inputs[0]].shape,
            projections=tuple(map_projections_of(population, sums)),
            neuron=Relay(count_type=type_),
            acc_type=type_,
            time_steps=self.source.time_steps,
        )
        edge = added.output([])
        pooled = pool.integer_pool([added.name], [edge])
        bits = pooled.output([edge]).fixed.width_bits
        if bits > MAX_POOLED_BITS:
            raise UnsupportedError(
                f"{pool.place}: sums under a pool must have at most {MAX_POOLED_BITS} bits with it, not "
                f"{bits}; use fewer weight bits, fewer channels or smaller windows."
            )
        return added, pooled

    def _map_neurons(self, trained: Neuron, drive: Drive, shape: Shape) -> tuple[FiringNeurons, bool]:
        """Neurons of a map of that shape, and whether there is one for each pixel and channel."""
        found = trained.semantics
        if any(part is not None for part in (found.adaptation, found.table, found.gated)):
            if len(drive.scale) > shape[0]:
                raise UnsupportedError(
                    f"{trained.place}: neurons ({trained.text}) must not read an average whose windows "
                    "add up other numbers of sums; put count_include_pad=False, or the pool after the neuron."
                )
            return self._neurons(trained, drive), False
        return map_neurons(found, drive, shape, self.source.time_steps, self.scheme)

    def _map(self, population: Trained, sums: Sums) -> MapPopulation:
        assert population.neuron is not None
        shape = self.edges[population.neuron.name].shape
        neuron, by_pixel = self._map_neurons(population.neuron, sums.drive, shape)
        return MapPopulation(
            name=population.name,
            inputs=tuple(part.source for part in sums.parts),
            source=place_of(population),
            shape=shape,
            projections=tuple(map_projections_of(population, sums)),
            neuron=neuron,
            by_pixel=by_pixel,
            acc_type=sums.drive.acc_type,
            time_steps=self.source.time_steps,
        )

    def _sums(self, population: Trained) -> Sums:
        parts = sorted(self._parts(population), key=self._position)
        exponent = min(part.exponent for part in parts)
        shifts = tuple(part.exponent - exponent for part in parts)
        low, high, offset = (
            sum_of(getattr(part, what) << shift for part, shift in zip(parts, shifts, strict=True))
            for what in ("low", "high", "offset")
        )
        bias: RealArray = sum((part.bias for part in parts[1:]), start=parts[0].bias)
        factor = math.prod(part.factor for part in parts)
        scale = np.ldexp(self._unit(population) * factor, exponent)
        drive = Drive(
            layer=population.name,
            scale=np.tile(scale, len(offset) // len(scale)),
            offset=offset,
            bias=bias,
            sums=(low, high),
            acc_type=checked_type(population.name, "the accumulator", *hull(low, high)),
        )
        return Sums(tuple(parts), shifts, exponent, drive)

    def _position(self, part: Part) -> tuple[int, float, bool]:
        """As the network stands, currents before the events of the same population.

        After these come the sums of synapses with delays, and at last what the population itself sent before.
        """
        adds_up_first = isinstance(part.synapse, EventSynapse) and bool(part.synapse.adds_up_first)
        waits = 2 if part.delay else int(adds_up_first)
        return waits, self.lines.order[part.source], part.synapse.reads == "events"

    def _unit(self, population: Trained) -> RealArray:
        """The real value of one unit of sums, before any exponent: that of its stage."""
        for branch in population.branches:
            if branch.synapse is not None:
                return self.aligned.alignments[branch.synapse.name].unit
        return self._unit(self.network.population_of(population.branches[0].current))

    def _parts(self, population: Trained) -> Iterator[Part]:
        for branch in population.branches:
            if branch.synapse is None:
                yield self._current(branch)
                continue
            several = len(branch.origins) > 1
            for number, origins in enumerate(read_together(branch.origins)):
                if origins[0].late is None:
                    yield self._events(branch, origins[0], number, several)
                else:
                    yield from self._late_events(population, branch, origins, number)

    def _current(self, branch: Branch) -> Part:
        """The sums of another population as they are; offsets and biases come with them."""
        population = self.network.population_of(branch.current)
        sums = self.sums_of(population)
        if population.pool is not None:
            return self._pooled_current(population, population.pool, sums)
        low, high = sums.drive.acc_type.min, sums.drive.acc_type.max
        neurons = len(sums.drive.offset)
        synapse: Synapse = CurrentIdentity(size=neurons)
        if self.network.is_map(population):
            assert population.neuron is not None
            synapse = MapCurrent(image=image_of(self.edges[population.neuron.name].shape))
        return Part(
            source=population.name,
            name=population.name,
            synapse=synapse,
            exponent=sums.exponent,
            delay=0,
            offset=sums.drive.offset,
            bias=sums.drive.bias,
            low=np.full(neurons, low, np.int64),
            high=np.full(neurons, high, np.int64),
        )

    def _pooled_current(self, population: Trained, pool: RealNode, sums: Sums) -> Part:
        """What a pool makes of the sums of another population: counts, each added as it is."""
        added, pooled = self._pooled(population, pool)
        edge = pooled.output([added.output([])])
        identity = ones(edge, Window(kernel=(1, 1), stride=(1, 1)))
        low, high = identity.sum_range(edge)
        taken = values_added(pool, added.shape)
        return Part(
            source=pooled.name,
            name=pooled.name,
            synapse=identity,
            exponent=sums.exponent,
            delay=0,
            offset=np.outer(taken, sums.drive.offset).reshape(-1),
            bias=np.outer(taken, sums.drive.bias).reshape(-1) * pool.output_factor,
            low=low,
            high=high,
            factor=pool.output_factor,
            trained=False,
        )

    def _events(self, branch: Branch, origin: Origin, number: int, several: bool) -> Part:
        """Synapses on the events of one layer; constants go with the first of a branch."""
        edge, weights = self.edges[origin.node], self.aligned.weights[branch.synapses.name]
        trained = branch.synapses.quantised(weights.real, weights.scale)
        if number > 0:
            trained = trained.without_constants()
        integer = weights.weight
        if trained.has_columns and (several or edge.is_map):
            trained, integer = part_of_origin(trained, integer, origin, edge)
        if origin.node == self.network.input.name and self.precision is not None:
            integer = np.pad(integer, [(0, 0), (0, 1)])  # nothing reads the precision here
        synapse = trained.integer(integer, weights.bits, edge)
        low, high = synapse.sum_range(edge)
        return Part(
            source=self._source_of(trained, origin),
            name=trained.name,
            synapse=synapse,
            exponent=self.aligned.alignments[trained.name].exponent - edge.frac_bits,
            delay=origin.delay,
            offset=edge.base * trained.sums_of_weights(integer),
            bias=as_real(trained.bias),
            low=low,
            high=high,
        )

    def _late_events(
        self, population: Trained, branch: Branch, origins: tuple[Origin, ...], number: int
    ) -> Iterator[Part]:
        """Synapses that read the events of one layer, some of them later."""
        edge, weights = self.edges[origins[0].node], self.aligned.weights[branch.synapses.name]
        trained = branch.synapses.quantised(weights.real, weights.scale)
        source = self._source_of(trained, origins[0])
        for turn, layer in enumerate(layers_of_origins(trained, weights, origins, edge)):
            kept = trained if number == turn == 0 else trained.without_constants()
            synapse = trained.integer(layer.weight, weights.bits, edge)
            if layer.of_synapses:
                synapse = DelayedDense(weight=layer.weight, delays=layer.delays, weight_bits=weights.bits)
            line = None
            if not layer.of_synapses and layer.delays.any():
                make = self.lines.loop_line if origins[0].in_loop else self.lines.line
                line = make(population.name, source, sent_as(trained, edge), layer.delays)
            low, high = synapse.sum_range(edge if line is None else line.output([edge]))
            yield Part(
                source=source if line is None else line.name,
                name=trained.name,
                synapse=synapse,
                exponent=self.aligned.alignments[trained.name].exponent - edge.frac_bits,
                delay=0,
                offset=edge.base * trained.sums_of_weights(layer.weight),
                bias=as_real(kept.bias),
                low=low,
                high=high,
            )

    def _source_of(self, trained: TrainedSynapse, origin: Origin) -> str:
        """The node of the integer graph whose events the synapses read."""
        unrolled = self.layout.unrolled if trained.has_columns else self.layout.flat
        found = self.layout.names if trained.gathers else unrolled
        return found.get(origin.node, self.layout.names[origin.node])


def _check_start(trained: Neuron, neuron: FiringNeurons) -> None:
    """Neurons that read what they sent before sent 0 before the first time step: they must be able to."""
    if not 0 <= -neuron.base <= neuron.level_values[-1]:
        alpha = neuron.base / 2**neuron.frac_bits
        raise UnsupportedError(
            f"{trained.place}: alpha of neurons that read themselves must be in "
            f"-{trained.semantics.levels}..0, not {alpha:g}; before the first time step they sent 0, "
            "which must be within their levels."
        )
