"""Models that a file of the user's builds: my_model.py:Net, its arguments, its weights, its samples."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from loader_models import refusal

from asn2fpga.graph.text import to_text
from asn2fpga.importing import ImportOptions
from asn2fpga.kinds.sources.input import input_of
from asn2fpga.loader import load_model
from asn2fpga.loader.supported import supported

CODE = """
import torch
from torch import nn
from asn2fpga.nn import LIF, RepeatTime, TimeMean

class Net(nn.Module):
    def __init__(self, hidden=6, steps=3):
        super().__init__()
        self.net = nn.Sequential(
            RepeatTime(steps), nn.Linear(16, hidden), LIF(0.5, time_steps=steps),
            nn.Linear(hidden, 3), TimeMean(),
        )

    def forward(self, x):
        return self.net(x)

def events(size=4):
    return nn.Sequential(nn.Linear(size, 6), LIF(0.5, time_steps=5), nn.Linear(6, 3), TimeMean())

ready = Net(hidden=5)

def described():
    return Net(), {"input_scale": 0.5, "max_count": 3, "encoding": "frames"}

def broken():
    raise ValueError("no such width")

class Other:
    pass

class Sums(nn.Module):
    def forward(self, x):
        return sum(x[step].tanh() for step in range(5))

def data():
    return open('no_such_data.csv')

def ends():
    raise SystemExit(2)
"""


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A file of code in the current directory, which is forgotten afterwards."""
    path = tmp_path / "user_net.py"
    path.write_text(CODE)
    np.savez(tmp_path / "frames.npz", x=np.zeros((4, 16), np.uint8))
    np.savez(tmp_path / "events.npz", x=np.full((4, 5, 4), 2, np.uint8))
    monkeypatch.chdir(tmp_path)
    yield path
    sys.modules.pop("user_net", None)


@pytest.mark.usefixtures("source")
def test_arguments_are_what_python_would_take_them_for() -> None:
    loaded = load_model("user_net.py:Net", ImportOptions(arguments=(("hidden", "7"), ("steps", "2"))))
    assert input_of(loaded.graph).time_steps == 2 and loaded.parameters == 16 * 7 + 7 + 7 * 3 + 3
    assert loaded.graph.name == "Net" and loaded.origin is not None


@pytest.mark.usefixtures("source")
def test_weights_make_the_network_and_its_digest(tmp_path: Path) -> None:
    plain = load_model("user_net.py:ready")
    assert load_model("user_net.py:ready").sha256 != plain.sha256, "new random weights each time"
    state = sys.modules["user_net"].Net().state_dict()
    torch.save({"model": state}, tmp_path / "net.pt")
    options = ImportOptions(weights=tmp_path / "net.pt")
    first, second = load_model("user_net.py:Net", options), load_model("user_net.py:Net", options)
    assert first.sha256 == second.sha256 and to_text(first.graph) == to_text(second.graph)


@pytest.mark.usefixtures("source")
def test_samples_say_what_the_input_is() -> None:
    frames = load_model("user_net.py:Net", ImportOptions(data=Path("frames.npz")))
    assert (input_of(frames.graph).encoding, input_of(frames.graph).shape) == ("frames", (16,))
    events = load_model("user_net.py:events", ImportOptions(data=Path("events.npz")))
    layer = input_of(events.graph)
    assert (layer.encoding, layer.shape, layer.time_steps, layer.max_count) == ("events", (4,), 5, 2)
    assert events.notes == ("input: counts of 0..2, as in the data; other data may need --max-count",)
    more = load_model("user_net.py:events", ImportOptions(data=Path("events.npz"), max_count=7))
    assert input_of(more.graph).max_count == 7 and more.notes == ()


HINT = '(user_net.py:26: raise ValueError("no such width"))'
EVENTS_ALONE = (
    "model: tanh is not supported; replace it by a neuron (such as ASN or LIF) and train with that; "
    f"{supported()}"
)
REFUSED: dict[str, tuple[str, ImportOptions, str]] = {
    "no name": (
        "user_net.py",
        ImportOptions(),
        "user_net.py: what builds the module must be named, not the file alone: user_net.py:Net, for a class "
        "or function Net in it.",
    ),
    "nothing of that name": (
        "user_net.py:Gone",
        ImportOptions(),
        "user_net.py:Gone: the factory cannot be imported, or not be called without arguments: "
        "AttributeError: module 'user_net' has no attribute 'Gone'; it has Net, events, described, broken, "
        "Sums, data, ends",
    ),
    "nearly that name": (
        "user_net.py:net",
        ImportOptions(),
        "user_net.py:net: the factory cannot be imported, or not be called without arguments: "
        "AttributeError: module 'user_net' has no attribute 'net'; it has Net",
    ),
    "it wants data": (
        "user_net.py:data",
        ImportOptions(),
        "user_net.py:data: the factory cannot be imported, or not be called without arguments "
        "(user_net.py:36: return open('no_such_data.csv')): FileNotFoundError: [Errno 2] No such file or "
        "directory: 'no_such_data.csv'; put what reads arguments and data, and what trains, under if "
        "__name__ == '__main__':",
    ),
    "it ends the program": (
        "user_net.py:ends",
        ImportOptions(),
        "user_net.py:ends: the code must build the module and go on, not end the program "
        "(user_net.py:39: raise SystemExit(2)); put what reads arguments and data, and what trains, under if "
        "__name__ == '__main__':.",
    ),
    "it raises": (
        "user_net.py:broken",
        ImportOptions(),
        f"user_net.py:broken: the factory cannot be imported, or not be called without arguments {HINT}: "
        "ValueError: no such width",
    ),
    "of events alone": (
        "user_net.py:Sums",
        ImportOptions(data=Path("events.npz")),
        EVENTS_ALONE,
    ),
    "no module": (
        "user_net.py:Other",
        ImportOptions(),
        "user_net.py:Other: the factory must return a torch.nn.Module, not Other.",
    ),
    "unknown argument": (
        "user_net.py:Net",
        ImportOptions(arguments=(("width", "3"),)),
        "user_net.py:Net: the factory cannot be imported, or not be called with width=3: TypeError: "
        "Net.__init__() got an unexpected keyword argument 'width'",
    ),
    "said twice": (
        "user_net.py:described",
        ImportOptions(input_scale=0.25),
        "--input-scale: the option must be left out; user_net.py:described gives one (0.5).",
    ),
    "two factories": (
        "user_net.py:Net",
        ImportOptions(factory="nets:net"),
        "--model nets:net: the option must be left out; user_net.py:Net builds the module.",
    ),
    "time steps of neurons that know them": (
        "user_net.py:Net",
        ImportOptions(time_steps=9),
        "--time-steps 9: the option must be left out; the neurons of the module have 3.",
    ),
}


@pytest.mark.usefixtures("source")
@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_in_one_sentence(name: str) -> None:
    model, options, message = REFUSED[name]
    assert refusal(lambda: load_model(model, options)) == message
