"""Only nodes of a loop are computed step by step; what reads them sees whole sequences."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from asn2fpga.graph.loops import parts_of
from asn2fpga.kinds.nodes import real_nodes
from asn2fpga.loader.save import convert
from asn2fpga.nn import NASN, Recurrent
from asn2fpga.reference import float_model

STEPS = 5


class AttentionAfterALoop(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.first = nn.Linear(4, 6)
        self.loop = Recurrent(NASN(4, time_steps=STEPS, learn_alpha=False), nn.Linear(6, 6))
        self.after, self.head = NASN(4, time_steps=STEPS), nn.Linear(6, 3)

    def forward(self, x: Tensor) -> Tensor:
        sent = self.loop(self.first(x)).transpose(0, 1)
        found = (sent @ sent.transpose(-2, -1)).tril() @ sent
        scores: Tensor = self.head(self.after(found.transpose(0, 1)))[-1]
        return scores


def test_attention_after_a_loop_sees_all_steps() -> None:
    net = AttentionAfterALoop().double().eval()
    graph = convert(net, "net", torch.zeros(STEPS, 1, 4).double(), encoding="events", max_count=3).graph
    loops = [
        sorted(type(node).__name__ for node in part.nodes)
        for part in parts_of(real_nodes(graph))
        if part.is_loop
    ]
    assert loops == [["Add", "Delay", "Linear", "Neuron"]]
    x = np.random.default_rng(1).integers(0, 4, (6, STEPS, 4)).astype(np.uint8)
    with torch.no_grad():
        expected = net(torch.from_numpy(x).double().transpose(0, 1)).numpy()
    assert np.allclose(float_model.simulate(graph, x).scores, expected, rtol=0, atol=1e-12)
    assert expected.std() > 0.05
