"""The C++ of one small network, committed and reviewed like code."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from asn2fpga.graph.layers import DensePopulation, DenseReadout
from asn2fpga.graph.neuron import IntegerNeuron
from golden_text import Golden

from asn2fpga.codegen.project import generate
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.types import FixedType
from asn2fpga.kinds.sources.frames import Encode

FOLDER = Path(__file__).parent / "codegen"
FILES = ("tiny.cpp", "fc1_roms.h", "fc2_roms.h", "README.md")


def tiny_graph() -> Graph:
    """13 pixels, 7 neurons with membranes, 2 time steps, 5 classes; numbers that follow a simple pattern."""
    pixel, count = FixedType(8, False), FixedType(2, False)
    neuron = IntegerNeuron(
        thresholds=np.arange(7)[:, None] * 100 + np.array([400, 1200]),
        level_values=(0, 1, 2),
        count_type=count,
        stateful=True,
        state_frac_bits=2,
        bias=np.arange(7) * 10 - 30,
        reset_step=np.arange(7) * 200 + 800,
        base=-1,
        leak_multiplier=3,
        leak_shift=2,
        threshold_type=FixedType(12, False),
        state_type=FixedType(18, True),
        potential_type=FixedType(19, True),
    )
    population = DensePopulation(
        name="fc1",
        inputs=("encode",),
        source="net.0",
        weight=np.arange(7 * 13).reshape(7, 13) % 15 - 7,
        weight_bits=4,
        input_count_type=pixel,
        acc_type=FixedType(15, True),
        neuron=neuron,
        time_steps=2,
        static_input=True,
        lanes=4,
    )
    readout = DenseReadout(
        name="fc2",
        inputs=("fc1",),
        source="net.2",
        weight=np.arange(5 * 7).reshape(5, 7) % 15 - 7,
        weight_bits=4,
        bias=np.arange(5) - 2,
        shift=np.zeros(5, np.int64),
        input_count_type=count,
        acc_type=FixedType(9, True),
        time_steps=2,
        lanes=2,
    )
    encode = Encode(name="encode", source="pixels", shape=(13,), max_count=255, time_steps=2)
    return Graph("tiny", (encode, population, readout))


@pytest.mark.parametrize("name", FILES)
def test_generated_project(name: str, golden: Golden) -> None:
    golden(FOLDER / name, generate(tiny_graph(), "0123456789abcdef" * 4, "0.0.0")[name])
