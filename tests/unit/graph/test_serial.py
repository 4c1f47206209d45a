"""Plain data and back, and every way in which foreign data can be wrong: one sentence each."""

from __future__ import annotations

import copy
import dataclasses
import sys
import typing
from collections.abc import Callable
from typing import Annotated, Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt
import pytest
from mixed_graphs import mixed_graph
from strategies import small_integer_graph

from asn2fpga.errors import InputError
from asn2fpga.graph import serial
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.serial import Kinds, Part, Plain, from_plain, to_plain
from asn2fpga.graph.text import to_text
from asn2fpga.graph.types import Array
from asn2fpga.kinds.neurons.neuron import Neuron
from asn2fpga.kinds.neurons.semantics import NeuronSemantics
from asn2fpga.kinds.operators.flatten import Flatten
from asn2fpga.kinds.operators.output import Output
from asn2fpga.kinds.population import Population
from asn2fpga.kinds.registry import KINDS
from asn2fpga.kinds.sources.input import Input
from asn2fpga.kinds.synapses.dense import Linear

MIXED = mixed_graph()
GRAPH = Graph(
    "net",
    (
        Input(name="pixels", shape=(2, 2), encoding="frames", time_steps=1),
        Flatten(name="flatten", inputs=("pixels",)),
        Linear(name="fc", inputs=("flatten",), weight=np.ones((3, 4)), bias=np.zeros(3)),
        Neuron(name="asn", inputs=("fc",), semantics=NeuronSemantics("asn", 4, 0.3, 0.5)),
        Output(name="output", inputs=("asn",)),
    ),
)


def test_plain_form_of_a_layer() -> None:
    plain, tensors = to_plain(GRAPH)
    assert plain["layers"][2] == {
        "class": "Linear",
        "name": "fc",
        "inputs": ["flatten"],
        "source": "",
        "weight": {"tensor": "fc.weight"},
        "bias": {"tensor": "fc.bias"},
    }
    assert sorted(tensors) == ["fc.bias", "fc.weight"]


def test_plain_form_of_parts_says_their_class() -> None:
    plain, tensors = to_plain(MIXED)
    projections = plain["layers"][2]["projections"]
    assert projections[1] == {
        "name": "both_1",
        "synapse": {"class": "CurrentIdentity", "size": 5},
        "shift": 0,
        "steps_late": 0,
    }
    assert projections[2]["synapse"] == {
        "class": "OneToOne",
        "weight": {"tensor": "both.projections[2].synapse.weight"},
        "weight_bits": 4,
        "memory": "auto",
    }
    assert plain["layers"][2]["neuron"]["class"] == "Graded"
    assert plain["layers"][2]["neuron"]["membrane"]["leak"] == {"multiplier": 3, "shift": 2}
    assert plain["layers"][3]["neuron"] == {
        "class": "Integrator",
        "bias": {"tensor": "scores.neuron.bias"},
        "shift": {"tensor": "scores.neuron.shift"},
    }
    assert tensors["scores.neuron.bias"] is MIXED["scores"].readout.bias  # type: ignore[attr-defined]


def test_round_trip_of_real_layers() -> None:
    assert to_text(from_plain(*to_plain(GRAPH), KINDS)) == to_text(GRAPH)


@pytest.mark.parametrize("time_steps", [1, 3])
def test_round_trip_of_integer_layers(time_steps: int) -> None:
    graph = small_integer_graph(1, time_steps=time_steps)
    plain, tensors = to_plain(graph)
    assert to_text(from_plain(plain, tensors, KINDS)) == to_text(graph)


def test_round_trip_of_every_kind_of_part() -> None:
    again = from_plain(*to_plain(MIXED), KINDS)
    assert to_text(again) == to_text(MIXED)
    kinds = {type(p.synapse).__name__ for node in again.of_type(Population) for p in node.projections}
    assert kinds == {"Dense", "CurrentIdentity", "OneToOne"}


class ForeignArray(Generic[TypeVar("Item")]):  # type: ignore[misc]
    """A generic class that has nothing to do with numpy.ndarray."""


def spellings() -> dict[str, Any]:
    """Ways in which a library may spell the type of an array; numpy 2.5 uses the last one."""
    found: dict[str, Any] = {
        "NDArray": npt.NDArray[np.generic],
        "plain class": np.ndarray,
        "generic class": ForeignArray[int],
        "annotated": Annotated[np.ndarray, "an array"],
    }
    if sys.version_info >= (3, 12):
        names: dict[str, Any] = {"np": np}
        exec("type NDArray[T: np.generic] = np.ndarray[tuple[int, ...], np.dtype[T]]", names)
        found["type statement"] = names["NDArray"][np.generic]
    return found


@pytest.mark.parametrize("spelling", spellings())
def test_arrays_are_read_however_a_library_spells_their_type(
    spelling: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    hint = spellings()[spelling]
    monkeypatch.setattr(serial, "Array", hint)
    kind = dataclasses.make_dataclass("Kind", [("weight", hint), ("bias", hint | None)])
    tensors: dict[str, Array] = {"w": np.ones(3)}
    reader = serial._Reader(tensors, Kinds({}, {}), earlier=False)
    weight, nothing = {"tensor": "w"}, None
    assert reader.dataclass(kind, {"weight": weight, "bias": nothing}, "x") == kind(tensors["w"], None)
    assert reader.dataclass(kind, {"weight": weight, "bias": weight}, "x").bias is tensors["w"]


def own_hints(kind: type) -> list[Any]:
    hints = typing.get_type_hints(kind)
    return [hints[field.name] for field in dataclasses.fields(kind)]


def hints_of(kind: type) -> list[Any]:
    """The types of all fields, those of nested dataclasses and of tuples and options included."""
    pending, found = own_hints(kind), []
    while pending:
        hint = pending.pop()
        inner = [item for item in typing.get_args(hint) if item not in (type(None), ...)]
        if hint == Array or typing.get_origin(hint) is typing.Literal or not inner:
            found.append(hint)
            pending += own_hints(hint) if dataclasses.is_dataclass(hint) else ()
        else:
            pending += inner
    return found


@pytest.mark.parametrize("kind", [*KINDS.nodes.values(), *KINDS.parts.values()])
def test_every_field_has_a_rule_that_reads_it(kind: type) -> None:
    for hint in hints_of(kind):
        is_choice = typing.get_origin(hint) is typing.Literal
        is_object = isinstance(hint, type) and (dataclasses.is_dataclass(hint) or issubclass(hint, Part))
        assert is_choice or hint == Array or hint in serial.SCALARS or is_object


def test_a_field_without_a_rule_is_a_fault_of_ours() -> None:
    with pytest.raises(AssertionError, match=r"^no rule reads a field of type <class 'bytes'>$"):
        serial._scalar(bytes, b"", "graph", "field")


Change = Callable[[Plain, dict[str, Array]], Any]


def layer(plain: Plain, index: int) -> Plain:
    found: Plain = plain["layers"][index]
    return found


NODES = (
    "Input, Flatten, Scale, Linear, Diagonal, Conv, Shortcut, MaxPool, AvgPool, Upsample, Pad, BatchNorm, "
    "Add, EventSum, Attention, CausalAttention, Product, Concat, Delay, Neuron, Output, Encode, "
    "EncodePrecise, ReceiveEvents, EncodeMap, ReceiveMap, Population, MapPopulation, MapPool, MapUpsample, "
    "MapAttention, MapProduct, EventAttention, Unroll, DelayLine, LoopLine"
)
WRONG: dict[str, tuple[Change, str]] = {
    "no layers": (
        lambda plain, _: plain.pop("layers"),
        "graph: the graph must have exactly its own fields, not missing layers.",
    ),
    "layers of another type": (
        lambda plain, _: plain.update(layers="many"),
        "graph: 'layers' must be a list, not 'many'.",
    ),
    "name of another type": (
        lambda plain, _: plain.update(name=3),
        "graph: the graph's name must be a str, not 3.",
    ),
    "layer is no dict": (
        lambda plain, _: plain["layers"].insert(0, None),
        "graph: layer 0: a layer must be a dict, not None.",
    ),
    "unknown class": (
        lambda plain, _: layer(plain, 1).update({"class": "os.system"}),
        f"graph: layer 1: the class must be one of {NODES}, not 'os.system'.",
    ),
    "class that cannot be looked up": (
        lambda plain, _: layer(plain, 1).update({"class": []}),
        f"graph: layer 1: the class must be one of {NODES}, not [].",
    ),
    "missing field": (
        lambda plain, _: layer(plain, 2).pop("bias"),
        "graph: layer 2 (Linear): Linear must have exactly its own fields, not missing bias.",
    ),
    "unknown field": (
        lambda plain, _: layer(plain, 2).update(kernel=3),
        "graph: layer 2 (Linear): Linear must have exactly its own fields, not unknown 'kernel'.",
    ),
    "field of another type": (
        lambda plain, _: layer(plain, 0).update(time_steps=1.0),
        "graph: layer 0 (Input): field 'time_steps' must be int, not 1.0.",
    ),
    "a bool for a number": (
        lambda plain, _: layer(plain, 0).update(scale=True),
        "graph: layer 0 (Input): field 'scale' must be float, not True.",
    ),
    "infinite number": (
        lambda plain, _: layer(plain, 0).update(scale=float("inf")),
        "graph: layer 0 (Input): field 'scale' must be a finite number, not inf.",
    ),
    "integer beyond float": (
        lambda plain, _: layer(plain, 0).update(scale=10**400),
        f"graph: layer 0 (Input): field 'scale' must be a finite number, not 1{'0' * 36}....",
    ),
    "integer without a decimal form": (
        lambda plain, _: layer(plain, 0).update(scale=10**5000),
        "graph: layer 0 (Input): field 'scale' must be a finite number, not this int.",
    ),
    "no such choice": (
        lambda plain, _: layer(plain, 0).update(encoding="video"),
        "graph: layer 0 (Input): field 'encoding' must be one of frames, events, not 'video'.",
    ),
    "item of a tuple": (
        lambda plain, _: layer(plain, 0).update(shape=[2, "2"]),
        "graph: layer 0 (Input): field 'shape' must be int, not '2'.",
    ),
    "tuple is no list": (
        lambda plain, _: layer(plain, 0).update(shape=4),
        "graph: layer 0 (Input): field 'shape' must be a list, not 4.",
    ),
    "missing tensor": (
        lambda _, tensors: tensors.pop("fc.weight"),
        "graph: layer 2 (Linear): field 'weight' must name a tensor of the file, "
        "not {'tensor': 'fc.weight'}.",
    ),
    "no tensor": (
        lambda plain, _: layer(plain, 2).update(weight=[1.0]),
        "graph: layer 2 (Linear): field 'weight' must name a tensor of the file, not [1.0].",
    ),
    "tensor of another type": (
        lambda _, tensors: tensors.update({"fc.bias": np.zeros(3, np.float32)}),
        "graph: layer 2 (Linear): field 'bias' must be float64 or int64, not float32.",
    ),
    "NaN in a tensor": (
        lambda _, tensors: tensors.update({"fc.bias": np.full(3, np.nan)}),
        "graph: layer 2 (Linear): field 'bias' must hold finite numbers, not NaN or infinity.",
    ),
    "semantics is no dict": (
        lambda plain, _: layer(plain, 3).update(semantics="asn"),
        "graph: layer 3 (Neuron): field 'semantics' must be a dict, not 'asn'.",
    ),
    "field of the semantics": (
        lambda plain, _: layer(plain, 3)["semantics"].update(beta=None),
        "graph: layer 3 (Neuron): field 'semantics': field 'beta' must be float, not None.",
    ),
    "name twice": (
        lambda plain, _: layer(plain, 1).update(name="pixels"),
        "graph: layer 1: the name must be unique, not 'pixels' again.",
    ),
    "a tensor named by a list": (
        lambda plain, _: layer(plain, 2).update(weight={"tensor": []}),
        "graph: layer 2 (Linear): field 'weight' must name a tensor of the file, not {'tensor': []}.",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_data_is_refused(case: str) -> None:
    refuses(GRAPH, *WRONG[case])


def refuses(graph: Graph, change: Change, message: str) -> None:
    plain, tensors = to_plain(graph)
    plain, tensors = copy.deepcopy(plain), dict(tensors)
    change(plain, tensors)
    with pytest.raises(InputError) as caught:
        from_plain(plain, tensors, KINDS)
    assert str(caught.value) == message


def projection(plain: Plain) -> Plain:
    """The first projection of the first population of MIXED."""
    found: Plain = layer(plain, 1)["projections"][0]
    return found


WRONG_PARTS: dict[str, tuple[Change, str]] = {
    "no class": (
        lambda plain, _: projection(plain)["synapse"].pop("class"),
        "graph: layer 1 (Population): field 'projections': field 'synapse': "
        "the class must be one of Dense, DelayedDense, OneToOne, CurrentIdentity, not None.",
    ),
    "neurons in place of synapses": (
        lambda plain, _: projection(plain).update(synapse=layer(plain, 1)["neuron"]),
        "graph: layer 1 (Population): field 'projections': field 'synapse': "
        "the class must be one of Dense, DelayedDense, OneToOne, CurrentIdentity, not 'Graded'.",
    ),
    "synapses in place of neurons": (
        lambda plain, _: layer(plain, 1).update(neuron=projection(plain)["synapse"]),
        "graph: layer 1 (Population): field 'neuron': "
        "the class must be one of Graded, Adaptive, Lookup, EventGru, Relay, Integrator, "
        "LeakyIntegrator, RunningIntegrator, not 'Dense'.",
    ),
    "a node in place of neurons": (
        lambda plain, _: layer(plain, 1).update(neuron=layer(plain, 0)),
        "graph: layer 1 (Population): field 'neuron': "
        "the class must be one of Graded, Adaptive, Lookup, EventGru, Relay, Integrator, "
        "LeakyIntegrator, RunningIntegrator, not 'Encode'.",
    ),
    "a part that is no dict": (
        lambda plain, _: layer(plain, 1).update(neuron=None),
        "graph: layer 1 (Population): field 'neuron': field 'neuron' must be a dict, not None.",
    ),
    "a field of a part": (
        lambda plain, _: projection(plain)["synapse"].update(weight_bits=1.5),
        "graph: layer 1 (Population): field 'projections': field 'synapse' (Dense): "
        "field 'weight_bits' must be int, not 1.5.",
    ),
    "a missing field of a part": (
        lambda plain, _: projection(plain)["synapse"].pop("memory"),
        "graph: layer 1 (Population): field 'projections': field 'synapse' (Dense): "
        "Dense must have exactly its own fields, not missing memory.",
    ),
    "a choice of a part": (
        lambda plain, _: layer(plain, 1)["neuron"]["membrane"].update(reset="gentle"),
        "graph: layer 1 (Population): field 'neuron' (Graded): field 'membrane': "
        "field 'reset' must be one of soft, hard, none, not 'gentle'.",
    ),
    "projections that are no list": (
        lambda plain, _: layer(plain, 1).update(projections={}),
        "graph: layer 1 (Population): field 'projections' must be a list, not {}.",
    ),
}


@pytest.mark.parametrize("case", WRONG_PARTS)
def test_wrong_parts_are_refused(case: str) -> None:
    refuses(MIXED, *WRONG_PARTS[case])


def test_a_graph_must_be_a_dict() -> None:
    with pytest.raises(InputError, match=r"^file\.pt: the graph must be a dict, not \[\]\.$"):
        from_plain([], {}, KINDS, "file.pt")


def test_data_older_than_a_field_has_its_default() -> None:
    plain, tensors = to_plain(GRAPH)
    plain = copy.deepcopy(plain)
    for field in ("reset", "floor", "betas"):
        del layer(plain, 3)["semantics"][field]
    assert to_text(from_plain(plain, tensors, KINDS, earlier=True)) == to_text(GRAPH)
    with pytest.raises(InputError) as caught:
        from_plain(plain, tensors, KINDS)
    assert str(caught.value) == (
        "graph: layer 3 (Neuron): field 'semantics': NeuronSemantics must have exactly its own fields, "
        "not missing betas, floor, reset."
    )


def test_data_of_any_age_has_the_fields_without_a_default() -> None:
    plain, tensors = to_plain(GRAPH)
    plain = copy.deepcopy(plain)
    del layer(plain, 3)["semantics"]["beta"]
    with pytest.raises(InputError) as caught:
        from_plain(plain, tensors, KINDS, earlier=True)
    assert str(caught.value) == (
        "graph: layer 3 (Neuron): field 'semantics': NeuronSemantics must have exactly its own fields, "
        "not missing beta."
    )
