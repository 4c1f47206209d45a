"""What all populations share: projections with weights of their own, and the neurons that read their sums."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, Self

from asn2fpga.device.parts import Memory
from asn2fpga.graph.edge import Carries, Edge
from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.contract import Foldable, Multiplier, WeightMemory
from asn2fpga.kinds.neurons.contract import FiringNeurons, Neurons
from asn2fpga.kinds.neurons.graded import Graded
from asn2fpga.kinds.neurons.membrane import Membrane
from asn2fpga.kinds.synapses.contract import Weighted


class Projected(Foldable):
    """A node with projections, one per input, and neurons."""

    projections: tuple[Any, ...]
    neuron: Neurons

    @property
    def kind(self) -> str:
        synapses = dict.fromkeys(type(projection.synapse).__name__ for projection in self.projections)
        return f"{' + '.join(synapses)}, {type(self.neuron).__name__}"

    @property
    def graded(self) -> Graded:
        """Its neurons, if they spike; ValueError otherwise."""
        if not isinstance(self.neuron, Graded):
            raise ValueError(f"{self.name}: {type(self.neuron).__name__} does not spike")
        return self.neuron

    @property
    def firing(self) -> FiringNeurons:
        """Its neurons, if they fire time step by time step; ValueError otherwise."""
        if not isinstance(self.neuron, FiringNeurons):
            raise ValueError(f"{self.name}: {type(self.neuron).__name__} does not fire")
        return self.neuron

    @property
    def membrane(self) -> Membrane | None:
        """What its neurons keep from step to step; None if they keep nothing, or do not spike."""
        return self.neuron.membrane if isinstance(self.neuron, Graded) else None

    def reads(self, position: int) -> Carries:
        return self.projections[position].synapse.reads if position < len(self.projections) else "events"

    # ---- folding ------------------------------------------------------------------------------------------

    @property
    def weighted(self) -> Mapping[str, Weighted]:
        """Its synapses with weights, by the name of what was trained."""
        found = zip(self._names(), self.projections, strict=True)
        return {name: p.synapse for name, p in found if isinstance(p.synapse, Weighted)}

    def _names(self) -> list[str]:
        """Of each projection, that of what was trained; with what it reads where several share one name."""
        trained = [projection.name for projection in self.projections]
        names: list[str] = []
        for name, source in zip(trained, self.inputs, strict=True):
            own = name if trained.count(name) == 1 else f"{name}_from_{source}"
            earlier = sum(other == own or other.startswith(f"{own}_again") for other in names)
            names.append(f"{own}_again{earlier}" if earlier else own)
        return names

    @property
    def weight_bits(self) -> Mapping[str, int]:
        found = ((p.name, p.synapse) for p in self.projections)
        return {name: synapse.weight_bits for name, synapse in found if isinstance(synapse, Weighted)}

    def with_weight_bits(self, bits: Mapping[str, int]) -> Self:
        wanted = zip(self._names(), self.projections, strict=True)
        return self._with_synapses(
            {name: {"weight_bits": bits[p.name]} for name, p in wanted if p.name in bits}
        )

    def weight_memories(self, edges: Sequence[Edge]) -> Mapping[str, Memory]:
        read = dict(zip(self._names(), edges, strict=True))
        return {
            name: synapse.weight_memory(read[name], self.lanes) for name, synapse in self.weighted.items()
        }

    def with_weights_in(self, memories: Mapping[str, WeightMemory]) -> Self:
        return self._with_synapses({name: {"memory": memory} for name, memory in memories.items()})

    @property
    def products(self) -> Mapping[str, Multiplier]:
        found = self.weighted.items()
        return {name: synapse.products for name, synapse in found if synapse.products is not None}

    @property
    def paired(self) -> bool:
        """Whether its sums are kept as pairs, two for each DSP slice."""
        return any(synapse.paired for synapse in self.weighted.values())

    def with_products_by(self, multipliers: Mapping[str, Multiplier]) -> Self:
        return self._with_synapses({name: {"products": maker} for name, maker in multipliers.items()})

    def _with_synapses(self, fields: Mapping[str, Mapping[str, Any]]) -> Self:
        """The same with other fields of its weighted synapses, by the names of `weighted`."""
        known, projections = self.weighted, []
        if all(_has(known[name], fields[name]) for name in fields if name in known):
            return self
        for name, projection in zip(self._names(), self.projections, strict=True):
            if name in fields and name in known:
                synapse = dataclasses.replace(known[name], **fields[name])  # type: ignore[type-var]
                projection = dataclasses.replace(projection, synapse=synapse)
            projections.append(projection)
        changed: dict[str, Any] = {"projections": tuple(projections)}
        return dataclasses.replace(self, **changed)

    @property
    def has_weights(self) -> bool:
        found = (projection.synapse for projection in self.projections)
        synapses = [synapse for synapse in found if isinstance(synapse, Weighted)]
        return not synapses or any(synapse.has_weights for synapse in synapses)


def projected_named(graph: Graph, name: str) -> Projected:
    """The population of that name; TypeError if it is none."""
    node = graph[name]
    if not isinstance(node, Projected):
        raise TypeError(f"{name}: {type(node).__name__} is no population")
    return node


def _has(synapse: object, fields: Mapping[str, Any]) -> bool:
    """Whether its fields have these values already."""
    return all(getattr(synapse, name) == value for name, value in fields.items())
