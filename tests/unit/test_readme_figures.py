"""README.md and docs/benchmarks.md show benchmarks/readme_figures.json, and that is what builds give."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import readme_figures
from benchmarks.readme_figures import (
    BEGIN,
    END,
    FIGURES,
    PAGE,
    README,
    aligned,
    chosen,
    convolutions_of,
    peers_of,
    run,
    short_of,
    text_of,
    with_figures,
)


def test_the_texts_are_made_from_the_file() -> None:
    figures = json.loads(FIGURES.read_text())
    made = {README: [short_of(figures)], PAGE: [text_of(figures), convolutions_of(figures)]}
    for page, texts in made.items():
        text = page.read_text()
        assert with_figures(text, *texts) == text, page.name


def test_every_text_has_its_marks() -> None:
    page = f"a\n{BEGIN}\nold\n{END}\nb\n{BEGIN}\n{END}\nc\n"
    assert with_figures(page, "one\n", "two\n") == f"a\n{BEGIN}\none\n{END}\nb\n{BEGIN}\ntwo\n{END}\nc\n"
    with pytest.raises(ValueError, match=r"^1 texts were made and the page has marks for 2$"):
        with_figures(page, "one\n")


def test_the_file_is_what_the_golden_model_gives(tmp_path: Path) -> None:
    """Accuracy, lanes and operations: what is known before there is hardware."""
    model, data = readme_figures.DIGITS
    out = tmp_path / "digits"
    run("build", model, "--board", "pynq-z2", "--data", data, "--out", str(out), "--until", "golden")
    found = chosen(json.loads((out / "report.json").read_text()))
    kept = json.loads(FIGURES.read_text())["digits"]
    for key in ("float", "integer", "accumulates_per_inference", "dense_macs_per_inference"):
        assert found[key] == kept[key], key
    assert [row["lanes"] for row in found["layers"]] == [row["lanes"] for row in kept["layers"]]


@pytest.mark.slow
def test_the_file_is_what_a_build_gives(tmp_path: Path) -> None:
    found = readme_figures.build(*readme_figures.DIGITS, tmp_path / "digits")
    kept = json.loads(FIGURES.read_text())["digits"]
    assert found | {"seconds": 0} == kept | {"seconds": 0}


def test_the_peers_stand_beside_the_stored_figures() -> None:
    stored = {
        "summary": [["verdict", "fits"], ["core latency", "12.5 ± 0.1 cycles = 0.12 us"]],
        "resources": {"lut": 1234, "ff": 56, "bram36": 7.5, "dsp": 0},
        "integer": 0.9,
    }
    assert peers_of(stored).splitlines() == [
        "    accelerator         accuracy  cycles per inference    LUT     FF  BRAM36  DSP",
        "    asn2fpga             90.00 %            12.5 ± 0.1  1,234     56     7.5    0",
        "    Spiker+, measured          -                92,566  5,681  2,345       -    -",
        "    Spiker+, published   93.85 %                78,400      -      -       -    -",
        "",
        "    asn2fpga            T = 1, NASN; this build, with its weights",
        "    Spiker+, measured   T = 100; generated and simulated by us with open tools; "
        "without weight ROMs, and 2,115 latches more",
        "    Spiker+, published  T = 100; by its authors",
    ]


def test_columns_stand_below_each_other() -> None:
    assert aligned([["a", "b"], ["long", "c"]]) == ["a     b", "long  c"]
    assert aligned([["a", "b", "c"], ["long", "12", "345"]]) == ["a      b    c", "long  12  345"]
