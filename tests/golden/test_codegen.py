"""The C++ of small networks, committed and reviewed like code."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from dense_graphs import dense_projection
from golden_text import Golden
from mixed_graphs import mixed_graph

from asn2fpga.codegen.project import generate
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.rules import check
from asn2fpga.graph.types import FixedType
from asn2fpga.kinds.neurons.graded import Graded
from asn2fpga.kinds.neurons.integrator import Integrator
from asn2fpga.kinds.neurons.membrane import Leak, Membrane
from asn2fpga.kinds.population import Population
from asn2fpga.kinds.sources.frames import Encode
from asn2fpga.passes.fold_bursts import with_bursts
from asn2fpga.passes.fold_words import widest_words
from asn2fpga.passes.lanes import with_lanes

FOLDER = Path(__file__).parent / "codegen"
FILES = ("tiny.cpp", "fc1_roms.h", "fc2_roms.h", "README.md")


def tiny_graph() -> Graph:
    """13 pixels, 7 neurons with membranes, 2 time steps, 5 classes; numbers that follow a simple pattern."""
    neuron = Graded(
        thresholds=np.arange(7)[:, None] * 100 + np.array([400, 1200]),
        level_values=(0, 1, 2),
        count_type=FixedType(2, False),
        threshold_type=FixedType(12, False),
        potential_type=FixedType(19, True),
        base=-1,
        membrane=Membrane(
            state_frac_bits=2,
            bias=np.arange(7) * 10 - 30,
            leak=Leak(3, 2),
            resets=np.arange(7) * 200 + 800,
            state_type=FixedType(18, True),
        ),
    )
    population = Population(
        name="fc1",
        inputs=("encode",),
        source="net.0",
        projections=(dense_projection("fc1", np.arange(7 * 13).reshape(7, 13) % 15 - 7, 4),),
        neuron=neuron,
        acc_type=FixedType(15, True),
        time_steps=2,
        lanes=4,
    )
    readout = Population(
        name="fc2",
        inputs=("fc1",),
        source="net.2",
        projections=(dense_projection("fc2", np.arange(5 * 7).reshape(5, 7) % 15 - 7, 4),),
        neuron=Integrator(bias=np.arange(5) - 2, shift=np.zeros(5, np.int64)),
        acc_type=FixedType(9, True),
        time_steps=2,
        lanes=2,
    )
    encode = Encode(name="encode", source="pixels", shape=(13,), max_count=255, time_steps=2)
    return Graph("tiny", (encode, population, readout))


def wide_graph() -> Graph:
    """The same with words of 64 bits, two events in each word, and two scores in a word."""
    graph = dataclasses.replace(tiny_graph(), name="wide")
    graph = widest_words(with_lanes(graph, {"fc1": 4, "fc2": 5}), 64)
    return with_bursts(with_bursts(graph, "encode", 2), "fc1", 2)


@pytest.mark.parametrize("graph", [tiny_graph(), wide_graph()], ids=["tiny", "wide"])
def test_the_networks_obey_all_rules(graph: Graph) -> None:
    check(graph)


@pytest.mark.parametrize("name", FILES)
def test_generated_project(name: str, golden: Golden) -> None:
    golden(FOLDER / name, generate(tiny_graph(), "0123456789abcdef" * 4, "0.0.0")[name])


def test_network_of_all_projections(golden: Golden) -> None:
    """Currents, one to one, onto itself, a frame beside events, forks: all in one file."""
    files = generate(mixed_graph(), "0123456789abcdef" * 4, "0.0.0")
    golden(FOLDER / "mixed.cpp", files["mixed.cpp"])


def test_network_of_wide_words(golden: Golden) -> None:
    """Several pixels, events and scores in a word."""
    files = generate(wide_graph(), "0123456789abcdef" * 4, "0.0.0")
    golden(FOLDER / "wide.cpp", files["wide.cpp"])
