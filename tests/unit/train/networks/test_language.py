"""The language model: its graph computes what it does, guesses look back only, and it learns."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from asn2fpga.errors import InputError
from asn2fpga.loader.save import read_module
from asn2fpga.passes.prepare import prepare
from asn2fpga.quantise.network import network_of
from asn2fpga.reference.float_model import simulate
from asn2fpga.train.networks.language import LanguageNetwork
from asn2fpga.train.options import TrainOptions, check_options
from asn2fpga.train.text import ALPHABET, encode, python_topics, windows
from asn2fpga.train.train import train_example

STEPS, TOKENS = 6, len(ALPHABET)


def network(steps: int = STEPS) -> LanguageNetwork:
    options = check_options(TrainOptions("text", Path("m.pt"), network="language", time_steps=steps))
    torch.manual_seed(1)
    return LanguageNetwork((), TOKENS, TOKENS - 1, options)


def ids(count: int = 24) -> torch.Tensor:
    """(time, batch) of real text."""
    x, _ = windows(encode(python_topics()[:2000]), STEPS, 7)
    return torch.from_numpy(x[:count]).long().T


@pytest.mark.parametrize("wrong", [{"alpha": 1.0}, {"neuron": "lif"}])
def test_neurons_that_begin_elsewhere_are_refused(wrong: dict[str, Any]) -> None:
    options = check_options(TrainOptions("text", Path("m.pt"), network="language", **wrong))
    with pytest.raises(InputError) as error:
        LanguageNetwork((), TOKENS, TOKENS - 1, options)
    assert str(error.value) == (
        "train-example: the network language must have graded neurons that begin at 0, which attention "
        "needs; leave --neuron and --alpha out."
    )


def test_the_graph_computes_what_the_network_does() -> None:
    module, x = network(), ids()
    module.train()(x)  # statistics of the normalisation
    module.eval()
    with torch.no_grad():
        expected = module(x).numpy()
    graph = read_module(module, "net", x[:, :1], encoding="tokens")
    counts = np.eye(TOKENS, dtype=np.uint8)[x.T.numpy()]
    assert np.median(np.abs(simulate(graph, counts).scores - expected)) < 1e-4
    assert len(network_of(prepare(graph)).populations) == len(module.count_points()) + 1


def test_a_guess_does_not_depend_on_later_tokens() -> None:
    module, x = network().eval(), ids()
    later = x.clone()
    later[4:] = (later[4:] + 5) % TOKENS
    with torch.no_grad():
        first, second = module.features(x), module.features(later)
    assert torch.equal(first[:4], second[:4]) and not torch.equal(first[4:], second[4:])


def test_the_loss_is_that_of_all_guesses() -> None:
    module, x = network().eval(), ids()
    y = torch.arange(x.shape[1]) % TOKENS
    with torch.no_grad():
        scores = module.head(module.features(x)).log_softmax(-1)
        wanted = torch.cat([x[1:], y[None]])
        expected = -scores.gather(2, wanted[..., None]).mean()
        assert torch.isclose(module.loss(x, y), expected)
        assert torch.equal(module(x), module.head(module.features(x)[-1]))


def test_it_learns(tmp_path: Path) -> None:
    options = TrainOptions(
        "text", tmp_path / "lm.pt", network="language", train_samples=1920, test_samples=200,
        time_steps=STEPS, epochs=2,
    )  # fmt: skip
    result = train_example(options)
    assert result.test_perplexity is not None and result.test_perplexity < 40  # of 64 characters
    assert result.alphas == ()
