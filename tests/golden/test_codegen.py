"""The C++ of one small network, committed and reviewed like code."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from conftest import Golden
from strategies import small_integer_graph

from asn2fpga.codegen.project import generate
from asn2fpga.ir.layers import DensePopulation, DenseReadout

FOLDER = Path(__file__).parent / "codegen"
FILES = ("tiny.cpp", "fc1_roms.h", "fc2_roms.h", "README.md")


@pytest.mark.parametrize("name", FILES)
def test_generated_project(name: str, golden: Golden) -> None:
    graph = small_integer_graph(1, (13, 7, 5), levels=2, time_steps=2, weight_bits=4)
    layers = [
        dataclasses.replace(layer, lanes=4) if isinstance(layer, DensePopulation | DenseReadout) else layer
        for layer in graph.layers
    ]
    graph = dataclasses.replace(graph.with_layers(layers), name="tiny")
    golden(FOLDER / name, generate(graph, "0123456789abcdef" * 4, "0.0.0")[name])
