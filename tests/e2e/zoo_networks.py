"""A network of SpikingJelly's model package as a user has it: trained on digits, with a checkpoint.

`python zoo_networks.py FOLDER` trains it and writes spikformer.pth and test.npz there.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import torch
from sklearn.datasets import load_digits
from spikingjelly.activation_based import functional
from spikingjelly.activation_based.model.spikformer import Spikformer
from torch import Tensor, nn

TRAINED = 1400
EPOCHS = 40
BATCH = 100


def spikformer() -> nn.Module:
    """2 x 2 tokens of 16 features, one block, T = 4."""
    return Spikformer(
        T=4,
        in_channels=1,
        img_size_h=8,
        img_size_w=8,
        patch_size=4,
        num_classes=10,
        embed_dims=16,
        num_heads=2,
        mlp_ratio=2.0,
        depths=1,
    )


def scores(net: nn.Module, x: Tensor) -> Tensor:
    """Means over time, of neurons that start at rest."""
    found: Tensor = net(x)
    functional.reset_net(net)
    return found if found.dim() == 2 else found.mean(0)


def write(folder: Path) -> None:
    """Train it; its checkpoint and the other digits go into the folder."""
    digits = load_digits()
    x = torch.tensor(digits.images, dtype=torch.float32)[:, None]
    y = torch.tensor(digits.target)
    torch.manual_seed(0)
    net = spikformer()
    optimiser = torch.optim.Adam(net.parameters(), 2e-3)
    net.train()
    for _ in range(EPOCHS):
        order = torch.randperm(TRAINED)
        for start in range(0, TRAINED, BATCH):
            chosen = order[start : start + BATCH]
            loss = nn.functional.cross_entropy(scores(net, x[chosen] / 16), y[chosen])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    torch.save({"model": net.state_dict()}, folder / "spikformer.pth")
    images = x[TRAINED:].round().to(torch.uint8).numpy()
    np.savez(folder / "test.npz", x=images, y=y[TRAINED:].numpy())


if __name__ == "__main__":
    write(Path(sys.argv[1]))
