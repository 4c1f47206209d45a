"""No kind without rules, answers to every question, a kernel and an entry in the specification."""

from __future__ import annotations

import dataclasses
import inspect
import re
from pathlib import Path

import pytest

from asn2fpga.graph.node import Node
from asn2fpga.graph.serial import Part
from asn2fpga.kinds.contract import IntegerNode
from asn2fpga.kinds.delay_line import DelayLine
from asn2fpga.kinds.event_attention import EventAttention
from asn2fpga.kinds.loop_line import LoopLine
from asn2fpga.kinds.maps.attention import MapAttention
from asn2fpga.kinds.maps.current import MapCurrent
from asn2fpga.kinds.maps.pool import MapPool
from asn2fpga.kinds.maps.population import MapPopulation, MapProjection
from asn2fpga.kinds.maps.product import MapProduct
from asn2fpga.kinds.maps.unroll import Unroll
from asn2fpga.kinds.maps.upsample import MapUpsample
from asn2fpga.kinds.maps.window import Window
from asn2fpga.kinds.neurons import graded_hardware
from asn2fpga.kinds.neurons.adaptation import Adaptation, Precision
from asn2fpga.kinds.neurons.adaptive import Adaptive, AdaptiveTypes, Decays
from asn2fpga.kinds.neurons.contract import Neurons, ReadoutNeurons
from asn2fpga.kinds.neurons.event_gru import EventGru
from asn2fpga.kinds.neurons.gated import Gated
from asn2fpga.kinds.neurons.graded import Graded
from asn2fpga.kinds.neurons.lookup import Address, Lookup
from asn2fpga.kinds.neurons.membrane import Leak, Membrane, Synaptic
from asn2fpga.kinds.neurons.relay import Relay
from asn2fpga.kinds.neurons.semantics import NeuronSemantics
from asn2fpga.kinds.neurons.table import Table
from asn2fpga.kinds.operators.flatten import Flatten
from asn2fpga.kinds.population import Population, Projection
from asn2fpga.kinds.registry import INTEGER, KINDS, NEURONS, REAL, SYNAPSES
from asn2fpga.kinds.sources.maps import MapSource
from asn2fpga.kinds.sources.source import EventSource
from asn2fpga.kinds.synapses.contract import EventSynapse, Synapse
from asn2fpga.kinds.synapses.convolution import Convolution
from asn2fpga.kinds.trained import RealNode
from asn2fpga.resources import hardware_dir

SPEC = Path(__file__).parents[2] / "docs" / "spec" / "graph.md"
HEADERS = hardware_dir() / "hls"
NODES: tuple[type[Node], ...] = (*REAL, *INTEGER)
PARTS: tuple[type[Part], ...] = (*SYNAPSES, *NEURONS)
OTHERS: tuple[type, ...] = (
    Projection,
    MapProjection,
    Window,
    Membrane,
    Leak,
    Synaptic,
    NeuronSemantics,
    Adaptation,
    Precision,
    Decays,
    AdaptiveTypes,
    Table,
    Gated,
    Address,
)
MAP_KERNELS = {
    MapPopulation: "gather",
    MapPool: "pool",
    MapUpsample: "upsample",
    MapAttention: "attention",
    MapProduct: "product",
    Unroll: "map_events",
}
DELAY_KERNELS = {DelayLine: "delay", LoopLine: "delay_in_loop"}
MAP_SYNAPSES = {Convolution: "Gathered", MapCurrent: "NoCurrent"}
WITHOUT_RULES = {Flatten}  # any shape can be flattened


def documented() -> dict[str, list[str]]:
    """Class name -> fields, in the order of the tables in graph.md."""
    classes: dict[str, list[str]] = {}
    fields: list[str] = []
    for line in SPEC.read_text().splitlines():
        if head := re.fullmatch(r"### `(\w+)`", line):
            fields = classes.setdefault(head[1], [])
        elif row := re.match(r"\| `(\w+)` \|", line):
            fields.append(row[1])
    return classes


def own_fields(kind: type) -> list[str]:
    """All fields but those that every node has; the page speaks of them before its tables."""
    common = {field.name for field in dataclasses.fields(Node)}
    return [field.name for field in dataclasses.fields(kind) if field.name not in common]


def test_the_registry_has_every_kind_once_under_its_name() -> None:
    assert list(KINDS.nodes.values()) == list(NODES)
    assert list(KINDS.parts.values()) == list(PARTS)
    assert all(kind.__name__ == name for name, kind in (KINDS.nodes | KINDS.parts).items())
    assert len({kind.__name__ for kind in (*NODES, *PARTS)}) == len(NODES) + len(PARTS)


@pytest.mark.parametrize("kind", [*NODES, *PARTS])
def test_a_kind_answers_every_question(kind: type) -> None:
    """Nothing abstract is left, and each is of the contract that its table says."""
    assert not inspect.isabstract(kind)
    tables = {IntegerNode: INTEGER, RealNode: REAL, Synapse: SYNAPSES, Neurons: NEURONS}
    assert [contract for contract in tables if issubclass(kind, contract)] == [  # type: ignore[type-abstract]
        contract for contract, kinds in tables.items() if kind in kinds
    ]


@pytest.mark.parametrize("kind", [*NODES, *PARTS, *OTHERS])
def test_a_kind_is_a_frozen_dataclass_that_says_what_it_is(kind: type) -> None:
    assert dataclasses.is_dataclass(kind)
    assert kind.__dataclass_params__.frozen  # type: ignore[attr-defined]
    docstring = kind.__doc__ or ""
    assert docstring and not docstring.startswith(f"{kind.__name__}(")


def test_every_node_has_rules_or_needs_none() -> None:
    assert {kind for kind in NODES if not kind.rules} == WITHOUT_RULES


def kernel_text(header: str) -> str:
    return (HEADERS / header).read_text()


@pytest.mark.parametrize("kind", SYNAPSES)
def test_synapses_have_a_kernel(kind: type[Synapse]) -> None:
    if kind in MAP_SYNAPSES:
        found = "".join(kernel_text(f"maps/{name}.h") for name in ("projections", "starts"))
        assert re.search(rf"^struct {MAP_SYNAPSES[kind]} {{", found, re.MULTILINE)  # type: ignore[index]
        return
    assert issubclass(kind, EventSynapse)
    name = kind.kernel.removeprefix("asn::")
    assert re.search(rf"^struct {name}( : [^{{]*)? {{$", kernel_text(kind.header), re.MULTILINE)
    assert kind.header.startswith("synapses/")


@pytest.mark.parametrize("kind", NEURONS)
def test_neurons_have_a_kernel(kind: type[Neurons]) -> None:
    if issubclass(kind, ReadoutNeurons):
        assert re.search(rf"^HLS_INLINE void {kind.kernel}\(", kernel_text("readout.h"), re.MULTILINE)
        return
    if kind is Relay:
        assert re.search(r"^struct SumsAsCounts {$", kernel_text("maps/firing.h"), re.MULTILINE)
        return
    if kind in (Adaptive, Lookup, EventGru):
        text = kernel_text(kind.header)  # type: ignore[attr-defined]
        assert re.search(rf"^struct {kind.kernel} {{$", text, re.MULTILINE)  # type: ignore[attr-defined]
        return
    assert kind is Graded
    for name in ("Stateless", "Membrane"):
        text = kernel_text(graded_hardware.HEADER.format(name.lower()))
        assert re.search(rf"^struct {name} {{$", text, re.MULTILINE)


@pytest.mark.parametrize("kind", INTEGER)
def test_integer_nodes_have_a_kernel(kind: type[IntegerNode]) -> None:
    if kind in MAP_KERNELS:
        name = MAP_KERNELS[kind]  # type: ignore[index]
        assert f"void {name}(" in kernel_text(f"maps/{name}.h")
        return
    if issubclass(kind, MapSource):
        assert "void load_map(" in kernel_text("maps/load_map.h")
        return
    if kind is Population:
        assert "void population(" in kernel_text("population.h")
        return
    if kind is EventAttention:
        assert "void attend(" in kernel_text("attention.h")
        return
    if kind in DELAY_KERNELS:
        assert f"void {DELAY_KERNELS[kind]}(" in kernel_text("delay.h")  # type: ignore[index]
        return
    assert issubclass(kind, EventSource)
    assert re.search(rf"void {kind.kernel}\(", kernel_text(f"sources/{kind.kernel}.h"))


def test_the_specification_lists_exactly_the_classes_and_their_fields() -> None:
    kinds = (*NODES, *PARTS, *OTHERS)
    assert documented() == {kind.__name__: own_fields(kind) for kind in kinds}


def snake(name: str) -> str:
    """`one_to_one` of OneToOne."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


@pytest.mark.parametrize("kind", [*INTEGER, *PARTS])
def test_an_integer_kind_has_a_page_under_its_name(kind: type) -> None:
    page = SPEC.parent / "kinds" / f"{snake(kind.__name__)}.md"
    assert page.read_text().startswith(f"# `{kind.__name__}`: ")


def test_every_page_of_a_kind_is_of_one() -> None:
    pages = {page.stem for page in (SPEC.parent / "kinds").glob("*.md")}
    assert pages == {snake(kind.__name__) for kind in (*INTEGER, *PARTS)}
