"""Options that name layers: layers that there are, and a network that has what they are about."""

from __future__ import annotations

import re

import pytest

from asn2fpga.errors import InputError
from asn2fpga.stages.load import check_layers


def test_a_layer_that_is_none_of_them() -> None:
    message = "form: the layer must be one of conv1, conv2, not 'cnov1'; did you mean 'conv1'?"
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        check_layers("form", {"cnov1": "frame"}, ["conv1", "conv2"], "maps")


@pytest.mark.parametrize("value", ["frame", {"fc1": "frame"}])
def test_a_network_without_what_the_option_is_about(value: object) -> None:
    message = "form: the network must have maps, not none; leave it out."
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        check_layers("form", value, [], "maps")  # type: ignore[arg-type]


def test_what_is_not_said_needs_nothing() -> None:
    check_layers("form", None, [], "maps")
    check_layers("pixels", 2, ["conv1"], "maps of several columns")
