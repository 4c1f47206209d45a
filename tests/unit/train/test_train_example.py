"""train-example: it learns, is repeatable, saves what it trained, and refuses bad options before training."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from asn2fpga.errors import InputError
from asn2fpga.golden import simulate as golden
from asn2fpga.kinds.neurons.neuron import Neuron
from asn2fpga.kinds.operators.batchnorm import BatchNorm
from asn2fpga.kinds.sources.input import Input
from asn2fpga.kinds.synapses.dense import Linear
from asn2fpga.loader import load_model
from asn2fpga.loader.data_file import load_data
from asn2fpga.loader.save import read_module
from asn2fpga.quantise.apply import quantise
from asn2fpga.quantise.scheme import Scheme
from asn2fpga.reference.float_model import simulate
from asn2fpga.train.datasets import load_digits
from asn2fpga.train.networks.dense import DenseNetwork
from asn2fpga.train.networks.table import NETWORKS
from asn2fpga.train.options import TrainOptions, check_options
from asn2fpga.train.train import TrainProgress, train_example


def quick(tmp_path: Path, **changes: Any) -> TrainOptions:
    """Digits in about a second."""
    return TrainOptions("digits", tmp_path / "digits.pt", **({"hidden": (16,), "epochs": 4} | changes))


def test_digits_are_learned_and_saved(tmp_path: Path) -> None:
    reports: list[TrainProgress] = []
    result = train_example(quick(tmp_path, epochs=12), reports.append)
    assert result.test_accuracy > 0.85 and result.train_accuracy > 0.85
    assert (result.train_samples, result.test_samples) == (1437, 360)
    assert len(result.alphas) == 1 and result.parameters == 64 * 16 + 16 + 16 * 10 + 10 + 1
    assert [report.step for report in reports] == list(range(1, reports[-1].steps + 1))
    assert reports[-1].epoch == reports[-1].epochs == 12 and reports[-1].loss < reports[0].loss


def test_the_saved_model_scores_as_the_result_says(tmp_path: Path) -> None:
    result = train_example(quick(tmp_path))
    loaded = load_model(result.path)
    data = load_digits()
    assert loaded.parameters == result.parameters
    assert loaded.calibration is not None
    np.testing.assert_array_equal(loaded.calibration, data.x_train[:256])
    (source,) = loaded.graph.of_type(Input)
    assert (source.shape, source.max_count, source.time_steps) == ((8, 8), 16, 1)
    scores = simulate(loaded.graph, data.x_test).scores
    assert abs(float((scores.argmax(1) == data.y_test).mean()) - result.test_accuracy) < 0.01


def test_the_same_seed_gives_the_same_file(tmp_path: Path) -> None:
    options = quick(tmp_path, epochs=1)
    first = train_example(options).path.read_bytes()
    torch.rand(3)
    assert train_example(options).path.read_bytes() == first
    assert train_example(dataclasses.replace(options, seed=1)).path.read_bytes() != first


def test_training_leaves_the_random_numbers_of_others_alone(tmp_path: Path) -> None:
    torch.manual_seed(3)
    expected = torch.rand(4)
    torch.manual_seed(3)
    train_example(quick(tmp_path, epochs=1))
    assert torch.equal(torch.rand(4), expected)


@pytest.mark.parametrize("neuron", ["asn", "nasn", "ilif"])
@pytest.mark.parametrize("time_steps", [1, 3])
@pytest.mark.parametrize("batchnorm", [False, True])
def test_every_network_becomes_the_graph_that_computes_it(
    neuron: Any, time_steps: int, batchnorm: bool, tmp_path: Path
) -> None:
    options = quick(
        tmp_path, neuron=neuron, time_steps=time_steps, batchnorm=batchnorm, hidden=(12, 6), alpha=0.5
    )
    torch.manual_seed(0)
    network = DenseNetwork((8, 8), 10, 16, options)
    x = load_digits().x_test[:100]
    network.train()(torch.from_numpy(x))  # statistics of the normalisation
    network.eval().double()
    network.flatten.register_forward_pre_hook(lambda module, arguments: (arguments[0].double(),))
    with torch.no_grad():
        expected = network(torch.from_numpy(x)).numpy()
    network.flatten._forward_pre_hooks.clear()
    graph = read_module(network.float(), "net", torch.zeros(1, 8, 8, dtype=torch.uint8), max_count=16)
    assert [layer.name for layer in graph.of_type(Linear)] == ["fc1", "fc2", "fc3"]
    assert len(graph.of_type(Neuron)) == 2 and len(graph.of_type(BatchNorm)) == 2 * batchnorm
    np.testing.assert_allclose(simulate(graph, x).scores, expected, rtol=1e-4, atol=1e-4)


def test_defaults_depend_on_the_data_set() -> None:
    digits = check_options(TrainOptions("digits", Path("m.pt")))
    mnist = check_options(TrainOptions("mnist", Path("m.pt"), data=Path("d.npz"), epochs=3))
    assert (digits.hidden, digits.epochs, digits.learning_rate) == ((32,), 60, 1e-2)
    assert (mnist.hidden, mnist.epochs, mnist.learning_rate) == ((128,), 3, 5e-3)


BAD: list[tuple[dict[str, Any], str]] = [
    (
        {"dataset": "cifar"},
        "train-example: the data set must be digits, mnist, fashion or text, not 'cifar'.",
    ),
    (
        {"network": "resnet"},
        "train-example: the network must be dense, lenet, vgg, residual, separable, spikingformer, "
        "spike-driven, qkformer, adaptive, early-exit, egru, sigma-delta, sigma-delta-maps, events, language "
        "or dotie, not 'resnet'.",
    ),
    (
        {"network": "vgg"},
        "train-example: the network vgg has no hidden layers to choose; leave --hidden out.",
    ),
    (
        {"network": "egru", "neuron": "lif"},
        "train-example: the network egru has neurons of its own; leave --neuron out.",
    ),
    (
        {"network": "adaptive", "levels": 9},
        "train-example: the network adaptive has neurons of its own; leave --levels out.",
    ),
    (
        {"network": "sigma-delta", "learn_alpha": False},
        "train-example: the network sigma-delta has neurons of its own; leave --fixed-alpha out.",
    ),
    (
        {"network": "early-exit", "hidden": None, "time_steps": 1},
        "train-example: the network early-exit must have at least 2 time steps, not 1; with one there is "
        "nothing to end early.",
    ),
    ({"neuron": "relu"}, "train-example: the neuron must be asn, nasn, ilif or lif, not 'relu'."),
    (
        {"network": "language"},
        "train-example: the data set text is for the network language, and that for nothing else, not digits "
        "for language; train-example text --network language.",
    ),
    (
        {"dataset": "text"},
        "train-example: the data set text is for the network language, and that for nothing else, not text "
        "for dense; train-example text --network language.",
    ),
    (
        {"dataset": "text", "network": "language", "data": Path("d.npz")},
        "train-example: text comes with Python and must not be given data, not d.npz.",
    ),
    (
        {"data": Path("d.npz")},
        "train-example: digits come with scikit-learn and must not be given data, not d.npz.",
    ),
    (
        {"dataset": "mnist"},
        "train-example: mnist must be given a file, not none; --data FILE.npz with x (uint8) and y "
        "(classes).",
    ),
    (
        {"hidden": ()},
        "train-example: the network must have at least one hidden layer, not none; e.g. --hidden 128.",
    ),
    ({"hidden": (0,)}, "train-example: a hidden size must be an integer in 1..65536, not 0."),
    ({"epochs": 0}, "train-example: epochs must be an integer in 1..10000, not 0."),
    ({"aware_epochs": 0}, "train-example: aware_epochs must be an integer in 1..10000, not 0."),
    ({"weight_bits": 9}, "train-example: weight_bits must be an integer in 2..8, not 9."),
    ({"train_samples": 0}, "train-example: train_samples must be an integer in 1..10000000, not 0."),
    ({"test_samples": -3}, "train-example: test_samples must be an integer in 1..10000000, not -3."),
    ({"count_penalty": -1.0}, "train-example: count_penalty must be a number in 0..1000, not -1.0."),
    ({"batch_size": -1}, "train-example: batch_size must be an integer in 1..65536, not -1."),
    ({"seed": -1}, "train-example: seed must be an integer in 0..4294967295, not -1."),
    (
        {"learning_rate": 0.0},
        "train-example: learning_rate must be a finite number above 0, not 0.0.",
    ),
    ({"weight_decay": -1.0}, "train-example: weight_decay must be a number in 0..1, not -1.0."),
    ({"levels": 0}, "NASN: levels (D) must be an integer in 1..255, not 0."),
    ({"time_steps": 0}, "NASN: time_steps (T) must be an integer in 1..1024, not 0."),
    ({"beta": 2.0}, "NASN: beta must be a number in 0..1, not 2.0."),
    ({"alpha": 1e9}, "NASN: alpha must be a number in -255..255, not 1000000000.0."),
]


@pytest.mark.parametrize(("changes", "message"), BAD)
def test_bad_options_are_refused(changes: dict[str, Any], message: str, tmp_path: Path) -> None:
    options = dataclasses.replace(quick(tmp_path), **changes)
    with pytest.raises(InputError) as caught:
        train_example(options)
    assert str(caught.value) == message
    assert list(tmp_path.iterdir()) == []


def test_the_file_must_be_writable_before_anything_is_trained() -> None:
    with pytest.raises(InputError) as caught:
        train_example(TrainOptions("digits", Path("/proc/digits.pt")))
    assert str(caught.value) == (
        "--out /proc/digits.pt: the file must be writable, and it is not; choose another folder."
    )


def test_the_folder_of_the_file_must_exist() -> None:
    with pytest.raises(InputError) as caught:
        train_example(TrainOptions("digits", Path("/nowhere/m.pt")))
    assert str(caught.value) == "--out /nowhere/m.pt: the folder must exist; there is no /nowhere."
    with pytest.raises(InputError) as caught:
        train_example(TrainOptions("digits", Path("m.pt"), test_out=Path("/nowhere/t.npz")))
    assert str(caught.value) == "--test-out /nowhere/t.npz: the folder must exist; there is no /nowhere."


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        train_example(TrainOptions("digits", tmp_path))
    assert str(caught.value) == f"--out {tmp_path}: the name must be that of a file, not of a folder."


def test_a_penalty_on_counts_makes_them_fewer(tmp_path: Path) -> None:
    free = train_example(quick(tmp_path, epochs=8))
    few = train_example(quick(tmp_path, epochs=8, count_penalty=1.0))
    assert list(free.densities) == list(few.densities) == ["neuron1"]
    assert few.densities["neuron1"] < 0.7 * free.densities["neuron1"]


def test_the_test_samples_are_written_as_the_network_takes_them(tmp_path: Path) -> None:
    options = quick(tmp_path, network="lenet", hidden=(8,), epochs=1, train_samples=64, test_samples=10)
    result = train_example(dataclasses.replace(options, test_out=tmp_path / "test.npz"))
    loaded = load_model(result.path)
    (source,) = loaded.graph.of_type(Input)
    data = load_data(tmp_path / "test.npz", source, 10)
    digits = load_digits()
    np.testing.assert_array_equal(data.x, digits.x_test[:10, None])
    np.testing.assert_array_equal(data.y, digits.y_test[:10])
    assert (result.train_samples, result.test_samples) == (64, 10)


def test_a_network_that_is_not_trained(tmp_path: Path) -> None:
    options = quick(tmp_path, network="dotie", hidden=None, time_steps=4, train_samples=20, test_samples=5)
    result = train_example(dataclasses.replace(options, test_out=tmp_path / "test.npz"))
    assert result.test_accuracy is None and result.train_accuracy is None
    (source,) = load_model(result.path).graph.of_type(Input)
    assert (source.encoding, source.sample_shape) == ("events", (4, 1, 14, 14))
    data = load_data(tmp_path / "test.npz", source, 10)
    assert data.y is None and 0 < result.densities["neuron"] < 1


@pytest.mark.parametrize("network", ["dense", "lenet"])
def test_fine_tuned_weights_are_those_of_the_build(network: Any, tmp_path: Path) -> None:
    """They lie on a grid of so many bits: the build does not change them, and computes what torch does."""
    options = quick(tmp_path, network=network, hidden=(12,), epochs=2, aware_epochs=1, weight_bits=4)
    result = train_example(options)
    loaded = load_model(result.path)
    assert loaded.calibration is not None
    found = quantise(loaded.graph, Scheme(weight_bits=4), loaded.calibration, loaded.labels)
    assert all(decision.relative_error < 1e-9 for decision in found.decisions.weights)
    x = NETWORKS[network].prepare(load_digits().x_test, 16, options)
    classes = golden.simulate(found.graph, x).scores.argmax(1)
    assert abs(float((classes == load_digits().y_test).mean()) - result.test_accuracy) < 0.01
