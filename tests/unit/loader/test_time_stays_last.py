"""Networks in which time is the last axis of every layer: --time-axis last."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from time_last_models import FEATURES, SHAPES, STEPS, Dense, Maps, Spikes, Written
from torch import nn

from asn2fpga.conformance.side_by_side import side_by_side
from asn2fpga.errors import InputError, UnsupportedError
from asn2fpga.loader.from_data import convert_for_data
from asn2fpga.loader.save import convert
from asn2fpga.loader.trained_accuracy import module_scores
from asn2fpga.quantise.scheme import Scheme
from asn2fpga.reference import float_model


@pytest.mark.parametrize("kind", SHAPES, ids=lambda kind: kind.__name__)
def test_it_is_the_network_that_forward_computes(kind: type[nn.Module]) -> None:
    shape = SHAPES[kind]
    found = convert(
        kind(), "net", torch.zeros(1, *shape, STEPS), time_axis="last", encoding="events", max_count=2
    )
    x = np.random.default_rng(0).integers(0, 3, (30, STEPS, *shape)).astype(np.uint8)
    origin = found.origin
    assert origin is not None
    theirs = module_scores(origin.module, origin.description, origin.output, x)
    ours = float_model.simulate(found.graph, x).scores
    assert len(np.unique(ours)) > 2
    assert np.allclose(theirs.double().numpy(), ours, rtol=1e-5, atol=1e-5)


def test_one_object_of_neurons_becomes_a_layer_at_each_place() -> None:
    found = convert(
        Dense(), "net", torch.zeros(1, 12, STEPS), time_axis="last", encoding="events", max_count=2
    )
    names = [layer.name for layer in found.graph.layers if layer.name.startswith("spike")]
    assert names == ["spike", "spike_2"]


@pytest.mark.parametrize("kind", [Dense, Written, Maps], ids=lambda kind: kind.__name__)
def test_a_static_input_may_be_repeated_outside(kind: type[nn.Module]) -> None:
    shape = SHAPES[kind]
    found = convert(
        kind(), "net", torch.zeros(1, *shape), time_axis="last", time_steps=STEPS, input_scale=1 / 255
    )
    x = np.random.default_rng(0).integers(0, 256, (30, *shape)).astype(np.uint8)
    frames = torch.from_numpy(x / 255).float()
    theirs = kind().eval()(frames.unsqueeze(-1).repeat(*(1 for _ in frames.shape), STEPS))
    ours = float_model.simulate(found.graph, x).scores
    assert len(np.unique(ours)) > 2
    assert np.allclose(theirs.detach().double().numpy(), ours, rtol=1e-5, atol=1e-5)


def test_spikes_of_the_module_are_compared_where_an_object_is_one_layer() -> None:
    class Own(Dense):
        def __init__(self) -> None:
            super().__init__()
            self.spike2 = Spikes()

        def hidden(self, x: torch.Tensor) -> torch.Tensor:
            found: torch.Tensor = self.spike2(self.fc2_s(self.spike(self.fc1_s(x))))
            return found

    found = convert(
        Own(), "net", torch.zeros(1, FEATURES, STEPS), time_axis="last", encoding="events", max_count=2
    )
    x = np.random.default_rng(0).integers(0, 3, (30, STEPS, FEATURES)).astype(np.uint8)
    assert found.origin is not None
    result = side_by_side(found.graph, found.origin, Scheme(), x, None)
    assert [layer.is_imported for layer in result.layers] == [False, False]
    assert max(layer.rate for layer in result.layers) < 0.02


LAST = "files have time behind the samples: save numpy.moveaxis(x, -1, 1)."
TWICE = "the samples have time already: leave --time-steps out."
SAY = "forward takes time as its last axis: say --time-axis last."


@pytest.mark.parametrize(
    ("kind", "order", "options", "message"),
    [
        (Dense, "last", {"time_axis": "last"}, LAST),
        (Maps, "last", {"time_axis": "last"}, LAST),
        (Dense, "behind", {}, SAY),
        (Maps, "behind", {}, SAY),
        (Maps, "behind", {"time_axis": "last", "time_steps": STEPS}, TWICE),
    ],
)
def test_it_is_said_where_time_is(
    kind: type[nn.Module], order: str, options: dict[str, Any], message: str, tmp_path: Path
) -> None:
    shape = SHAPES[kind]
    x = np.random.default_rng(0).integers(0, 3, (30, STEPS, *shape)).astype(np.uint8)
    np.savez(tmp_path / "d.npz", x=np.moveaxis(x, 1, -1) if order == "last" else x)
    with pytest.raises((InputError, UnsupportedError), match=f"; {re.escape(message)}$"):
        convert_for_data(kind(), "net", tmp_path / "d.npz", options)


class Wrong(Dense):
    """What it does with (batch, features, time)."""

    def __init__(self, act: Callable[[torch.Tensor], torch.Tensor]) -> None:
        super().__init__()
        self.act = act

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.act(self.spike(self.fc1_s(x))).sum(-1)


REFUSED = [
    (lambda x: torch.softmax(x, dim=-1), "it must leave time as the last axis"),
    (lambda x: x.flip(-1), "it does not work on each time step, of the last axis, alone"),
    (lambda x: x[..., 1:], "x[...] must take all time steps, or one of them"),
    (lambda x: x.view(x.shape[0], 8, -1), "a reshape must leave time as the last axis"),
    (lambda x: x.flatten(1), "flatten must leave time as the last axis, flatten(1, -2)"),
    (nn.Conv1d(16, 4, 3), "Conv1d reads time, the last axis, as if it were another"),
    (nn.Linear(STEPS, 3), "Linear reads time, the last axis, as if it were another"),
]


@pytest.mark.parametrize(("act", "message"), REFUSED)
def test_what_is_not_done_step_by_step_is_refused(act: Any, message: str) -> None:
    with pytest.raises(UnsupportedError, match=re.escape(message)) as caught:
        convert(
            Wrong(act),
            "net",
            torch.zeros(1, FEATURES, STEPS),
            time_axis="last",
            encoding="events",
            max_count=2,
        )
    assert str(caught.value).endswith("; bring time to the front first, x.movedim(-1, 0).")
