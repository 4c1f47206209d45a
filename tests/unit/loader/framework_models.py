"""Networks as users of snnTorch and SpikingJelly write them: the structure of public code, small sizes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from asn2fpga.nn import LIF


class Tutorial(nn.Module):
    """A loop in forward with explicit membranes, spikes and membranes stacked: tutorial 5 of snnTorch."""

    def __init__(self, num_steps: int = 6, beta: float = 0.75) -> None:
        super().__init__()
        import snntorch as snn

        self.num_steps = num_steps
        self.fc1, self.lif1 = nn.Linear(16, 12), snn.Leaky(beta=beta)
        self.fc2, self.lif2 = nn.Linear(12, 4), snn.Leaky(beta=beta)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        mem1, mem2 = self.lif1.init_leaky(), self.lif2.init_leaky()
        spk2_rec, mem2_rec = [], []
        for _ in range(self.num_steps):
            cur1 = self.fc1(x)
            spk1, mem1 = self.lif1(cur1, mem1)
            cur2 = self.fc2(spk1)
            spk2, mem2 = self.lif2(cur2, mem2)
            spk2_rec.append(spk2)
            mem2_rec.append(mem2)
        return torch.stack(spk2_rec, dim=0), torch.stack(mem2_rec, dim=0)


def sequential() -> nn.Sequential:
    """Hidden states and a loop outside, pools before neurons: tutorial 6 of snnTorch."""
    import snntorch as snn

    return nn.Sequential(
        nn.Conv2d(1, 4, 3),
        nn.MaxPool2d(2),
        snn.Leaky(beta=0.5, init_hidden=True),
        nn.Conv2d(4, 6, 3),
        nn.MaxPool2d(2),
        snn.Leaky(beta=0.5, init_hidden=True),
        nn.Flatten(),
        nn.Linear(24, 5),
        snn.Leaky(beta=0.5, init_hidden=True, output=True),
    )


class Recurrent(nn.Module):
    """RSynaptic on events x[step], a leaky read-out that never fires, the mean of its membranes."""

    def __init__(self) -> None:
        super().__init__()
        import snntorch as snn

        self.fc1, self.hidden = nn.Linear(8, 12), snn.RSynaptic(alpha=0.75, beta=0.5, linear_features=12)
        self.fc2, self.readout = nn.Linear(12, 3), snn.Leaky(beta=0.875, reset_mechanism="none")

    def forward(self, x: Tensor) -> Tensor:
        spk, syn, mem = self.hidden.init_rsynaptic()
        out, recorded = self.readout.init_leaky(), []
        for step in range(x.size(0)):
            spk, syn, mem = self.hidden(self.fc1(x[step]), spk, syn, mem)
            _, out = self.readout(self.fc2(spk), out)
            recorded.append(out)
        return torch.stack(recorded).mean(0)


class BatchFirst(nn.Module):
    """Events (batch, time, ..) indexed as x[:, t], a recurrence by hand, and scores added up."""

    def __init__(self) -> None:
        super().__init__()
        import snntorch as snn

        self.fc1, self.back = nn.Linear(8, 12), nn.Linear(12, 12, bias=False)
        self.lif, self.fc2 = snn.Leaky(beta=0.5), nn.Linear(12, 3)

    def forward(self, x: Tensor) -> Tensor:
        mem, spk = self.lif.init_leaky(), torch.zeros(x.shape[0], 12)
        total: Any = 0
        for t in range(x.shape[1]):
            spk, mem = self.lif(self.fc1(x[:, t]) + self.back(spk), mem)
            total = total + self.fc2(spk)
        scores: Tensor = total / x.shape[1]
        return scores


class LastMembrane(nn.Module):
    """The membrane of the last step, or the largest one, are the scores."""

    def __init__(self, how: str) -> None:
        super().__init__()
        import snntorch as snn

        self.how = how
        self.fc1, self.lif1 = nn.Linear(16, 12), snn.Leaky(beta=0.5, threshold=0.75)
        self.fc2, self.lif2 = nn.Linear(12, 4), snn.Leaky(beta=0.75, reset_mechanism="none")

    def forward(self, x: Tensor) -> Any:
        mem1, mem2, recorded = self.lif1.init_leaky(), self.lif2.init_leaky(), []
        for _ in range(5):
            spk1, mem1 = self.lif1(self.fc1(x), mem1)
            _, mem2 = self.lif2(self.fc2(spk1), mem2)
            recorded.append(mem2)
        if self.how == "last":
            return mem2
        if self.how == "index":
            return torch.stack(recorded)[-1]
        return torch.stack(recorded) if self.how == "all" else torch.max(torch.stack(recorded), 0)[0]


class CSNN(nn.Module):
    """One Sequential in multi-step mode, its output neurons' spikes averaged: examples of SpikingJelly."""

    def __init__(self, neuron: Callable[[], nn.Module], voting: int = 1) -> None:
        super().__init__()
        from spikingjelly.activation_based import functional, layer

        last = [layer.VotingLayer(voting)] if voting > 1 else []
        self.conv_fc = nn.Sequential(
            layer.Conv2d(1, 4, kernel_size=3, padding=1, bias=False),
            layer.BatchNorm2d(4),
            neuron(),
            layer.MaxPool2d(2, 2),
            layer.Conv2d(4, 4, kernel_size=3, padding=1, bias=False),
            layer.BatchNorm2d(4),
            neuron(),
            layer.MaxPool2d(2, 2),
            layer.Flatten(),
            layer.Dropout(0.5),
            layer.Linear(16, 12, bias=False),
            neuron(),
            layer.Linear(12, 4 * voting, bias=False),
            neuron(),
            *last,
        )
        functional.set_step_mode(self, "m")

    def forward(self, x: Tensor) -> Tensor:
        x_seq = x.unsqueeze(0).repeat(4, 1, 1, 1, 1)
        scores: Tensor = self.conv_fc(x_seq).mean(0)
        return scores


class Contained(nn.Module):
    """Layers of torch in containers, events brought to time first: blocks of SEW ResNet."""

    def __init__(self) -> None:
        super().__init__()
        from spikingjelly.activation_based import layer, neuron

        self.conv1 = layer.SeqToANNContainer(nn.Conv2d(2, 4, 3, padding=1, bias=False), nn.BatchNorm2d(4))
        self.sn1 = neuron.IFNode(step_mode="m")
        self.conv2 = layer.SeqToANNContainer(nn.Conv2d(4, 4, 3, padding=1, bias=False), nn.BatchNorm2d(4))
        self.sn2 = neuron.IFNode(step_mode="m")
        self.fc = nn.Linear(4, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = x.transpose(0, 1)
        first = self.sn1(self.conv1(x))
        x = first + self.sn2(self.conv2(first))
        scores: Tensor = self.fc(x.mean((-2, -1)).mean(0))
        return scores


class NonSpiking(nn.Module):
    """Membranes that never fire at the end: NonSpikingLIFNode of SpikingJelly."""

    def __init__(self, decode: str) -> None:
        super().__init__()
        from spikingjelly.activation_based import layer, neuron

        self.fc1, self.sn1 = layer.Linear(8, 12, step_mode="m"), neuron.LIFNode(step_mode="m")
        self.fc2, self.out = layer.Linear(12, 3, step_mode="m"), neuron.NonSpikingLIFNode(2.0, decode)

    def forward(self, x: Tensor) -> Tensor:
        found: Tensor = self.out(self.fc2(self.sn1(self.fc1(x))))
        return found


class OwnBatchFirst(nn.Module):
    """Neurons of asn2fpga.nn on events (batch, time, ..)."""

    def __init__(self) -> None:
        super().__init__()
        self.fc1, self.lif, self.fc2 = nn.Linear(8, 12), LIF(0.5, time_steps=5), nn.Linear(12, 3)

    def forward(self, x: Tensor) -> Tensor:
        found: Tensor = self.fc2(self.lif(self.fc1(x.permute(1, 0, 2)))).mean(0)
        return found


class RowsOverTime(nn.Module):
    """A layer that hears itself: rsnn_sequential_fmnist.py of SpikingJelly."""

    def __init__(self) -> None:
        super().__init__()
        from spikingjelly.activation_based import functional, layer, neuron

        self.fc = nn.Sequential(
            layer.Linear(8, 12),
            layer.LinearRecurrentContainer(neuron.IFNode(v_reset=None), 12, 12, step_mode="m"),
            layer.Linear(12, 3),
            neuron.IFNode(),
        )
        functional.set_step_mode(self, "m")

    def forward(self, x: Tensor) -> Tensor:
        found: Tensor = self.fc(x).mean(0)
        return found


class SingleStep(nn.Module):
    """A module of single-step neurons that is called once per step: lif_fc_mnist.py of SpikingJelly."""

    def __init__(self) -> None:
        super().__init__()
        from spikingjelly.activation_based import layer, neuron

        self.layer = nn.Sequential(layer.Flatten(), layer.Linear(16, 4, bias=False), neuron.LIFNode(tau=2.0))

    def forward(self, x: Tensor) -> Tensor:
        found: Tensor = self.layer(x)
        return found


class TwoInALoop(nn.Module):
    """The first layer reads what the second one sent a step ago; membranes begin as zeros like a current.

    norms: one BatchNorm for each time step; they are equal.
    """

    def __init__(self, steps: int = 6) -> None:
        super().__init__()
        import snntorch as snn

        self.steps = steps
        self.fc1, self.lif1 = nn.Linear(8, 6), snn.Leaky(beta=0.5)
        self.norms = snn.BatchNormTT1d(6, steps)
        self.fc2, self.lif2 = nn.Linear(6, 5), snn.Leaky(beta=0.75)
        self.back, self.out = nn.Linear(5, 6, bias=False), nn.Linear(5, 3)

    def forward(self, x: Tensor) -> Tensor:
        current = self.fc1(x[0])
        mem1, spk2 = torch.zeros_like(current), torch.zeros(x.shape[1], 5, dtype=x.dtype)
        mem2, found = spk2, []
        for step in range(self.steps):
            spk1, mem1 = self.lif1(self.norms[step](self.fc1(x[step])) + self.back(spk2), mem1)
            spk2, mem2 = self.lif2(self.fc2(spk1), mem2)
            found.append(self.out(spk2))
        return torch.stack(found).sum(0)
