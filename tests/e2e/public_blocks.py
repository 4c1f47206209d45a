"""Blocks of public spiking transformers, small, trained shortly on scikit-learn's digits.

`python tests/e2e/public_blocks.py NAME FOLDER` trains one and writes what `asn2fpga build` takes beside this
file's function NAME: its checkpoint and test images.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from lsq import qsd_transformer
from max_former import Max_Former
from meta_former import Spiking_vit_MetaFormer, Style
from meta_former_v3 import MultiSpike, Spiking_vit_MetaFormer_Spike_SepConv
from torch import Tensor, nn

TRAINED, BATCH = 1437, 64
LARGEST_GRADIENT = 1.0  # norm over all parameters


def meta_former_v3() -> nn.Module:
    """V3: integer neurons, RepConv before queries, keys and values."""
    return Spiking_vit_MetaFormer_Spike_SepConv(linear=False)


def meta_former_v3_linear() -> nn.Module:
    """V3: integer neurons, values wider than queries and keys."""
    return Spiking_vit_MetaFormer_Spike_SepConv(linear=True)


def qsd() -> nn.Module:
    """QSD-Transformer: weights of 4 bits, neurons that round half up."""
    return qsd_transformer()


def max_former() -> nn.Module:
    """Max-Former with the integer neurons of V3."""
    return Max_Former(lambda v_threshold=1.0: MultiSpike(), T=1)


def lif(v_threshold: float = 1.0) -> nn.Module:
    """SpikingJelly's, as MultiStepLIFNode(tau=2.0, detach_reset=True) was."""
    from spikingjelly.activation_based import neuron

    found: nn.Module = neuron.LIFNode(tau=2.0, v_threshold=v_threshold, detach_reset=True, step_mode="m")
    return found


def meta_former_v2() -> nn.Module:
    """V2 with its LIF neurons, at one time step as it is trained first."""
    return Spiking_vit_MetaFormer(Style(lif, lambda: lif(0.5)), T=1)


def max_former_lif() -> nn.Module:
    """Max-Former with its LIF neurons; 8, 16 and 32 features: four binary ones at first carry too little."""
    return Max_Former(lif, embed_dims=32, T=2)


NETWORKS: dict[str, Callable[[], nn.Module]] = {
    made.__name__: made
    for made in (meta_former_v3, meta_former_v3_linear, qsd, max_former, meta_former_v2, max_former_lif)
}


def train(net: nn.Module, x: Tensor, y: Tensor, epochs: int, rate: float = 4e-3) -> None:
    """AdamW on the cross entropy, with one cycle of the learning rate.

    Gradients are clipped: without that those of V2 and V3 grow to norms of 10,000 and more where the rate is
    highest, and what Adam remembers of them stops the training for long.
    """
    steps = epochs * -(-len(x) // BATCH)
    optimiser = torch.optim.AdamW(net.parameters(), lr=rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, total_steps=steps)
    net.train()
    for _ in range(epochs):
        order = torch.randperm(len(x))
        for start in range(0, len(x), BATCH):
            chosen = order[start : start + BATCH]
            reset(net)
            loss = nn.functional.cross_entropy(net(x[chosen]), y[chosen])
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), LARGEST_GRADIENT)
            optimiser.step()
            schedule.step()
    net.eval()


def reset(net: nn.Module) -> None:
    """Membranes begin anew."""
    for module in net.modules():
        if hasattr(module, "reset"):
            module.reset()  # type: ignore[operator]


def write(name: str, folder: Path, epochs: int = 40) -> None:
    """Train a network; its checkpoint and test images go into the folder."""
    from sklearn.datasets import load_digits

    digits: Any = load_digits()
    order = np.random.default_rng(0).permutation(len(digits.images))
    images = digits.images[order].reshape(-1, 1, 8, 8).astype(np.uint8)
    labels = digits.target[order]
    torch.set_num_threads(1)  # quickest so, and always to the same numbers
    torch.manual_seed(1)
    net = NETWORKS[name]()
    x = torch.from_numpy(images[:TRAINED]).float() / 16
    train(net, x, torch.from_numpy(labels[:TRAINED]).long(), epochs)
    torch.save({"model": net.state_dict()}, folder / f"{name}.pt")
    np.savez(folder / "test.npz", x=images[TRAINED:], y=labels[TRAINED:])
    test = torch.from_numpy(images[TRAINED:]).float() / 16
    reset(net)
    with torch.no_grad():
        right = (net(test).argmax(1).numpy() == labels[TRAINED:]).mean()
    parameters = sum(parameter.numel() for parameter in net.parameters())
    print(f"{name}: {100 * right:.2f} % of {len(test)} test images, {parameters:,} parameters")


if __name__ == "__main__":
    write(sys.argv[1], Path(sys.argv[2]), *map(int, sys.argv[3:]))
