"""What neurons that send changes must be."""

from __future__ import annotations

import pytest
import torch
from broken_graphs import changed
from torch import nn

from asn2fpga.errors import RuleError
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.rules import check
from asn2fpga.loader.save import convert
from asn2fpga.nn import SigmaDelta, TimeSum

STEPS = 3
RESET = "layer_1: neurons that send changes must have neither a reset nor a lower bound"
OTHERS = "layer_1: neurons that send changes must have neither a refractory time nor a synaptic current"


def changes(**fields: object) -> Graph:
    """A network whose neurons send changes, but for these fields."""
    network = nn.Sequential(
        nn.Linear(4, 3, bias=False), SigmaDelta(time_steps=STEPS), nn.Linear(3, 2, bias=False), TimeSum()
    )
    example = torch.zeros(STEPS, 1, 4)
    graph = convert(network, "net", encoding="events", max_count=3, example_input=example).graph
    return changed(graph, "layer_1", **{f"semantics__{name}": value for name, value in fields.items()})


def test_sigma_delta_neurons_obey_all_rules() -> None:
    check(changes())


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"reset": "soft"}, RESET),
        ({"floor": 0.0}, RESET),
        ({"beta": 0.5}, "layer_1: beta of neurons that send changes must be 1, not 0.5"),
        ({"refractory": 1}, OTHERS),
        ({"synaptic_beta": 0.5}, OTHERS),
    ],
)
def test_what_loses_a_part_of_the_sum_is_refused(fields: dict[str, object], message: str) -> None:
    with pytest.raises(RuleError) as caught:
        check(changes(**fields))
    assert str(caught.value).splitlines()[0] == f"{message}."
