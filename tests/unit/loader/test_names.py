"""Identifiers that C++, SystemVerilog and VHDL take, whatever a module is called."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asn2fpga.loader.keywords import RESERVED
from asn2fpga.loader.names import MAX_LENGTH, layer_name, to_identifier

NAMES = {
    "fc1": "fc1",
    "net.0": "net_0",
    "0": "layer_0",
    "features.3.Linear": "features_3_Linear",
    "signal": "signal_layer",  # VHDL
    "logic": "logic_layer",  # SystemVerilog
    "class": "class_layer",  # C++
    "WIRE": "WIRE_layer",  # VHDL and some tools ignore case
    "encode": "encode_layer",  # our own
    "fc1_events": "fc1_events_layer",  # would be the stream of fc1
    "couche/cachée n°1": "couche_cachee_n1",
    'a "quoted" \\ name': "a_quoted_name",
    "__init__": "init",
    "schicht-größe": "schicht_grosse",
    "слой": "layer",
    "": "layer",
    "x" * 80: "x" * 48,
    "x" * 47 + ".y": "x" * 47,
    "1" * 80: "layer_" + "1" * 42,
    "a" * 42 + "_events": "a" * 42 + "_event",
    "a" * 41 + "_events": "a" * 41 + "_layer",
}

LONG = "backbone.stages.0.feature_extraction_blocks.synaptic_projection"
NUMBERED = {
    f"{LONG}_a": "backbone_stages_0_feature_extraction_blocks_syna",
    f"{LONG}_b": "backbone_stages_0_feature_extraction_blocks_sy_2",
    f"{LONG}_c": "backbone_stages_0_feature_extraction_blocks_sy_3",
}


@pytest.mark.parametrize("path", NAMES)
def test_names(path: str) -> None:
    assert to_identifier(path) == NAMES[path]


def test_paths_that_agree_in_their_first_48_characters() -> None:
    taken: set[str] = set()
    for path, name in NUMBERED.items():
        assert to_identifier(path, taken) == name
        taken.add(name)


def test_taken_names_are_numbered_ignoring_case() -> None:
    assert to_identifier("Fc.1", {"fc_1", "fc_1_2"}) == "Fc_1_3"


@given(st.text(max_size=60) | st.text("aé_.0", min_size=40, max_size=60), st.integers(0, 12))
def test_any_text_becomes_an_identifier_that_stays_as_it_is(path: str, others: int) -> None:
    taken: set[str] = set()
    for _ in range(others):
        taken.add(to_identifier(path, taken).lower())
    name = to_identifier(path, taken)
    assert len(taken) == others and name.lower() not in taken
    assert len(name) <= MAX_LENGTH
    assert re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name)
    assert "__" not in name and not name.endswith("_")
    assert name.lower() not in RESERVED
    assert to_identifier(name) == name


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("a_from_b", "a_of_b"),  # would be what a reads of b
        ("a.from.b", "a_of_b"),
        ("skip_fork", "skip_fork_layer"),
        ("net.Currents", "net_Currents_layer"),
        ("signal", "signal_layer"),
        ("fc1", "fc1"),
    ],
)
def test_new_layers_keep_clear_of_names_in_the_hardware(path: str, name: str) -> None:
    assert layer_name(path) == name
    assert layer_name(path, {name.lower()}) == f"{name}_2"
