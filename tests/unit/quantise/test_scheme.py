"""What a scheme may be, and what it says of anything else."""

from __future__ import annotations

from typing import Any

import pytest

from asn2fpga.errors import InputError
from asn2fpga.quantise.scheme import Scheme


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"weight_bits": 1}, "scheme: weight_bits must be an integer 2..8, not 1."),
        ({"weight_bits": 9}, "scheme: weight_bits must be an integer 2..8, not 9."),
        ({"weight_bits": True}, "scheme: weight_bits must be an integer 2..8, not True."),
        ({"weight_bits": 4.0}, "scheme: weight_bits must be an integer 2..8, not 4.0."),
        ({"weight_bits": {"fc1": 16}}, "fc1: weight_bits must be an integer 2..8, not 16."),
        (
            {"scale_method": "best"},
            "scheme: scale_method must be one of auto, maxabs, mse, calibrated, clipped, compensated, "
            "not 'best'.",
        ),
        (
            {"alpha_snap": "round"},
            "scheme: alpha_snap must be one of auto, floor, nearest, ceil, exact, not 'round'.",
        ),
        ({"alpha_frac_bits": 9}, "scheme: alpha_frac_bits must be an integer 1..8, not 9."),
        ({"state_frac_bits": -1}, "scheme: state_frac_bits must be an integer 0..16, not -1."),
    ],
)
def test_a_scheme_out_of_range_is_refused(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as error:
        Scheme(**fields)
    assert str(error.value) == message


def test_bits_are_one_number_or_one_a_layer() -> None:
    assert Scheme(weight_bits=4).bits_of("fc1") == 4
    mixed = Scheme(weight_bits={"fc1": 3})
    assert (mixed.bits_of("fc1"), mixed.bits_of("fc2")) == (3, 8)


def test_bits_of_an_unknown_layer_are_refused() -> None:
    with pytest.raises(InputError) as error:
        Scheme(weight_bits={"fc3": 4}).check_layers(["fc1", "fc2"])
    assert str(error.value) == "scheme: weight_bits must name one of fc1, fc2, not 'fc3'."
    Scheme(weight_bits=4).check_layers(["fc1"])
