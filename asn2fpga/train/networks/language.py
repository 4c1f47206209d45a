"""A language model of characters: causal spiking linear attention, tokens as time steps.

A block is attention and two layers across the features of a token, with membrane shortcuts around both, as
in Spikingformer; queries meet the sum of k^T v over the tokens so far, as in linear attention. A layer that
hears itself stands in front: the order of the characters comes from there. docs/language-model.md
"""

from __future__ import annotations

import dataclasses

import torch
from torch import Tensor, nn
from torch.nn import functional

from asn2fpga.errors import InputError
from asn2fpga.nn import Recurrent
from asn2fpga.nn.neuron import SpikingNeuron
from asn2fpga.train.networks.counts import CountPoint
from asn2fpga.train.networks.example import ExampleNetwork
from asn2fpga.train.networks.neurons import make_neuron, norm_into_window
from asn2fpga.train.options import WHERE, TrainOptions

WIDTH, HIDDEN, HEADS, BLOCKS = 64, 128, 2, 2
SCALE = 0.125


class LanguageNetwork(ExampleNetwork):
    """x: (time, batch) token ids; result: (batch, characters) scores of the character after the last one."""

    def __init__(self, shape: tuple[int, ...], classes: int, max_count: int, options: TrainOptions) -> None:
        super().__init__()
        if options.alpha != 0 or options.neuron == "lif":
            raise InputError(
                f"{WHERE}: the network language must have graded neurons that begin at 0, which attention "
                "needs; leave --neuron and --alpha out."
            )
        beta = 0.0 if options.beta is None else options.beta
        self.options = dataclasses.replace(options, beta=beta, learn_alpha=False)
        self.steps = options.steps
        self.embedding = nn.Embedding(max_count + 1, WIDTH)
        recurrent = nn.Linear(WIDTH, WIDTH)
        nn.init.orthogonal_(recurrent.weight)
        self.memory = Recurrent(make_neuron(self.options), recurrent)
        self._add("in", WIDTH, WIDTH, neurons=False)
        for block in range(1, BLOCKS + 1):
            self.add_module(f"neuron{block}_in", make_neuron(self.options))
            for name in "qkv":
                self._add(f"{block}_{name}", WIDTH, WIDTH)
            self.add_module(f"neuron{block}_attention", make_neuron(self.options))
            self._add(f"{block}_out", WIDTH, WIDTH, neurons=False)
            self.add_module(f"neuron{block}_mlp", make_neuron(self.options))
            self._add(f"{block}_hidden", WIDTH, HIDDEN)
            self._add(f"{block}_back", HIDDEN, WIDTH, neurons=False)
        self.neuron_head = make_neuron(self.options)
        self.head = nn.Linear(WIDTH, classes)

    def _add(self, name: str, inputs: int, outputs: int, neurons: bool = True) -> None:
        """fc`name` with its BatchNorm, and the neurons that read it."""
        self.add_module(f"fc{name}", nn.Linear(inputs, outputs, bias=False))
        norm = nn.BatchNorm1d(outputs)
        self.add_module(f"norm{name}", norm_into_window(norm, self.options) if neurons else norm)
        if neurons:
            self.add_module(f"neuron{name}", make_neuron(self.options))

    def forward(self, x: Tensor) -> Tensor:
        scores: Tensor = self.head(self.features(x)[-1])
        return scores

    def features(self, x: Tensor) -> Tensor:
        """(time, batch) ids -> (time, batch, features), what the last Linear reads after each token."""
        current = self._current("in", self.memory(self.embedding(x)))
        for block in range(1, BLOCKS + 1):
            current = current + self._current(f"{block}_out", self._attend(block, current))
            sent = self._fire(
                f"{block}_hidden", self._current(f"{block}_hidden", self._fire(f"{block}_mlp", current))
            )
            current = current + self._current(f"{block}_back", sent)
        return self._fire("_head", current)

    def _attend(self, block: int, current: Tensor) -> Tensor:
        sent = self._fire(f"{block}_in", current)
        q, k, v = (
            self._heads(self._fire(f"{block}_{name}", self._current(f"{block}_{name}", sent)))
            for name in "qkv"
        )
        found = (q @ k.transpose(-2, -1)).tril() @ v * SCALE
        return self._fire(f"{block}_attention", found.permute(2, 0, 1, 3).flatten(2))

    def _heads(self, sent: Tensor) -> Tensor:
        """(time, batch, features) -> (batch, heads, time, features of a head)."""
        return sent.reshape(self.steps, -1, HEADS, WIDTH // HEADS).permute(1, 2, 0, 3)

    def _current(self, name: str, x: Tensor) -> Tensor:
        """Linear and BatchNorm1d, over time and batch together."""
        sums: Tensor = self.get_submodule(f"fc{name}")(x).flatten(0, 1)
        normed: Tensor = self.get_submodule(f"norm{name}")(sums)
        return normed.reshape(self.steps, -1, normed.shape[-1])

    def _fire(self, name: str, current: Tensor) -> Tensor:
        sent: Tensor = self.get_submodule(f"neuron{name}")(current)
        return sent

    def loss(self, x: Tensor, y: Tensor) -> Tensor:
        """Cross-entropy of the character after each token: y is the one after the last."""
        following = torch.cat([x[1:], y[None].to(x.dtype)]).long()
        scores: Tensor = self.head(self.features(x))
        return functional.cross_entropy(scores.flatten(0, 1), following.flatten())

    def count_points(self) -> tuple[CountPoint, ...]:
        found = [CountPoint.of_neuron("memory", self.memory)]
        for name, module in self.named_children():
            if isinstance(module, SpikingNeuron):
                found.append(CountPoint.of_neuron(name, module))
        return tuple(found)
