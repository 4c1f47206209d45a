"""Networks in which two layers hear each other, as their users write them, with random weights and events.

`python tests/e2e/loop_networks.py FOLDER` writes what `asn2fpga build` takes: weights and events for `Net`,
and the same structure as a NIR graph.
"""

from __future__ import annotations

import itertools
import sys
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

INPUTS, HIDDEN, SECOND, CLASSES, STEPS = 20, 24, 16, 5, 12


class Net(nn.Module):
    """The first layer reads what the second one sent in the step before: a hand-written loop over events."""

    def __init__(self) -> None:
        super().__init__()
        import snntorch as snn

        self.fc1, self.lif1 = nn.Linear(INPUTS, HIDDEN), snn.Leaky(beta=0.9)
        self.fc2, self.lif2 = nn.Linear(HIDDEN, SECOND), snn.Leaky(beta=0.8)
        self.back = nn.Linear(SECOND, HIDDEN, bias=False)
        self.out, self.lif3 = nn.Linear(SECOND, CLASSES), snn.Leaky(beta=0.9)

    def forward(self, x: Tensor) -> Tensor:
        mem1, mem2, mem3 = self.lif1.init_leaky(), self.lif2.init_leaky(), self.lif3.init_leaky()
        spk2 = torch.zeros(x.shape[1], SECOND, dtype=x.dtype)
        found = []
        for step in range(STEPS):
            spk1, mem1 = self.lif1(self.fc1(x[step]) + self.back(spk2), mem1)
            spk2, mem2 = self.lif2(self.fc2(spk1), mem2)
            spk3, mem3 = self.lif3(self.out(spk2), mem3)
            found.append(spk3)
        return torch.stack(found)


class Operations(nn.Module):
    """The same with membranes that forward computes by operations; the last ones never fire."""

    def __init__(self) -> None:
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(INPUTS, HIDDEN), nn.Linear(HIDDEN, SECOND)
        self.back, self.out = nn.Linear(SECOND, HIDDEN, bias=False), nn.Linear(SECOND, CLASSES)

    def forward(self, x: Tensor) -> Tensor:
        size = x.shape[1]
        mem1, mem2, out = torch.zeros(size, HIDDEN), torch.zeros(size, SECOND), torch.zeros(size, CLASSES)
        spk2 = torch.zeros(size, SECOND)
        for step in range(STEPS):
            mem1 = 0.9 * mem1 + self.fc1(x[step]) + self.back(spk2)
            spk1 = (mem1 > 1.0).float()
            mem1 = mem1 - spk1
            mem2 = 0.75 * mem2 + self.fc2(spk1)
            spk2 = (mem2 > 1.0).float()
            mem2 = mem2 * (1 - spk2)
            out = 0.9 * out + self.out(spk2)
        return out


def write_nir(path: Path) -> None:
    """LIF and CubaLIF neurons; what goes back takes two more time steps, of 1e-4 s."""
    import nir

    random = np.random.default_rng(2)

    def synapses(outputs: int, inputs: int) -> nir.Linear:
        return nir.Linear(random.normal(0, 1.5 / np.sqrt(inputs), (outputs, inputs)))

    def each(size: int, value: float) -> np.ndarray:
        return np.full(size, value)

    first = nir.LIF(
        each(HIDDEN, 4e-4), each(HIDDEN, 4.0), each(HIDDEN, 0.0), each(HIDDEN, 1.0), each(HIDDEN, 0.0)
    )
    second = nir.CubaLIF(
        tau_syn=each(SECOND, 2e-4),
        tau_mem=each(SECOND, 4e-4),
        r=each(SECOND, 4.0),
        v_leak=each(SECOND, 0.0),
        v_threshold=each(SECOND, 1.0),
        v_reset=each(SECOND, 0.0),
        w_in=each(SECOND, 2.0),
    )
    nodes = {
        "input": nir.Input({"input": np.array([INPUTS])}),
        "fc1": synapses(HIDDEN, INPUTS),
        "first": first,
        "fc2": synapses(SECOND, HIDDEN),
        "second": second,
        "later": nir.Delay(each(SECOND, 3e-4)),
        "back": synapses(HIDDEN, SECOND),
        "fc3": synapses(CLASSES, SECOND),
        "output": nir.Output({"output": np.array([CLASSES])}),
    }
    chain = ("input", "fc1", "first", "fc2", "second", "fc3", "output")
    loop = ("second", "later", "back", "first")
    edges = [*itertools.pairwise(chain), *itertools.pairwise(loop)]
    nir.write(str(path), nir.NIRGraph(nodes, edges, type_check=False))


def write(folder: Path) -> None:
    """Weights, the graph, events and made-up classes."""
    torch.manual_seed(0)
    trained, written = Net(), Operations()
    torch.save(trained.state_dict(), folder / "net.pt")
    written.load_state_dict(trained.state_dict(), strict=False)  # which has no neurons
    torch.save(written.state_dict(), folder / "operations.pt")
    write_nir(folder / "net.nir")
    random = np.random.default_rng(0)
    x = random.integers(0, 3, (60, STEPS, INPUTS)).astype(np.uint8)
    np.savez(folder / "events.npz", x=x, y=random.integers(0, CLASSES, 60))


if __name__ == "__main__":
    write(Path(sys.argv[1]))
