"""Linear layers in a row become one: the same function, and a sentence that says so."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from asn2fpga.golden.simulate import simulate
from asn2fpga.kinds.nodes import trained_synapses
from asn2fpga.kinds.synapses.dense import Linear
from asn2fpga.loader.save import convert
from asn2fpga.loader.trained_accuracy import module_scores
from asn2fpga.nn import ASN
from asn2fpga.passes.merged_notes import merged_notes
from asn2fpga.passes.prepare import prepare
from asn2fpga.quantise.apply import quantise
from asn2fpga.reference import float_model


class Bottlenecks(nn.Module):
    """Two, three with a BatchNorm among them, and one whose sums a neuron reads as well."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b = nn.Linear(16, 5), nn.Linear(5, 12, bias=False)
        self.c, self.norm, self.d, self.e = (
            nn.Linear(12, 6),
            nn.BatchNorm1d(6),
            nn.Linear(6, 4),
            nn.Linear(4, 3),
        )
        self.one, self.other, self.head = ASN(4), ASN(4), nn.Linear(5, 3)

    def forward(self, x: Tensor) -> Tensor:
        low = self.a(x)
        scores: Tensor = self.e(self.d(self.norm(self.c(self.one(self.b(low))))))
        return scores + self.head(self.other(low))


def test_they_become_one() -> None:
    torch.manual_seed(1)
    module = Bottlenecks().double().eval()
    nn.init.uniform_(module.norm.running_mean)
    content = convert(module, "net", torch.zeros(1, 16).double(), max_count=15, input_scale=1 / 16)
    x = np.random.default_rng(0).integers(0, 16, (40, 16)).astype(np.uint8)
    prepared = prepare(content.graph)
    assert content.origin is not None
    wanted = module_scores(module, content.origin.description, 0, x).numpy()
    np.testing.assert_allclose(float_model.scores_of(content.graph, x), wanted, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(float_model.scores_of(prepared, x), wanted, rtol=1e-12, atol=1e-12)
    shapes = {node.name: node.weight.shape for node in trained_synapses(prepared)}
    assert all(isinstance(node, Linear) for node in trained_synapses(prepared))
    assert shapes == {"a": (5, 16), "b": (12, 16), "e": (3, 12), "head": (3, 5)}
    assert merged_notes(content.graph, prepared) == (
        "a and b are built as one Linear layer of 12 x 16 weights",
        "c and d and e are built as one Linear layer of 3 x 12 weights",
    )
    assert simulate(quantise(content.graph, x=x).graph, x).scores.shape == (40, 3)
