"""Processes that differ in names alone: one function for them all, and nothing shared that must not be."""

from __future__ import annotations

from dataclasses import replace

from asn2fpga.dataflow.share import with_shared_functions
from asn2fpga.kinds.hardware import Block, Config, Process, Stream, TypeName, integer


def unit(number: int, columns: int = 2) -> tuple[tuple[Config, ...], Process]:
    """A unit that reads words of a type in common: config, a config that names it, and its process."""
    own = Config(
        f"u{number}_config",
        "",
        (integer("columns", columns),),
        (TypeName(f"asn::Neurons<u{number}_config>", "neurons"),),
    )
    weights = Config(f"u{number}_weights", "", (), (TypeName(f"u{number}_config", "owner"),))
    process = Process(
        f"u{number}_gather",
        "gather",
        "gather.h",
        (own.name, f"asn::Gathered<{weights.name}>"),
        (f"u{number}_in",),
        (f"u{number}_out",),
        keeps_nothing=True,
    )
    return (own, weights), process


def block(*units: tuple[tuple[Config, ...], Process]) -> Block:
    streams = [
        Stream(name, "common::stream_t", 8, 2)
        for _, process in units
        for name in (*process.reads, *process.writes)
    ]
    configs = tuple(config for configs, _ in units for config in configs)
    return Block("layer", "", "", (), configs, tuple(process for _, process in units), tuple(streams), 8)


def test_equal_units_call_the_first_ones_function() -> None:
    shared = with_shared_functions(block(unit(0), unit(1), unit(2)))
    first, *others = shared.processes
    assert first.function == "" and [one.function for one in others] == ["u0_gather", "u0_gather"]
    assert all(one.arguments == first.arguments for one in others)
    assert [one.name for one in shared.configs] == ["u0_config", "u0_weights"]
    assert [one.reads for one in shared.processes] == [("u0_in",), ("u1_in",), ("u2_in",)]


def test_a_unit_with_other_columns_has_a_function_of_its_own() -> None:
    shared = with_shared_functions(block(unit(0), unit(1, columns=1), unit(2), unit(3, columns=1)))
    assert [one.function for one in shared.processes] == ["", "", "u0_gather", "u1_gather"]
    assert [one.name for one in shared.configs] == ["u0_config", "u0_weights", "u1_config", "u1_weights"]


def test_what_keeps_something_from_call_to_call_is_not_shared() -> None:
    keeping = [(configs, replace(process, keeps_nothing=False)) for configs, process in (unit(0), unit(1))]
    before = block(*keeping)
    assert with_shared_functions(before) == before


def test_streams_of_other_types_and_in_another_order_make_another_function() -> None:
    before = block(unit(0), unit(1))
    *others, last = before.streams
    wider = replace(before, streams=(*others, replace(last, type="wider::stream_t")))
    assert [one.function for one in with_shared_functions(wider).processes] == ["", ""]
    first, second = before.processes
    turned = replace(second, passes=(*second.writes, *second.reads))
    found = with_shared_functions(replace(before, processes=(first, turned)))
    assert [one.function for one in found.processes] == ["", ""]


def test_a_config_that_a_stream_names_stays() -> None:
    before = block(unit(0), unit(1))
    named = replace(before.streams[0], name="sums", type="u1_config::sums_t")
    shared = with_shared_functions(replace(before, streams=(*before.streams, named)))
    assert [one.name for one in shared.configs] == ["u0_config", "u0_weights", "u1_config"]
