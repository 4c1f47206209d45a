"""Readable identifiers from mangled ones."""

from __future__ import annotations

import pytest

from asn2fpga.engine.clang.demangle import demangle_function, demangle_last, value_name
from asn2fpga.engine.ir.names import Names, identifier


@pytest.mark.parametrize(
    "mangled, name",
    [
        ("_ZL5table", "table"),
        ("_ZZ12fc1_compressRN3hls6streamIiEEE8membrane", "membrane"),
        (
            "_ZZ10moving_sumRN3hls6streamIN2ap7integerILi17ELb0EEEEERNS0_INS2_ILi18ELb0EEEEEE7history",
            "history",
        ),
        ("_ZZ4workvE3a1b", "a1b"),
        ("_ZZ4workvE5count_0", "count"),
        ("_Z7weightsILi8ELi16EE", "weights"),
        ("plain", "plain"),
    ],
)
def test_last_name(mangled: str, name: str) -> None:
    assert demangle_last(mangled) == name


@pytest.mark.parametrize(
    "mangled, name",
    [
        ("_Z4workRN3hls6streamIiEE", "work"),
        ("_ZL4workv", "work"),
        ("_ZN3asn4fireEv", "fire"),
        ("_ZN5layerILi40EE3runERN3hls6streamIiEE", "run"),
        ("_ZN5layerIN1b1cILb1EEELj3ES0_JiiEE3runIiEEvv", "run"),
        ("_ZN5layerIL5color1EE3runEv", "run"),
        ("main", "main"),
    ],
)
def test_function_name(mangled: str, name: str) -> None:
    assert demangle_function(mangled) == name


def test_identifiers_are_verilogs_and_unique() -> None:
    names = Names({"sum"})
    assert [names.unique(stem) for stem in ("sum", "sum", "reg", "3d", "a.b")] == [
        "sum_1",
        "sum_2",
        "reg_",
        "x3d",
        "a_b",
    ]
    assert identifier("") == "x"
    assert [identifier(word) for word in ("bins", "edge", "clk", "bin")] == ["bins_", "edge_", "clk_", "bin"]


def test_value_names_keep_what_the_reader_knows() -> None:
    assert value_name("count.sroa.0.1", "add") == "count"
    assert value_name("add12", "mul") == "mul"
    assert value_name("%7", "xor") == "xor"
