"""benchmarks/pictures.py: small, the same each time; README.md and docs/benchmarks.md show what it writes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import asn2fpga
from benchmarks import pictures, readme_figures
from benchmarks.readme_figures import DIGITS, FIGURES

MOST_BYTES = 100_000


def test_cycles_are_those_of_the_file(tmp_path: Path) -> None:
    figures = json.loads(FIGURES.read_text())
    for name in ("a.svg", "b.svg"):
        pictures.cycles_picture(figures, tmp_path / name)
    text = (tmp_path / "a.svg").read_text()
    assert text == (tmp_path / "b.svg").read_text() and len(text) < MOST_BYTES
    for network in readme_figures.DENSE:
        for layer in figures[network]["layers"]:
            assert f">{layer['name']}</text>" in text
    figures["mnist"]["layers"][0]["cycles_per_inference"] *= 2
    pictures.cycles_picture(figures, tmp_path / "other.svg")
    assert (tmp_path / "other.svg").read_text() != text


def test_the_committed_pictures_are_small_and_shown() -> None:
    pages = readme_figures.README.read_text() + readme_figures.PAGE.read_text()
    for name in ("digits.svg", "benchmarks.svg"):
        text = (pictures.IMAGES / name).read_text()
        assert text.startswith("<?xml") and len(text) < MOST_BYTES and "fc1" in text
        assert f"images/{name})" in pages


@pytest.mark.slow
def test_the_picture_of_a_build(tmp_path: Path) -> None:
    model, data = (readme_figures.PROJECT / name for name in DIGITS)
    options = {"until": "cosim", "vectors": 20, "cocotb_vectors": 2, "quiet": True}
    build = asn2fpga.build(model, "pynq-z2", data, out=tmp_path / "digits", **options)
    pictures.build_picture(build, tmp_path / "digits.svg")
    text = (tmp_path / "digits.svg").read_text()
    assert len(text) < MOST_BYTES
    for word in ("Spikes of one inference in RTL", "encode_load", "waits for room", "predicted"):
        assert word in text, word
