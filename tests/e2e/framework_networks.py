"""Networks of snnTorch and SpikingJelly as their tutorials write them, trained shortly on Fashion-MNIST.

`python tests/e2e/framework_networks.py NAME FOLDER` trains one and writes what `asn2fpga build` takes beside
this file's function NAME: its checkpoint and test images.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

SAMPLES, TEST = 6000, 500
BATCH = 64


def tutorial_6(first: int = 12, second: int = 64, beta: float = 0.5) -> nn.Sequential:
    """The convolutional network of snnTorch's tutorial 6: pools before the neurons, one step in a call."""
    import snntorch as snn
    from snntorch import surrogate

    options: dict[str, Any] = {
        "beta": beta,
        "spike_grad": surrogate.fast_sigmoid(slope=25),
        "init_hidden": True,
    }
    return nn.Sequential(
        nn.Conv2d(1, first, 5),
        nn.MaxPool2d(2),
        snn.Leaky(**options),
        nn.Conv2d(first, second, 5),
        nn.MaxPool2d(2),
        snn.Leaky(**options),
        nn.Flatten(),
        nn.Linear(16 * second, 10),
        snn.Leaky(**options, output=True),
    )


class PLIFNet(nn.Module):
    """The network of "Incorporating learnable membrane time constant", as SpikingJelly has it, made small."""

    def __init__(self, channels: int = 16, hidden: int = 128, T: int = 4) -> None:  # noqa: N803  # as there
        super().__init__()
        from spikingjelly.activation_based import functional, layer, neuron, surrogate

        def plif() -> nn.Module:
            found: nn.Module = neuron.ParametricLIFNode(
                init_tau=2.0, surrogate_function=surrogate.ATan(), detach_reset=True
            )
            return found

        self.T = T
        conv: list[nn.Module] = []
        for inputs in (1, channels):
            conv += [
                layer.Conv2d(inputs, channels, kernel_size=3, padding=1, bias=False),
                layer.BatchNorm2d(channels),
                plif(),
                layer.MaxPool2d(2, 2),
            ]
        self.conv_fc = nn.Sequential(
            *conv,
            layer.Flatten(),
            layer.Dropout(0.5),
            layer.Linear(channels * 49, hidden),
            plif(),
            layer.Dropout(0.5),
            layer.Linear(hidden, 100),
            plif(),
            layer.VotingLayer(10),
        )
        functional.set_step_mode(self, step_mode="m")

    def forward(self, x: Tensor) -> Tensor:
        x_seq = x.unsqueeze(0).repeat(self.T, 1, 1, 1, 1)
        found: Tensor = self.conv_fc(x_seq).mean(0)
        return found


def _rates_of_snntorch(net: nn.Module, x: Tensor, steps: int = 8) -> Tensor:
    """Spikes of the last layer, counted over the loop outside."""
    from snntorch import utils

    utils.reset(net)
    found: Tensor = torch.stack([net(x)[0] for _ in range(steps)]).sum(0)
    return found


def _rates_of_spikingjelly(net: nn.Module, x: Tensor) -> Tensor:
    from spikingjelly.activation_based import functional

    functional.reset_net(net)
    found: Tensor = net(x)
    return found


def train(
    net: nn.Module, rates: Callable[[nn.Module, Tensor], Tensor], x: Tensor, y: Tensor, epochs: int
) -> None:
    """Adam on the cross entropy of spike rates."""
    torch.manual_seed(0)
    optimiser = torch.optim.Adam(net.parameters(), lr=2e-3)
    net.train()
    for _ in range(epochs):
        order = torch.randperm(len(x))
        for start in range(0, len(x), BATCH):
            chosen = order[start : start + BATCH]
            loss = nn.functional.cross_entropy(rates(net, x[chosen]), y[chosen])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    net.eval()


def small_tutorial_6() -> nn.Module:
    """Fewer channels, which is what a quick simulation needs."""
    return tutorial_6(4, 8)


def plif() -> nn.Module:
    """With its own numbers."""
    return PLIFNet()


def small_plif() -> nn.Module:
    """Likewise with fewer channels."""
    return PLIFNet(channels=4, hidden=32)


NETWORKS: dict[str, tuple[Callable[[], nn.Module], Callable[[nn.Module, Tensor], Tensor], int]] = {
    "small_tutorial_6": (small_tutorial_6, _rates_of_snntorch, 2),
    "tutorial_6": (tutorial_6, _rates_of_snntorch, 2),
    "plif": (plif, _rates_of_spikingjelly, 3),
    "small_plif": (small_plif, _rates_of_spikingjelly, 3),
}
"""By name: what makes it, how its scores are made, and passes over the data."""


def write(name: str, folder: Path) -> None:
    """Train a network; its checkpoint and test images go into the folder."""
    from asn2fpga.train.datasets import load_fashion
    from asn2fpga.train.installed import FASHION

    data = load_fashion(FASHION)
    make, rates, epochs = NETWORKS[name]
    torch.manual_seed(1)
    net = make()
    x = torch.from_numpy(np.asarray(data.x_train[:SAMPLES]).reshape(-1, 1, 28, 28)).float() / 255
    train(net, rates, x, torch.from_numpy(np.asarray(data.y_train[:SAMPLES])).long(), epochs)
    torch.save({"net": net.state_dict()}, folder / f"{name}.pt")
    test = np.asarray(data.x_test[:TEST]).reshape(-1, 1, 28, 28).astype(np.uint8)
    np.savez(folder / "test.npz", x=test, y=np.asarray(data.y_test[:TEST]))


if __name__ == "__main__":
    write(sys.argv[1], Path(sys.argv[2]))
