"""Every kind there is, by the name that files give it: the one registry. A new kind is one line here.

A package of a user's adds its own through the entry point group `asn2fpga.kinds` (docs/a-new-kind.md).
"""

from __future__ import annotations

from functools import cache
from typing import TypeVar

from asn2fpga.errors import InputError
from asn2fpga.graph.node import Node
from asn2fpga.graph.serial import Kinds, Part
from asn2fpga.kinds.delay_line import DelayLine
from asn2fpga.kinds.event_attention import EventAttention
from asn2fpga.kinds.loop_line import LoopLine
from asn2fpga.kinds.maps.attention import MapAttention
from asn2fpga.kinds.maps.current import MapCurrent
from asn2fpga.kinds.maps.pool import MapPool
from asn2fpga.kinds.maps.population import MapPopulation
from asn2fpga.kinds.maps.product import MapProduct
from asn2fpga.kinds.maps.unroll import Unroll
from asn2fpga.kinds.maps.upsample import MapUpsample
from asn2fpga.kinds.neurons.adaptive import Adaptive
from asn2fpga.kinds.neurons.event_gru import EventGru
from asn2fpga.kinds.neurons.graded import Graded
from asn2fpga.kinds.neurons.integrator import Integrator
from asn2fpga.kinds.neurons.leaky_integrator import LeakyIntegrator
from asn2fpga.kinds.neurons.lookup import Lookup
from asn2fpga.kinds.neurons.neuron import Neuron
from asn2fpga.kinds.neurons.relay import Relay
from asn2fpga.kinds.neurons.running_integrator import RunningIntegrator
from asn2fpga.kinds.operators.add import Add
from asn2fpga.kinds.operators.attention import Attention
from asn2fpga.kinds.operators.batchnorm import BatchNorm
from asn2fpga.kinds.operators.causal_attention import CausalAttention
from asn2fpga.kinds.operators.concat import Concat
from asn2fpga.kinds.operators.delay import Delay
from asn2fpga.kinds.operators.event_sum import EventSum
from asn2fpga.kinds.operators.flatten import Flatten
from asn2fpga.kinds.operators.output import Output
from asn2fpga.kinds.operators.pad import Pad
from asn2fpga.kinds.operators.pool import AvgPool, MaxPool
from asn2fpga.kinds.operators.product import Product
from asn2fpga.kinds.operators.scale import Scale
from asn2fpga.kinds.operators.upsample import Upsample
from asn2fpga.kinds.plugin import plugins
from asn2fpga.kinds.population import Population
from asn2fpga.kinds.sources.events import ReceiveEvents
from asn2fpga.kinds.sources.frames import Encode
from asn2fpga.kinds.sources.input import Input
from asn2fpga.kinds.sources.maps import EncodeMap, ReceiveMap
from asn2fpga.kinds.sources.precise import EncodePrecise
from asn2fpga.kinds.synapses.conv import Conv
from asn2fpga.kinds.synapses.convolution import Convolution
from asn2fpga.kinds.synapses.current import CurrentIdentity
from asn2fpga.kinds.synapses.delayed import DelayedDense
from asn2fpga.kinds.synapses.dense import Dense, Linear
from asn2fpga.kinds.synapses.diagonal import Diagonal, OneToOne
from asn2fpga.kinds.synapses.shortcut import Shortcut

AnyKind = TypeVar("AnyKind")

REAL: tuple[type[Node], ...] = (
    Input,
    Flatten,
    Scale,
    Linear,
    Diagonal,
    Conv,
    Shortcut,
    MaxPool,
    AvgPool,
    Upsample,
    Pad,
    BatchNorm,
    Add,
    EventSum,
    Attention,
    CausalAttention,
    Product,
    Concat,
    Delay,
    Neuron,
    Output,
)
INTEGER: tuple[type[Node], ...] = (
    Encode,
    EncodePrecise,
    ReceiveEvents,
    EncodeMap,
    ReceiveMap,
    Population,
    MapPopulation,
    MapPool,
    MapUpsample,
    MapAttention,
    MapProduct,
    EventAttention,
    Unroll,
    DelayLine,
    LoopLine,
)
SYNAPSES: tuple[type[Part], ...] = (Dense, DelayedDense, OneToOne, CurrentIdentity, Convolution, MapCurrent)
NEURONS: tuple[type[Part], ...] = (
    Graded,
    Adaptive,
    Lookup,
    EventGru,
    Relay,
    Integrator,
    LeakyIntegrator,
    RunningIntegrator,
)

KINDS = Kinds(
    nodes={kind.__name__: kind for kind in (*REAL, *INTEGER)},
    parts={kind.__name__: kind for kind in (*SYNAPSES, *NEURONS)},
)
"""Those of asn2fpga itself."""


@cache
def all_kinds() -> Kinds:
    """Those of asn2fpga and of the packages that add some. InputError if two have one name."""
    nodes, parts = dict(KINDS.nodes), dict(KINDS.parts)
    for plugin in plugins():
        _add(nodes, plugin.nodes, plugin.name)
        _add(parts, plugin.parts, plugin.name)
    return Kinds(nodes, parts)


def _add(known: dict[str, type[AnyKind]], new: tuple[type[AnyKind], ...], plugin: str) -> None:
    for kind in new:
        if kind.__name__ in known:
            raise InputError(
                f"plug-in {plugin}: the name of a kind must be its own, not {kind.__name__} again."
            )
        known[kind.__name__] = kind
