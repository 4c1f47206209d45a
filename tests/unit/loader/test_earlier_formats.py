"""Model files that earlier versions wrote are still read: what they do not know has its default."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from loader_models import CALIBRATION, EXAMPLE, network, refusal
from tamper import graph_layer
from torch import nn

import asn2fpga
from asn2fpga.graph.text import to_text
from asn2fpga.kinds.neurons.neuron import Neuron
from asn2fpga.kinds.neurons.semantics import NeuronSemantics
from asn2fpga.nn import LIF, Recurrent, TimeMean

EXAMPLES = Path(__file__).parents[3] / "examples"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A good model file."""
    asn2fpga.save(network(), tmp_path / "model.pt", EXAMPLE, CALIBRATION)
    return tmp_path / "model.pt"


def test_a_file_of_the_first_format_is_still_read(path: Path) -> None:
    content = torch.load(path, weights_only=True)
    now = asn2fpga.load_model(path)
    content["format"] = "asn2fpga.model/1"
    del content["about"]
    torch.save(content, path)
    loaded = asn2fpga.load_model(path)
    assert to_text(loaded.graph) == to_text(now.graph)
    assert loaded.calibration is not None and np.array_equal(loaded.calibration, CALIBRATION)
    assert (loaded.labels, loaded.trained_accuracy, loaded.warnings, loaded.notes) == (None, None, (), ())


LATER_FIELDS = (
    "fires",
    "v_reset",
    "decay_input",
    "signed",
    "floor",
    "synaptic_beta",
    "betas",
    "thresholds",
)


def test_a_file_of_the_second_format_is_still_read(path: Path) -> None:
    content = torch.load(path, weights_only=True)
    now = asn2fpga.load_model(path)
    content["format"] = "asn2fpga.model/2"
    semantics = graph_layer(content, "layer_2")["semantics"]
    for field in LATER_FIELDS:
        del semantics[field]
    torch.save(content, path)
    loaded = asn2fpga.load_model(path)
    assert to_text(loaded.graph) == to_text(now.graph)
    assert (loaded.trained_accuracy, loaded.warnings, loaded.notes) == (
        now.trained_accuracy,
        now.warnings,
        now.notes,
    )
    neuron = loaded.graph["layer_2"]
    assert isinstance(neuron, Neuron)
    assert (neuron.semantics.reset, neuron.semantics.fires, neuron.semantics.betas) == ("soft", "round", None)
    content["format"] = "asn2fpga.model/6"
    torch.save(content, path)
    assert refusal(lambda: asn2fpga.load_model(path)) == (
        f"{path}: layer 3 (Neuron): field 'semantics': NeuronSemantics must have exactly its own fields, "
        f"not missing {', '.join(sorted(LATER_FIELDS))}."
    )


def test_a_file_of_the_second_format_must_have_what_never_had_a_default(path: Path) -> None:
    content = torch.load(path, weights_only=True)
    content["format"] = "asn2fpga.model/2"
    del graph_layer(content, "layer_2")["semantics"]["levels"]
    torch.save(content, path)
    assert refusal(lambda: asn2fpga.load_model(path)) == (
        f"{path}: layer 3 (Neuron): field 'semantics': NeuronSemantics must have exactly its own fields, "
        "not missing levels."
    )


def test_a_delay_of_the_fourth_format_is_still_read(tmp_path: Path) -> None:
    path = tmp_path / "recurrent.pt"
    layers = nn.Linear(4, 6), Recurrent(LIF(0.5, time_steps=3), nn.Linear(6, 6)), TimeMean(), nn.Linear(6, 2)
    asn2fpga.save(nn.Sequential(*layers), path, torch.zeros(3, 1, 4), encoding="events", max_count=1)
    content = torch.load(path, weights_only=True)
    now = asn2fpga.load_model(path)
    content["format"] = "asn2fpga.model/4"
    (delay,) = (layer for layer in content["graph"]["layers"] if layer["class"] == "Delay")
    del delay["each"]
    torch.save(content, path)
    assert to_text(asn2fpga.load_model(path).graph) == to_text(now.graph)


def test_a_file_that_an_earlier_version_wrote() -> None:
    assert torch.load(EXAMPLES / "digits.pt", weights_only=True)["format"] == "asn2fpga.model/1"
    neuron = asn2fpga.load_model(EXAMPLES / "digits.pt").graph["neuron1"]
    assert isinstance(neuron, Neuron)
    assert neuron.semantics == NeuronSemantics(
        model="nasn", levels=4, alpha=-0.5000890493392944, beta=0.5, output_scale=0.25
    )
