"""What is trained with is what is built: the quantiser makes the same integers of it, and changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

import asn2fpga
from asn2fpga.errors import Asn2FpgaError, InputError, UnsupportedError
from asn2fpga.golden.simulate import simulate as golden
from asn2fpga.graph.types import Array
from asn2fpga.kinds.nodes import trained_synapses
from asn2fpga.loader.save import convert
from asn2fpga.nn import ASN, NASN, Recurrent, TimeMean
from asn2fpga.passes.prepare import prepare
from asn2fpga.quantise.apply import quantise
from asn2fpga.quantise.scheme import Scheme
from asn2fpga.train.aware import quantise_aware

SHAPE = (2, 8, 7)
X = np.random.default_rng(3).integers(0, 256, (60, *SHAPE)).astype(np.uint8)
EXAMPLE = torch.zeros(1, *SHAPE)


class Scaled(nn.Module):
    """Pixels / 255, and what is in it."""

    def __init__(self, *inner: nn.Module) -> None:
        super().__init__()
        self.inner = nn.Sequential(*inner)

    def forward(self, x: Tensor) -> Tensor:
        found: Tensor = self.inner(x.float() / 255)
        return found


class Shortcuts(nn.Module):
    """Currents that are added: their layers share a unit in the build."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.norm, self.fired = conv(2, 6), nn.BatchNorm2d(6), NASN(4)
        self.second, self.short = conv(6, 6, bias=False), nn.Conv2d(6, 6, 1)
        self.second_norm, self.between = nn.BatchNorm2d(6), NASN(4)
        self.third, self.last = conv(6, 6), NASN(4)
        self.head = nn.Linear(6 * 8 * 7, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = self.fired(self.norm(self.first(x.float() / 255)))
        current = self.second_norm(self.second(x))
        x = self.last(current + self.third(self.between(current)) + self.short(x))
        scores: Tensor = self.head(x.flatten(1))
        return scores


def conv(inputs: int, outputs: int, **options: Any) -> nn.Conv2d:
    layer = nn.Conv2d(inputs, outputs, 3, padding=1, **options)
    layer.weight.data *= 3
    return layer


def plain() -> nn.Module:
    return Scaled(
        conv(2, 4, bias=False), nn.BatchNorm2d(4), ASN(4, alpha=-1.0), nn.MaxPool2d(2),
        conv(4, 6), NASN(4), nn.Flatten(),
        nn.Linear(72, 9, bias=False), nn.BatchNorm1d(9), NASN(3, alpha=0.6), nn.Linear(9, 5),
    )  # fmt: skip


def groups() -> nn.Module:
    return Scaled(
        conv(2, 4, groups=2), nn.BatchNorm2d(4), NASN(4), conv(4, 4, groups=4), NASN(4), nn.AvgPool2d(2),
        nn.Conv2d(4, 5, 1), nn.BatchNorm2d(5), NASN(4), nn.Flatten(), nn.Linear(60, 4),
    )  # fmt: skip


NETWORKS: dict[str, Callable[[], nn.Module]] = {"plain": plain, "groups": groups, "shortcuts": Shortcuts}


def trained(make: Callable[[], nn.Module], bits: int, steps: int = 4) -> nn.Module:
    """A few steps without, and then with the weights of the build."""
    torch.manual_seed(5)
    module = make()
    fit(module, 6)
    aware = quantise_aware(module, bits, EXAMPLE)
    fit(aware, steps)
    return aware.eval()


def fit(module: nn.Module, steps: int) -> None:
    optimiser = torch.optim.Adam(module.parameters(), 0.02)
    for _ in range(steps):
        loss = nn.functional.cross_entropy(module.train()(torch.from_numpy(X)), torch.arange(60) % 3)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()


def used_weights(module: nn.Module) -> dict[str, Array]:
    """What forward uses, by the path of the layer."""
    return {
        path: layer.weight.detach().double().numpy()
        for path, layer in module.named_modules()
        if isinstance(layer, nn.Linear | nn.Conv2d)
    }


@pytest.mark.parametrize("bits", [2, 3, 4, 8])
@pytest.mark.parametrize("name", NETWORKS)
def test_the_build_changes_no_weight(name: str, bits: int) -> None:
    aware = trained(NETWORKS[name], bits)
    graph = convert(aware, "net", EXAMPLE).graph
    found = quantise(graph, Scheme(weight_bits=bits), X)
    built = {synapse.name: synapse.rows for synapse in trained_synapses(found.reference)}
    before = {synapse.name: synapse.rows for synapse in trained_synapses(prepare(graph))}
    sources = {synapse.name: synapse.source for synapse in trained_synapses(found.reference)}
    used = used_weights(aware)
    assert built.keys() == before.keys() and set(sources.values()) == used.keys()
    for layer, rows in built.items():
        np.testing.assert_allclose(rows, before[layer], rtol=1e-7, atol=0)
        weight = used[sources[layer]].reshape(rows.shape)
        factor = np.abs(rows).max() / np.abs(weight).max()
        np.testing.assert_allclose(rows, weight * factor, rtol=1e-6, atol=0)
        assert len(np.unique(np.round(rows / np.abs(rows[rows != 0]).min(), 3))) > 1


@pytest.mark.parametrize("name", NETWORKS)
def test_the_build_computes_what_was_trained(name: str) -> None:
    aware = trained(NETWORKS[name], 4)
    found = quantise(convert(aware, "net", EXAMPLE).graph, Scheme(weight_bits=4), X)
    with torch.no_grad():
        expected = aware(torch.from_numpy(X)).numpy()
    scores = golden(found.graph, X).scores * found.decisions.score_scale
    assert np.median(np.abs(scores - expected)) < 0.02 * np.abs(expected).max()
    assert (scores.argmax(1) == expected.argmax(1)).mean() >= 0.95


def test_recurrent_layers_are_built_with_the_weights_of_training() -> None:
    """Its Linear is inside of a module of its own, and read by its neuron alone."""
    torch.manual_seed(5)
    module = nn.Sequential(
        Recurrent(ASN(4, alpha=0.0, time_steps=3), nn.Linear(5, 5)), TimeMean(), nn.Linear(5, 2)
    )
    module[0].linear.weight.data *= 3
    options: dict[str, Any] = {"encoding": "events", "max_count": 3}
    aware = quantise_aware(module, 3, torch.zeros(3, 1, 5), **options)
    graph = convert(aware, "net", torch.zeros(3, 1, 5), **options).graph
    found = quantise(graph, Scheme(weight_bits=3))
    before = {synapse.name: synapse.rows for synapse in trained_synapses(prepare(graph))}
    built = {synapse.name: synapse.rows for synapse in trained_synapses(found.reference)}
    assert len(built) == 3 and built.keys() == before.keys()
    (heard,) = {name for name, rows in before.items() if (rows == 1).all()}  # the 1 of what the layer hears,
    for name, rows in built.items():  # which is rounded to the grid of what it is added to
        if name == heard:
            continue
        np.testing.assert_allclose(rows, before[name], rtol=1e-7, atol=0)


def test_gradients_pass_unchanged() -> None:
    module = Scaled(nn.Flatten(), nn.Linear(112, 8), ASN(4, alpha=-1.0), nn.Linear(8, 3))
    module.inner[1].weight.data *= 4
    aware = quantise_aware(module, 2, EXAMPLE)
    aware(torch.from_numpy(X)).sum().backward()
    sent = aware.inner[:3](torch.from_numpy(X).float() / 255).sum(0)
    original = aware.inner[3].parametrizations.weight.original
    assert original.grad.abs().max() > 0
    assert torch.allclose(original.grad, sent.expand(3, 8), rtol=1e-4)


def test_the_module_itself_stays_as_it_is() -> None:
    module = plain()
    fit(module, 1)
    module.eval()
    before = {name: tensor.clone() for name, tensor in module.state_dict().items()}
    quantise_aware(module, 4, EXAMPLE)
    after = module.state_dict()
    assert before.keys() == after.keys()
    assert all(torch.equal(after[name], tensor) for name, tensor in before.items())


def test_eight_bits_hardly_differ() -> None:
    module = plain()
    fit(module, 3)
    with torch.no_grad():
        expected = module.eval()(torch.from_numpy(X))
        found = quantise_aware(module, 8, EXAMPLE).eval()(torch.from_numpy(X))
    assert (found.argmax(1) == expected.argmax(1)).float().mean() > 0.9


def test_bits_by_layer() -> None:
    aware = quantise_aware(plain(), {"inner_0": 2, "inner_10": 3}, EXAMPLE)
    weights = used_weights(aware)
    assert [len(np.unique(weights[f"inner.{index}"][0])) for index in (0, 10)] <= [3, 7]
    assert len(np.unique(weights["inner.4"][0])) > 15


def test_it_is_public() -> None:
    assert asn2fpga.quantise_aware is quantise_aware


def norm_first() -> nn.Module:
    return nn.Sequential(nn.BatchNorm2d(2), conv(2, 4), NASN(4), nn.Flatten(), nn.Linear(224, 3))


def averaged() -> nn.Module:
    return nn.Sequential(conv(2, 4), nn.AvgPool2d(2), NASN(4), nn.Flatten(), nn.Linear(48, 3))


REFUSED: dict[str, tuple[Callable[[], nn.Module], Any, type[Asn2FpgaError], str]] = {
    "BatchNorm before": (
        norm_first,
        4,
        UnsupportedError,
        "0: BatchNorm must stand right after a Linear layer or a convolution that nothing else reads, not "
        "after pixels; move it there, or train without it.",
    ),
    "an average of sums": (
        averaged,
        4,
        UnsupportedError,
        "0: the build must take the weights as they are, times a number, not merge them with others (a "
        "BatchNorm after it, a branch beside it, an average of its sums); train a network that has one "
        "layer there.",
    ),
    "bits": (plain, 9, InputError, "scheme: weight_bits must be an integer 2..8, not 9."),
    "no layer": (
        plain,
        {"fc": 4},
        InputError,
        "scheme: weight_bits must name one of inner_0, inner_4, inner_7, inner_10, not 'fc'.",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_built_as_trained_is_refused(case: str) -> None:
    make, bits, kind, message = REFUSED[case]
    with pytest.raises(kind) as caught:
        quantise_aware(make(), bits, EXAMPLE)
    assert str(caught.value) == message
