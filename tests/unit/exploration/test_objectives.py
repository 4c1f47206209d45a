"""What designs are compared by: names, units, limits."""

from __future__ import annotations

import math
import re

import pytest
from exploring import AVAILABLE, figures

from asn2fpga.errors import InputError
from asn2fpga.exploration.objectives import OBJECTIVES, parse_limits, parse_objectives

KNOWN = "latency, interval, lut, ff, bram36, dsp, energy, accuracy, agreement"


def test_values() -> None:
    found = figures(clock_mhz=50.0)
    values = {name: one.value(found) for name, one in OBJECTIVES.items()}
    assert values == {
        "latency": 4.0,
        "interval": 2.0,
        "lut": 500.0,
        "ff": 600.0,
        "bram36": 1.0,
        "dsp": 2.0,
        "energy": 0.5,
        "accuracy": 0.9,
        "agreement": 0.95,
    }
    assert [one.name for one in OBJECTIVES.values() if one.maximise] == ["accuracy", "agreement"]
    assert OBJECTIVES["accuracy"].text(0.9) == "90.00 %" and OBJECTIVES["lut"].text(1234.0) == "1,234"


def test_names_as_text_or_list() -> None:
    assert [one.name for one in parse_objectives("lut, energy")] == ["lut", "energy"]
    assert parse_objectives(["lut"]) == (OBJECTIVES["lut"],)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("", f"--objective: one at least of {KNOWN} must be given, not none."),
        ("luts", f"--objective: the value must be one of {KNOWN}, not 'luts'; did you mean 'lut'?"),
        ("speed", f"--objective: the value must be one of {KNOWN}, not 'speed'."),
        ("lut,dsp,lut", "--objective: lut must be given once, not 2 times."),
    ],
)
def test_wrong_objectives(given: str, message: str) -> None:
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        parse_objectives(given)


def test_limits_are_shares_of_the_board_or_values() -> None:
    lut, latency, accuracy = parse_limits("lut=0.4,latency=1.6,accuracy=0.95")
    found = figures()
    assert lut.measure(found, AVAILABLE) == 0.5
    assert lut.excess(found, AVAILABLE) == pytest.approx(0.25)
    assert latency.excess(found, AVAILABLE) == pytest.approx(0.25)
    assert accuracy.excess(found, AVAILABLE) == pytest.approx(0.05 / 0.95)
    assert accuracy.excess(figures(accuracy=0.99), AVAILABLE) < 0
    assert accuracy.excess(figures(accuracy=None), AVAILABLE) == math.inf
    assert parse_limits({"lut": 0.4})[0] == lut and parse_limits(None) == ()
    assert lut.shown(0.4) == "40.00 % of the board" and latency.shown(1.6) == "1.6 us"


def test_a_resource_that_the_board_has_not() -> None:
    (limit,) = parse_limits("bram36=0.5")
    nothing = type(AVAILABLE)(lut=1, ff=1, bram36=0, dsp=1, uram=0)
    assert limit.measure(figures(), nothing) == math.inf
    assert limit.measure(figures(bram36=0.0), nothing) == 0.0


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("lut", "--limit: an entry must be written FIGURE=VALUE, not 'lut'."),
        ("luts=0.5", f"--limit: the figure must be one of {KNOWN}, not 'luts'; did you mean 'lut'?"),
        ("lut=2", "--limit: lut must be a share above 0 and at most 1, not '2'."),
        ("accuracy=95", "--limit: accuracy must be a share above 0 and at most 1, not '95'."),
        ("latency=soon", "--limit: latency must be a number of us above 0, not 'soon'."),
        ("lut=0.5,lut=0.4", "--limit: lut must be given once, not 2 times."),
    ],
)
def test_wrong_limits(given: str, message: str) -> None:
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        parse_limits(given)
