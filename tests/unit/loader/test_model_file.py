"""Model files are untrusted data: one sentence for everything that can be wrong in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from loader_models import CALIBRATION, EXAMPLE, network
from tamper import DOUBLE, Change, Content, drop_layer, graph_layer, refusal_of, set_field, set_tensor

import asn2fpga
from asn2fpga.reference.float_model import simulate


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A good model file."""
    asn2fpga.save(network(), tmp_path / "model.pt", EXAMPLE, CALIBRATION)
    return tmp_path / "model.pt"


def rename_readout(content: Content) -> None:
    graph_layer(content, "layer_3")["name"] = INJECTION
    graph_layer(content, "output")["inputs"] = [INJECTION]


def set_about(**fields: Any) -> Change:
    return lambda content: content["about"].update(fields)


def set_population(content: Content) -> None:
    """A layer of hardware in a trained network, with synapses that nobody knows."""
    projection = {"name": "a", "synapse": {"class": "Graded"}, "shift": 0, "steps_late": 0}
    content["graph"]["layers"].insert(
        1,
        {"class": "Population", "name": "p", "inputs": ["pixels"], "source": "p"}
        | {
            "projections": [projection],
            "neuron": {"class": "Graded"},
            "acc_type": {"width_bits": 8, "signed": True},
            "time_steps": 1,
            "lanes": 1,
            "fire_lanes": 1,
            "word_bits": 32,
            "events_in_word": 1,
        },
    )


ABOUT = "about must be a dict of example_max, notes, scale_stated, trained_accuracy, warnings."
INJECTION = 'x"); system("'
KINDS = (
    "Input, Flatten, Scale, Linear, Diagonal, Conv, Shortcut, MaxPool, AvgPool, Upsample, Pad, BatchNorm, "
    "Add, EventSum, Attention, CausalAttention, Product, Concat, Delay, Neuron, Output, Encode, "
    "EncodePrecise, ReceiveEvents, EncodeMap, ReceiveMap, Population, MapPopulation, MapPool, MapUpsample, "
    "MapAttention, MapProduct, EventAttention, Unroll, DelayLine, LoopLine"
)
TAMPERED: dict[str, tuple[Change, str]] = {
    "version": (
        lambda content: content.update(format="asn2fpga.model/7"),
        "the format must be asn2fpga.model/6, not asn2fpga.model/7; "
        "it was written by another version of asn2fpga.",
    ),
    "missing key": (
        lambda content: content.pop("tensors"),
        "a model file must hold format, graph, tensors, calibration, about; this one lacks tensors.",
    ),
    "graph": (lambda content: content.update(graph=[1]), "the graph must be a dict, not [1]."),
    "tensors": (lambda content: content.update(tensors=[1]), "tensors must be a dict of tensors, not list."),
    "calibration": (
        lambda content: content.update(calibration=torch.zeros(3)),
        "calibration must be a dict of tensors, not Tensor.",
    ),
    "calibration's shape": (
        lambda content: content.update(calibration={"x": torch.zeros(3, 3, dtype=torch.uint8)}),
        "calibration: x must have shape (samples, 2, 4), not (3, 3).",
    ),
    "labels": (
        lambda content: content["calibration"].update(y=torch.tensor([0, 1, 2])),
        "calibration: y must be in 0..1, not 0..2; there are 2 classes.",
    ),
    "number of labels": (
        lambda content: content["calibration"].update(y=torch.tensor([0, 1])),
        "calibration: y must have shape (3,), one class for every sample, not (2,).",
    ),
    "about": (lambda content: content.update(about=3), ABOUT),
    "keys of about": (lambda content: content["about"].pop("notes"), ABOUT),
    "trained accuracy": (set_about(trained_accuracy=95.0), "trained_accuracy must be a number in 0..1."),
    "largest of the example": (set_about(example_max=0.0), "example_max must be a number above 0."),
    "scale stated": (set_about(scale_stated=1), "scale_stated must be a bool."),
    "warnings": (set_about(warnings={}), "warnings must be a list of at most 100 items."),
    "many notes": (set_about(notes=["a"] * 101), "notes must be a list of at most 100 items."),
    "a warning": (
        set_about(warnings=[{"code": "x"}]),
        "a warning must be a dict of code, where, text, hint.",
    ),
    "control characters": (
        set_about(notes=["\x1b[2J"]),
        "texts must be printable lines of at most 500 characters.",
    ),
    "long text": (
        set_about(warnings=[{"code": "a" * 501, "where": "", "text": "", "hint": ""}]),
        "texts must be printable lines of at most 500 characters.",
    ),
    "layer class": (
        set_field("layer_1", **{"class": "Conv2d"}),
        f"layer 2: the class must be one of {KINDS}, not 'Conv2d'.",
    ),
    "kind of a part": (
        set_population,
        "layer 1 (Population): field 'projections': field 'synapse': the class must be one of Dense, "
        "DelayedDense, OneToOne, CurrentIdentity, not 'Graded'.",
    ),
    "integer layer": (
        lambda content: content["graph"]["layers"].insert(
            1,
            {
                "class": "Encode",
                "name": "e",
                "inputs": ["pixels"],
                "source": "e",
                "shape": [8],
                "max_count": 255,
                "time_steps": 1,
                "word_bits": 32,
                "events_in_word": 1,
            },
        ),
        "e: Encode must not stand here in a model.",
    ),
    "missing field": (
        lambda content: graph_layer(content, "layer_2")["semantics"].pop("levels"),
        "layer 3 (Neuron): field 'semantics': NeuronSemantics must have exactly its own fields, "
        "not missing levels.",
    ),
    "missing tensor": (
        lambda content: content["tensors"].pop("layer_1.bias"),
        "layer 2 (Linear): field 'bias' must name a tensor of the file, not {'tensor': 'layer_1.bias'}.",
    ),
    "no tensor": (set_tensor("layer_1.bias", [0.0]), "tensors: 'layer_1.bias' must be a tensor, not list."),
    "type of a tensor": (
        set_tensor("layer_1.bias", torch.zeros(4, dtype=torch.bfloat16)),
        "tensors: 'layer_1.bias' must be float64, int64 or uint8, not bfloat16.",
    ),
    "integers for weights": (
        set_tensor("layer_1.bias", torch.zeros(4, dtype=torch.int64)),
        "layer_1: bias must be float64, not int64.",
    ),
    "a giant made of one number": (
        set_tensor("layer_1.weight", torch.zeros(1, dtype=DOUBLE).expand(1 << 20, 1 << 20)),
        "tensors: 'layer_1.weight' must be a dense, contiguous tensor of at most 268435456 elements.",
    ),
    "sparse tensor": (
        set_tensor("layer_1.weight", torch.eye(4, dtype=DOUBLE).to_sparse()),
        "tensors: 'layer_1.weight' must be a dense, contiguous tensor of at most 268435456 elements.",
    ),
    "axes of a weight": (
        set_tensor("layer_1.weight", torch.zeros(32, dtype=DOUBLE)),
        "layer_1: weight must have shape (out, in), not (32,).",
    ),
    "shape of a weight": (
        set_tensor("layer_1.weight", torch.zeros(4, 9, dtype=DOUBLE)),
        "layer_1: Linear must get (9,) features, not (8,).",
    ),
    "shape of a bias": (
        set_tensor("layer_1.bias", torch.zeros(5, dtype=DOUBLE)),
        "layer_1: bias must have shape (4,), not (5,).",
    ),
    "no outputs": (
        set_tensor("layer_1.weight", torch.zeros(0, 8, dtype=DOUBLE)),
        "layer_1: weight must have shape (out, in), not (0, 8).",
    ),
    "infinite weight": (
        set_tensor("layer_1.weight", torch.full((4, 8), torch.inf, dtype=DOUBLE)),
        "layer 2 (Linear): field 'weight' must hold finite numbers, not NaN or infinity.",
    ),
    "huge weight": (
        set_tensor("layer_1.weight", torch.full((4, 8), -1e30, dtype=DOUBLE)),
        "layer_1: weight must be within +-1e+09, not as large as 1e+30.",
    ),
    "no input": (
        lambda content: drop_layer(content, "pixels", "layer_0", "layer_0"),
        "model: the network must start with an Input layer.",
    ),
    "no layers": (
        lambda content: content["graph"].update(layers=[]),
        "model: the network must start with an Input layer.",
    ),
    "no output": (
        lambda content: content["graph"]["layers"].pop(),
        "model: the network must end with an Output layer.",
    ),
    "name": (
        rename_readout,
        "model: layer names must be identifiers as asn2fpga.save makes them, not 'x\"); system(\"'.",
    ),
    "name of the graph": (
        lambda content: content["graph"].update(name="../../etc"),
        "model: layer names must be identifiers as asn2fpga.save makes them, not '../../etc'.",
    ),
    "shape of the input": (
        set_field("pixels", shape=[-8]),
        "pixels: the input's shape must have 1..1048576 elements, not (-8,).",
    ),
    "huge input": (
        set_field("pixels", shape=[1 << 40, 1 << 40]),
        "pixels: the input's shape must have 1..1048576 elements, not (1099511627776, 1099511627776).",
    ),
    "time steps": (set_field("pixels", time_steps=0), "pixels: time_steps (T) must be in 1..1024, not 0."),
    "count": (
        set_field("pixels", max_count=1 << 70),
        f"pixels: max_count must be in 1..255, not {1 << 70:g}.",
    ),
    "count of 400 digits": (
        set_field("pixels", max_count=10**400),
        "pixels: max_count must be in 1..255, not inf.",
    ),
}


@pytest.mark.parametrize("case", TAMPERED)
def test_tampered_files(case: str, path: Path) -> None:
    change, message = TAMPERED[case]
    assert refusal_of(change, path) == message


def test_flattening_may_be_left_out(path: Path) -> None:
    content = torch.load(path, weights_only=True)
    now = asn2fpga.load_model(path).graph
    drop_layer(content, "layer_0", "layer_1", "pixels")
    torch.save(content, path)
    loaded = asn2fpga.load_model(path).graph
    assert [node.name for node in loaded.layers] == ["pixels", "layer_1", "layer_2", "layer_3", "output"]
    assert np.array_equal(simulate(loaded, CALIBRATION).scores, simulate(now, CALIBRATION).scores)


@pytest.mark.parametrize("name", ["layer_1.weight", "layer_3.bias"])
def test_a_negated_view_is_the_tensor_it_shows(path: Path, name: str) -> None:
    layer, field = name.split(".")
    expected = getattr(asn2fpga.load_model(path).graph[layer], field)
    content = torch.load(path, weights_only=True)
    content["tensors"][name] = torch._neg_view(-content["tensors"][name])
    torch.save(content, path)
    assert torch.load(path, weights_only=True)["tensors"][name].is_neg()
    assert (getattr(asn2fpga.load_model(path).graph[layer], field) == expected).all()
