"""Every kind there is, by the name that files give it: the one registry. A new kind is one line here.

A package of a user's adds its own through the entry point group `asn2fpga.kinds` (docs/a-new-kind.md).
"""

from __future__ import annotations

from asn2fpga.graph.node import Node
from asn2fpga.graph.serial import Kinds, Part
from asn2fpga.kinds.neurons.graded import Graded
from asn2fpga.kinds.neurons.integrator import Integrator
from asn2fpga.kinds.neurons.leaky_integrator import LeakyIntegrator
from asn2fpga.kinds.neurons.neuron import Neuron
from asn2fpga.kinds.operators.add import Add
from asn2fpga.kinds.operators.batchnorm import BatchNorm
from asn2fpga.kinds.operators.concat import Concat
from asn2fpga.kinds.operators.delay import Delay
from asn2fpga.kinds.operators.flatten import Flatten
from asn2fpga.kinds.operators.output import Output
from asn2fpga.kinds.operators.scale import Scale
from asn2fpga.kinds.population import Population
from asn2fpga.kinds.sources.events import ReceiveEvents
from asn2fpga.kinds.sources.frames import Encode
from asn2fpga.kinds.sources.input import Input
from asn2fpga.kinds.synapses.current import CurrentIdentity
from asn2fpga.kinds.synapses.dense import Dense, Linear
from asn2fpga.kinds.synapses.diagonal import Diagonal, OneToOne

REAL: tuple[type[Node], ...] = (
    Input,
    Flatten,
    Scale,
    Linear,
    Diagonal,
    BatchNorm,
    Add,
    Concat,
    Delay,
    Neuron,
    Output,
)
INTEGER: tuple[type[Node], ...] = (Encode, ReceiveEvents, Population)
SYNAPSES: tuple[type[Part], ...] = (Dense, OneToOne, CurrentIdentity)
NEURONS: tuple[type[Part], ...] = (Graded, Integrator, LeakyIntegrator)

KINDS = Kinds(
    nodes={kind.__name__: kind for kind in (*REAL, *INTEGER)},
    parts={kind.__name__: kind for kind in (*SYNAPSES, *NEURONS)},
)
