"""docs/spec/neurons.md names every parameter with the default and range that the code has."""

from __future__ import annotations

import inspect
from pathlib import Path

from torch import nn

from asn2fpga.graph.limits import MAX_ALPHA, MAX_LEVELS, MAX_TIME_STEPS
from asn2fpga.loader.semantics import CONVENTIONS
from asn2fpga.nn import ASN, IF, ILIF, LIF, NASN, PLIF, AdaptiveNeuron, CubaLIF
from asn2fpga.nn.lif import LeakOptions, NeuronOptions

PAGE = (Path(__file__).parents[3] / "docs" / "spec" / "neurons.md").read_text()
RANGES = {
    "levels": f"1..{MAX_LEVELS}",
    "alpha": f"{-MAX_ALPHA:g}..{MAX_ALPHA:g}",
    "beta": "0..1",
    "time_steps": f"1..{MAX_TIME_STEPS}",
}


def rows(heading: str) -> dict[str, list[str]]:
    """The table under a heading: name -> the cells behind it."""
    lines = PAGE.split(f"### {heading}\n")[1].split("##")[0].splitlines()
    found = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| `")
    ]
    return {row[0].strip("`"): row[1:] for row in found}


def table() -> dict[str, list[str]]:
    """Name -> defaults of ASN, NASN and ILIF, range."""
    return {name: row[:4] for name, row in rows("Parameters").items()}


def defaults(kind: type[nn.Module]) -> dict[str, str]:
    parameters = inspect.signature(kind).parameters
    return {name: str(parameter.default) for name, parameter in parameters.items()}


def test_every_parameter_is_in_the_table() -> None:
    assert set(table()) == set(defaults(NASN))


def test_defaults() -> None:
    for column, kind in enumerate((ASN, NASN, ILIF)):
        for name, value in defaults(kind).items():
            assert table()[name][column] == value.replace("None", "D"), f"{kind.__name__}.{name}"
        missing = set(table()) - set(defaults(kind))
        assert all(table()[name][column] in ("-", "always 0") for name in missing)


def test_ranges() -> None:
    assert {name: table()[name][3] for name in RANGES} == RANGES


def test_every_parameter_of_lif_with_its_default() -> None:
    assert {name: row[0] for name, row in rows("Parameters of LIF").items()} == defaults(LIF)


def test_ranges_of_lif() -> None:
    wanted = {name: RANGES[name] for name in ("levels", "beta", "time_steps")}
    assert {name: rows("Parameters of LIF")[name][1] for name in wanted} == wanted


def test_every_parameter_of_adaptive_neurons_with_its_default() -> None:
    found = {name: row[0] for name, row in rows("Parameters of AdaptiveNeuron").items()}
    assert found | {"channels": defaults(AdaptiveNeuron)["channels"]} == defaults(AdaptiveNeuron)


def test_the_family_takes_the_keywords_of_lif() -> None:
    assert {"beta", *LeakOptions.__annotations__} == set(defaults(LIF))
    assert set(LeakOptions.__annotations__) - set(NeuronOptions.__annotations__) == {"learn_beta"}
    assert [list(defaults(kind)) for kind in (IF, PLIF, CubaLIF)] == [
        ["options"],
        ["beta", "options"],
        ["alpha", "beta", "options"],
    ]


def test_sources() -> None:
    for kind, convention in CONVENTIONS.items():
        source = convention.source.split(";")[0]
        assert f"| `{kind.__name__}` | {source}" in PAGE
