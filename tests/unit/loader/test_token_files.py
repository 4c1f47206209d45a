"""Token ids as input: nn.Embedding in the module, ids or counts in data, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from asn2fpga.errors import Asn2FpgaError
from asn2fpga.kinds.sources.input import input_of
from asn2fpga.kinds.synapses.dense import Linear
from asn2fpga.loader import load_model
from asn2fpga.loader.data_file import load_data
from asn2fpga.loader.save import convert, save_silently
from asn2fpga.nn import ASN
from asn2fpga.passes.prepare import prepare
from asn2fpga.reference import float_model

STEPS, TOKENS = 4, 7


class Model(nn.Module):
    """ids (time, batch) -> scores of the next token."""

    def __init__(self, tokens: int = TOKENS, steps: int = STEPS, **options: Any) -> None:
        super().__init__()
        torch.manual_seed(1)
        self.embedding = nn.Embedding(tokens, 5, **options)
        self.neuron, self.head = ASN(4, time_steps=steps), nn.Linear(5, tokens)

    def forward(self, x: Tensor) -> Tensor:
        steps, batch = x.shape
        scores: Tensor = self.head(self.neuron(2 * self.embedding(x.long()).reshape(steps, batch, -1))[-1])
        return scores


class Together(Model):
    """With something else that reads the ids."""

    def forward(self, x: Tensor) -> Tensor:
        scores: Tensor = super().forward(x) + x.sum(0)[:, None]
        return scores


IDS = np.random.default_rng(0).integers(0, TOKENS, (6, STEPS))
EXAMPLE = torch.zeros(STEPS, 1, dtype=torch.long)


def test_an_embedding_is_a_linear_of_one_event() -> None:
    net = Model().double().eval()
    graph = convert(net, "net", EXAMPLE, encoding="tokens").graph
    layer = input_of(graph)
    assert (layer.encoding, layer.shape, layer.max_count, layer.time_steps) == ("events", (TOKENS,), 1, STEPS)
    first = graph.of_type(Linear)[0]
    assert np.array_equal(first.weight, net.embedding.weight.detach().numpy().T) and not first.bias.any()
    counts = np.eye(TOKENS, dtype=np.uint8)[IDS]
    with torch.no_grad():
        expected = net(torch.from_numpy(IDS.T)).numpy()
    assert np.array_equal(float_model.simulate(graph, counts).scores, expected)
    assert np.array_equal(float_model.simulate(prepare(graph), counts).scores, expected)


def test_files_hold_ids_or_counts(tmp_path: Path) -> None:
    y = np.arange(len(IDS)) % TOKENS
    summary = save_silently(Model(), tmp_path / "net.pt", EXAMPLE, IDS, labels=y, encoding="tokens")
    assert not summary.warnings
    model = load_model(tmp_path / "net.pt")
    counts = np.eye(TOKENS, dtype=np.uint8)[IDS]
    assert model.calibration is not None and np.array_equal(model.calibration, counts)
    for name, x in (("ids", IDS), ("bytes", IDS.astype(np.uint8)), ("counts", counts)):
        np.savez(tmp_path / f"{name}.npz", x=x, y=y)
        found = load_data(tmp_path / f"{name}.npz", input_of(model.graph), TOKENS)
        assert found.x.dtype == np.uint8 and np.array_equal(found.x, counts)


def test_an_id_that_is_no_token_is_refused_with_its_place(tmp_path: Path) -> None:
    layer = input_of(convert(Model(), "net", EXAMPLE, encoding="tokens").graph)
    for value in (TOKENS, -1):
        ids = IDS.copy()
        ids[2, 3] = value
        np.savez(tmp_path / "d.npz", x=ids)
        with pytest.raises(Asn2FpgaError) as error:
            load_data(tmp_path / "d.npz", layer, TOKENS)
        assert str(error.value) == (
            f"{tmp_path / 'd.npz'}: x: the token id of sample 2, time step 3 must be in 0..6, not {value}; "
            "the network knows 7 tokens."
        )


REFUSED: dict[str, tuple[nn.Module, dict[str, Any], str]] = {
    "no embedding": (
        nn.Sequential(nn.Linear(3, 2), ASN(time_steps=STEPS)),
        {},
        "save: the module must have an nn.Embedding, which takes the tokens; it has none.",
    ),
    "real numbers": (
        Model(),
        {"example_input": torch.zeros(STEPS, 1)},
        "save: example_input must be token ids (time, batch), integers, not (4, 1) float32.",
    ),
    "one time step": (
        nn.Sequential(nn.Embedding(3, 2), nn.Linear(2, 2), ASN()),
        {},
        "save: tokens must come over time, one in each time step, so that the neurons have time_steps "
        "(T) > 1, not 1.",
    ),
    "something else reads them": (
        Together(),
        {},
        "model: token ids must be read by nn.Embedding, not by sum; and they must stay (time, batch).",
    ),
    "fewer rows": (
        Model(),
        {"max_count": 9},
        "embedding: Embedding must have a row for each of 10 tokens, not 7.",
    ),
    "rows that change": (
        Model(max_norm=1.0),
        {},
        "embedding: Embedding must have max_norm=None; it changes rows while the network runs.",
    ),
    "counts": (
        Model(),
        {"encoding": "events", "max_count": 1, "example_input": torch.zeros(STEPS, 1, 3)},
        "",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused(case: str) -> None:
    net, options, message = REFUSED[case]
    chosen = {"encoding": "tokens", "example_input": EXAMPLE} | options
    example = chosen.pop("example_input")
    with pytest.raises(Asn2FpgaError) as error:
        convert(net, "net", example, **chosen)
    assert str(error.value) == message or not message
