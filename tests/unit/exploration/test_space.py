"""What may be chosen of a network, and the configuration that it makes."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from hand_graphs import inputs_of, linear, net, neuron, scores, x
from torch import nn

from asn2fpga.config import OPTIMISE, Config
from asn2fpga.exploration.space import Space, space_of
from asn2fpga.graph.graph import Graph
from asn2fpga.loader.save import convert
from asn2fpga.nn import ASN
from asn2fpga.passes.prepare import prepare
from asn2fpga.quantise.network import network_of
from asn2fpga.stages.quantise import quantised_of

NET = net(x(time_steps=2), linear("fc1", "x"), neuron("n", "fc1"), linear("fc2", "n"), scores("fc2"))

PLAIN = Config()


class First:
    """Proposes the value of a name that is given, else the first one."""

    def __init__(self, **wanted: Any) -> None:
        self.wanted = wanted
        self.asked: list[str] = []

    def suggest_int(self, name: str, low: int, high: int) -> int:
        self.asked.append(name)
        return int(self.wanted.get(name, low))

    def suggest_categorical(self, name: str, choices: Any) -> Any:
        self.asked.append(name)
        return self.wanted.get(name, choices[0])


def space(graph: Graph = NET, base: Config = PLAIN, given: tuple[str, ...] = ()) -> Space:
    prepared = prepare(graph)
    data = inputs_of(prepared) if graph is NET else np.ones((4, 1, 6, 6), np.uint8)
    quantised = quantised_of(base, prepared, None, data).quantised
    names = tuple(synapse.name for synapse in network_of(prepared).synapses)
    states = [one.state_frac_bits for one in quantised.decisions.states]
    return space_of(quantised.graph, names, max(states, default=None), base, given, 100.0, 40.0)


def values(found: Space) -> dict[str, tuple[Any, ...]]:
    return {one.name: one.values for one in found.parameters}


def test_parameters_of_a_network_with_membranes() -> None:
    found = values(space())
    assert found["weight_bits fc1"] == found["weight_bits fc2"] == (2, 3, 4, 5, 6, 7, 8)
    assert found["state_frac_bits"][-1] is None and found["state_frac_bits"][:2] == (0, 1)
    assert found["clock_mhz"] == (50.0, 62.5, 75.0, 87.5, 100.0, 112.5, 125.0, 150.0)
    assert found["folding"] == ("goal", "rate", "given") and found["optimise"] == OPTIMISE
    assert found["lanes fc1"] == (1, 2, 4)
    assert not [name for name in found if name.startswith("pixels")]


def test_maps_have_pixels() -> None:
    torch.manual_seed(1)
    module = nn.Sequential(nn.Conv2d(1, 3, 3), ASN(levels=4), nn.Flatten(), nn.Linear(48, 2))
    graph = convert(module, "maps", torch.ones(1, 1, 6, 6)).graph
    found = values(space(graph))
    assert "state_frac_bits" not in found
    assert [name for name in found if name.startswith("pixels")]
    assert all(len(found[name]) > 1 for name in found if name.startswith(("pixels", "lanes")))


def test_what_is_given_is_not_explored() -> None:
    base = Config(weight_bits=4, optimise="area", clock_mhz=80.0, state_frac_bits=3)
    given = ("weight_bits", "optimise", "clock_mhz", "state_frac_bits")
    found = space(base=base, given=given)
    assert found.parameters == () and found.propose(First()) == base
    assert list(found.first()) == [{}]


def test_a_given_form_leaves_the_lanes_to_be_explored() -> None:
    found = values(space(base=Config(form="gather", map_order="steps"), given=("form", "map_order")))
    assert {"folding", "optimise", "lanes fc1"} <= found.keys()


def test_the_default_design_is_that_of_a_build() -> None:
    found = space()
    config = found.default_config
    assert config == Config(weight_bits={"fc1": 8, "fc2": 8}, clock_mhz=100.0)
    assert found.propose(First(**found.default())) == config
    goals = [found.propose(First(**chosen)).optimise for chosen in found.first()]
    assert goals == ["balance", "interval", "latency", "area", "energy"]


def test_each_folding_asks_for_its_own_parameters() -> None:
    found, given = space(), First(folding="given", **{"lanes fc1": 1})
    config = found.propose(given)
    assert config.lanes is not None and not isinstance(config.lanes, int)
    assert config.lanes["fc1"] == 2 and (config.budget, config.target_fps) == (None, None)
    assert not {"optimise", "budget", "interval"} & set(given.asked)
    rate = First(folding="rate", interval=2, clock_mhz=0)
    config = found.propose(rate)
    assert config.target_fps == 625000.0 and config.lanes is None  # 40 cycles x 2 at 50 MHz


def test_without_an_interval_there_is_no_rate() -> None:
    found = space_of(net(*NET.layers[:1]), (), None, Config(), (), 100.0, None)
    assert values(found)["folding"] == ("goal",)
    assert max(values(found)["clock_mhz"]) == 150.0
    assert max(values(space_of(net(), (), None, Config(), (), 400.0, None))["clock_mhz"]) == 500.0


def test_a_board_that_is_faster_than_any_clock_that_can_be_asked_for() -> None:
    found = space_of(net(), (), None, Config(), (), 600.0, 40.0)
    assert values(found)["clock_mhz"] == (300.0, 375.0, 450.0, 600.0)
    assert found.default_config.clock_mhz is None
    assert found.propose(First(**found.default())) == found.default_config
    rate = found.propose(First(folding="rate", interval=2, clock_mhz=3))
    assert (rate.clock_mhz, rate.target_fps) == (None, 7.5e6)  # 40 cycles x 2 at 600 MHz
    assert values(space_of(net(), (), None, Config(), (), 1200.0, None))["clock_mhz"] == (1200.0,)
