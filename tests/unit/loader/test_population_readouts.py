"""Several output neurons for each class: sums and means of parts of what they send, however written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from loader_models import refusal
from torch import Tensor, nn
from torch.nn import functional

from asn2fpga.kinds.sources.input import input_of
from asn2fpga.loader.save import convert
from asn2fpga.loader.trained_accuracy import module_scores
from asn2fpga.nn import LIF, RepeatTime
from asn2fpga.reference import float_model

STEPS = 4
POPULATIONS = torch.kron(torch.eye(4), torch.ones(5, 1))
Read = Callable[[Tensor], Any]


class Populations(nn.Module):
    """20 output neurons; read: their spikes (time, batch, 20) to scores."""

    def __init__(self, read: Read) -> None:
        super().__init__()
        self.net = nn.Sequential(RepeatTime(STEPS), nn.Linear(12, 20), LIF(0.5, time_steps=STEPS))
        self.read = read

    def forward(self, x: Tensor) -> Any:
        return self.read(self.net(x))


class Looped(nn.Module):
    """The same in a loop; read: the spikes of one time step (batch, 20) to what is added up."""

    def __init__(self, read: Read) -> None:
        super().__init__()
        snn = pytest.importorskip("snntorch")
        self.fc, self.lif, self.read = nn.Linear(12, 20), snn.Leaky(beta=0.5), read

    def forward(self, x: Tensor) -> Any:
        mem, record = self.lif.init_leaky(), []
        for _ in range(STEPS):
            spk, mem = self.lif(self.fc(x), mem)
            record.append(self.read(spk))
        return torch.stack(record).sum(0)


def parts(x: Tensor) -> list[Tensor]:
    """Of each class the neurons after each other, along the last axis."""
    return [x[..., 5 * index : 5 * index + 5] for index in range(4)]


def written(spikes: Tensor) -> Tensor:
    """As snnTorch's own population code adds them up."""
    code = torch.zeros(spikes.size(1), 4)
    for index in range(4):
        code[:, index] = spikes[:, :, 5 * index : 5 * index + 5].sum(-1).sum(0)
    return code


FORMS: dict[str, Callable[[], nn.Module]] = {
    name: lambda read=read: Populations(read)  # type: ignore[misc]
    for name, read in {
        "stack of sums": lambda x: torch.stack([part.sum(1) for part in parts(x.sum(0))], dim=1),
        "stack of means": lambda x: torch.stack([part.mean(-1) for part in parts(x.mean(0))], dim=-1),
        "sums over time and neurons": lambda x: torch.stack([part.sum((0, 2)) for part in parts(x)], 1),
        "time last": lambda x: torch.stack([part.sum(-1) for part in parts(x)], -1).sum(0),
        "kept axes": lambda x: torch.cat([part.sum(1, keepdim=True) for part in parts(x.sum(0))], 1),
        "transposed in the end": lambda x: torch.stack([part.sum(2).sum(0) for part in parts(x)]).t(),
        "split": lambda x: torch.stack([part.sum(1) for part in x.sum(0).split([10, 3, 7], dim=1)], dim=1),
        "every fourth": lambda x: torch.stack([x.sum(0)[:, index::4].sum(1) for index in range(4)], dim=1),
        "groups over the first axis": lambda x: x.sum(0).view(-1, 5, 4).sum(1),
        "groups over time and neurons": lambda x: x.view(STEPS, -1, 4, 5).sum((0, -1)),
        "pooled without an axis": lambda x: functional.avg_pool1d(x.mean(0), 5),
        "a difference": lambda x: (lambda count: count[:, :10] - count[:, 10:])(x.sum(0)),
        "a matrix": lambda x: x.sum(0) @ POPULATIONS,
        "some neurons alone": lambda x: x.sum(0)[:, 4:9],
        "of the last step": lambda x: torch.stack([part.sum(1) for part in parts(x[-1])], dim=1),
        "written into a tensor": written,
        "batch in front": lambda x: torch.stack([p.sum((1, 2)) for p in parts(x.transpose(0, 1))], 1),
    }.items()
} | {
    "stack in the loop": lambda: Looped(lambda x: torch.stack([part.sum(1) for part in parts(x)], 1)),
    "groups in the loop": lambda: Looped(lambda x: x.view(-1, 5, 4).sum(1)),
}  # fmt: skip


def converted(make: Callable[[], nn.Module], **options: Any) -> tuple[nn.Module, Any]:
    torch.manual_seed(1)
    module = make().eval()
    for part in module.modules():
        if isinstance(part, nn.Linear):
            nn.init.normal_(part.weight, 0.1, 0.5)
    return module, convert(module, "net", torch.zeros(1, 12), encoding="frames", max_count=3, **options)


def assert_same(module: nn.Module, found: Any) -> None:
    x = np.random.default_rng(0).integers(0, 4, (60, *input_of(found.graph).shape)).astype(np.uint8)
    wanted = module_scores(module, found.origin.description, found.origin.output, x).numpy()
    scores = float_model.simulate(found.graph, x).scores
    assert np.allclose(scores, wanted, atol=1e-5) and len(np.unique(scores, axis=0)) > 3


@pytest.mark.parametrize("name", FORMS)
def test_sums_of_parts_are_what_forward_computes(name: str) -> None:
    assert_same(*converted(FORMS[name]))


def test_sums_of_every_time_step_ask_what_becomes_of_them() -> None:
    module = Populations(lambda x: torch.stack([part.sum(-1) for part in parts(x)], -1))
    message = refusal(lambda: convert(module, "net", torch.zeros(1, 12), encoding="frames"))
    assert message.startswith("model: the output must have no time axis; ")
    assert_same(*converted(lambda: module, read_out="sum"))


@pytest.mark.parametrize(
    "read",
    [
        lambda x: torch.stack([part.sum(1) for part in parts(x.sum(0))]),  # (classes, batch)
        lambda x: torch.stack([part[:2].sum((0, 2)) for part in parts(x)], 1),  # of some steps alone
        lambda x: torch.stack([part.amax(1) for part in parts(x.sum(0))], 1),
        lambda x: torch.stack([part.sum(1) for part in parts(x.amax(0))], 1),
        lambda x: torch.stack([part.sum(1) for part in parts(x.sum(0) - x.sum(0).mean(0))], 1),
    ],
)
def test_what_is_no_sum_for_each_sample_is_refused(read: Read) -> None:
    message = refusal(lambda: convert(Populations(read), "net", torch.zeros(1, 12), encoding="frames"))
    assert message.startswith("model: ")


def test_what_does_not_depend_on_the_neurons_is_no_sum() -> None:
    def read(x: Tensor) -> Tensor:
        return torch.stack([part.sum(1) * 0 for part in parts(torch.zeros_like(x).sum(0))], 1)

    assert refusal(lambda: convert(Populations(read), "net", torch.zeros(1, 12), encoding="frames"))
