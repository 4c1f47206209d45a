"""The pictures of report.html: all of them, the same every time, in the page's colours, with tables."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from report_figures import manifest

from asn2fpga.api.plots import Plots
from asn2fpga.figures.early_exit import EarlyExitFigures
from asn2fpga.figures.golden import ArousalFigures
from asn2fpga.report.html import render_html
from asn2fpga.report.metrics import build_report
from asn2fpga.report.pictures import accuracy
from asn2fpga.report.pictures.every import PICTURES, Finished, drawn_of, finished_pictures
from asn2fpga.report.pictures.kind import Drawn
from asn2fpga.report.pictures.style import THEME

Values = np.ndarray[Any, Any]


def golden_arrays(classes: int = 10) -> dict[str, Values]:
    random = np.random.default_rng(1)
    found: dict[str, Values] = {"layers": np.array(["encode", "fc1"])}
    for name, neurons in (("encode", 784), ("fc1", 128)):
        rates = random.random(neurons)
        rates[: neurons // 4] = 0
        found |= {f"{name}/rates": rates, f"{name}/saturated": (rates > 2).astype(float)}
        found[f"{name}/histogram"] = np.r_[np.array([70, 20, 6, 3, 1]), np.zeros(59, int)]
    found["held"] = np.array([["fc1", "sums"], ["fc1", "membranes"], ["fc2", "sums"]])
    found["held_bits"] = np.array([[11, 16, -700, 900], [14, 18, -8000, 120], [9, 15, -200, 255]])
    matrix = np.diag(np.full(classes, 9))
    matrix[1, 3] = 4
    return found | {"confusion_float": matrix, "confusion_integer": matrix + (np.arange(classes) == 2)}


def quantise_arrays() -> dict[str, Values]:
    found: dict[str, Values] = {
        "weights": np.array(["fc1", "fc2"]),
        "bits": np.array([[2, 0.7, 0.6], [4, 0.9, 0.9], [8, 1.0, 0.95]]),
        "processes": np.array(
            [["encode_load", "encode", "0"], ["fc1_fire", "fc1", "16"], ["fc2_out", "fc2", "10"]]
        ),
        "streams": np.array(
            [
                ["s_axis", "", "encode_load"],
                ["a", "encode_load", "fc1_fire"],
                ["b", "fc1_fire", "fc2_out"],
                ["skip", "encode_load", "fc2_out"],
                ["m_axis", "fc2_out", ""],
            ]
        ),
        "stream_sizes": np.array([[0, 0], [32, 12], [2, 128], [64, 9], [0, 0]]),
    }
    for name, bits in (("fc1", 8), ("fc2", 3)):
        limit = 2 ** (bits - 1) - 1
        found |= {
            f"weights/{name}/trained": np.arange(60),
            f"weights/{name}/edges": np.linspace(-limit, limit, 61),
            f"weights/{name}/values": np.arange(-limit, limit + 1),
            f"weights/{name}/often": np.full(2 * limit + 1, 3),
            f"weights/{name}/facts": np.array([bits, 1770, 1770]),
        }
    return found


def cosim_arrays() -> dict[str, Values]:
    events = np.stack([np.arange(40) * 3, np.zeros(40, int), np.arange(40), np.ones(40, int)], axis=1)
    shares = np.zeros((3, 50, 3), np.float32)
    shares[:, :25, 0] = shares[:, 25:, 1] = 1
    return {
        "layers": np.array(["encode", "fc1"]),
        "events/encode": events,
        "events/fc1": events[:10],
        "ends/encode": np.array([125]),
        "processes": np.array(["encode_load", "fc1_fire", "fc2_out"]),
        "shares": shares,
        "cycles": np.array([[70.0, 60.0, 0.0], [80.0, 40.0, 10.0], [20.5, 100.0, 0.0]]),
        "span": np.array([130, 130]),
        "latencies": np.array([130, 120, 125, 131]),
        "sent": np.array([50, 40, 45, 52]),
        "predicted_layers": np.array(["encode", "fc1", "fc2"]),
        "predicted": np.array([70.0, 82.0, 21.0]),
    }


EXITS: EarlyExitFigures = {
    "thresholds": [300, 1200, 1500],
    "mean_steps": 1.5,
    "used": [6000, 3000, 1000, 0],
    "accuracy_of_all_steps": 0.9555,
    "points": [
        {"factor": 0, "mean_steps": 1.0, "accuracy": 0.9},
        {"factor": 1, "mean_steps": 1.5, "accuracy": 0.95},
        {"factor": 4, "mean_steps": 3.75, "accuracy": 0.9555},
    ],
}


AROUSAL: ArousalFigures = {
    "samples": 1000,
    "precisions": [{"accuracy": 0.9, "rate": 0.02}, {"accuracy": 0.94, "rate": 0.2}],
    "margins": [
        {"accuracy": 0.93, "rate": 0.04, "margin": 120, "repeated": 0.1},
        {"accuracy": 0.94, "rate": 0.22, "margin": 1900, "repeated": 1.0},
    ],
}


def drawn(classes: int = 10) -> Drawn:
    report = build_report(manifest())
    report["accuracy"]["early_exit"] = EXITS
    report["accuracy"]["arousal"] = AROUSAL
    modules: Mapping[str, Any] = {
        "fc1_fire": {"lut": 800, "ff": 400, "bram36": 2, "dsp": 8, "uram": 0},
        "fifo": {"lut": 10, "ff": 4, "bram36": 0, "dsp": 0, "uram": 0},
    }
    return Drawn(report, quantise_arrays(), golden_arrays(classes), cosim_arrays(), modules)


@pytest.fixture(scope="module")
def finished() -> tuple[Finished, ...]:
    return finished_pictures(drawn())


def test_all_pictures_are_there(finished: tuple[Finished, ...]) -> None:
    assert [picture.name for picture in finished] == [picture.name for picture in PICTURES]
    assert len({picture.name for picture in PICTURES}) == len(PICTURES) >= 15


def test_an_early_exit_is_a_curve_with_its_table(finished: tuple[Finished, ...]) -> None:
    (picture,) = (picture for picture in finished if picture.name == "exits")
    assert picture.heads == ("thresholds times", "mean time steps", "accuracy")
    assert picture.rows == (("0", "1.00", "90.00 %"), ("1", "1.50", "95.00 %"), ("4", "3.75", "95.55 %"))
    assert "(300, 1,200, 1,500)" in picture.note
    assert "6,000 after 1, 3,000 after 2, 1,000 after 3, 0 after 4." in picture.note


def test_without_labels_or_early_exit_there_is_no_such_curve() -> None:
    for found in (None, EXITS | {"accuracy_of_all_steps": None}):
        one = drawn()
        one.report["accuracy"]["early_exit"] = found  # type: ignore[typeddict-item]
        assert "exits" not in [picture.name for picture in finished_pictures(one)]


def test_arousal_is_a_curve_with_its_table(finished: tuple[Finished, ...]) -> None:
    (picture,) = (picture for picture in finished if picture.name == "arousal")
    assert picture.heads == ("computed with", "repeated", "spikes", "accuracy")
    assert picture.rows == (
        ("precision 0 for all", "", "0.0200", "90.00 %"),
        ("precision 1 for all", "", "0.2000", "94.00 %"),
        ("margin 120", "10.00 %", "0.0400", "93.00 %"),
        ("margin 1,900", "100.00 %", "0.2200", "94.00 %"),
    )
    assert "again at precision 1. Golden model, 1,000 samples." in picture.note


def test_without_labels_or_precisions_there_is_no_curve_of_arousal() -> None:
    unlabelled = [one | {"accuracy": None} for one in AROUSAL["margins"]]
    for found in (None, AROUSAL | {"margins": unlabelled}, AROUSAL | {"margins": []}):
        one = drawn()
        one.report["accuracy"]["arousal"] = found  # type: ignore[typeddict-item]
        assert "arousal" not in [picture.name for picture in finished_pictures(one)]


def test_the_same_build_gives_the_same_bytes(finished: tuple[Finished, ...]) -> None:
    assert finished_pictures(drawn()) == finished


class Elements(HTMLParser):
    """Identifiers, tags and references of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.tags: list[str] = []
        self.labels: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        found = dict(attrs)
        if found.get("id"):
            self.ids.append(str(found["id"]))
        if tag == "svg":
            self.labels.append(str(found.get("aria-label")))


def test_a_page_is_one_small_file_that_screen_readers_can_read(finished: tuple[Finished, ...]) -> None:
    html = render_html(build_report(manifest()), finished)
    page = Elements(html)
    assert len(html.encode()) < 3_000_000
    assert len(page.ids) == len(set(page.ids))
    assert page.labels == [picture.title for picture in PICTURES]
    assert page.tags.count("details") == page.tags.count("figure") == len(PICTURES)
    assert not {"script", "image", "img", "iframe", "metadata", "link"} & set(page.tags)
    assert set(re.findall(r"url\(#([^)]+)\)", html)) <= set(page.ids)
    assert re.findall(r"https?://|@import|url\((?!#)|href=\"(?!#)", html) == []
    for picture in finished:
        assert picture.rows and all(len(row) == len(picture.heads) for row in picture.rows), picture.name


def test_every_colour_is_one_of_the_page(finished: tuple[Finished, ...]) -> None:
    """So that pictures follow dark mode: what is drawn black would not be seen there."""
    for picture in finished:
        bare = re.sub(r"var\(--\w+, #[0-9a-f]{6}\)", "", picture.svg)
        assert set(re.findall(r"#[0-9a-f]{6}\b", bare)) == set(), picture.name
        used = set(re.findall(r"var\(--(\w+),", picture.svg))
        assert used <= set(THEME.values()) and "text" in used


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_text_has_enough_contrast_in_both_modes() -> None:
    html = render_html(build_report(manifest()))
    modes = [
        dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", block)) for block in re.findall(r":root \{[^}]*\}", html)
    ]
    assert len(modes) == 2
    for mode in modes:
        for text in ("text", "faint", "passed", "failed", "skipped"):
            for ground in ("ground", "panel"):
                light, dark = sorted((luminance(mode[text]), luminance(mode[ground])), reverse=True)
                assert (light + 0.05) / (dark + 0.05) >= 4.5, (text, ground)


def test_names_of_layers_cannot_become_html() -> None:
    bad = "<script>alert(1)</script>&"
    kept = drawn()
    golden = {name.replace("fc1", bad): values for name, values in kept.golden.items()}
    golden["layers"] = np.array(["encode", bad])
    pictures = finished_pictures(replace(kept, golden=golden))
    html = render_html(kept.report, pictures)
    assert "<script" not in html and "alert(1)" in html


def test_of_many_classes_those_that_are_mixed_up_are_shown() -> None:
    found = accuracy.matrices(drawn(classes=100))
    shown = accuracy.shown_classes(found)
    assert len(shown) == accuracy.MOST_CLASSES and {1, 2, 3} <= set(shown.tolist())


def test_files_that_were_changed_are_not_drawn(tmp_path: Path) -> None:
    path = tmp_path / "state" / "pictures" / "golden.npz"
    path.parent.mkdir(parents=True)
    with path.open("wb") as stream:
        np.savez(stream, **golden_arrays())
    plain = manifest()
    name = "state/pictures/golden.npz"
    plain["stages"]["golden"]["products"] = {name: hashlib.sha256(path.read_bytes()).hexdigest()}
    report = build_report(plain)
    assert drawn_of(tmp_path, plain, report).golden.keys() == golden_arrays().keys()
    path.write_bytes(path.read_bytes() + b"x")
    assert drawn_of(tmp_path, plain, report).golden == {}
    path.unlink()
    assert drawn_of(tmp_path, plain, report).golden == {}


def test_every_picture_of_the_report_is_a_plot_of_a_build() -> None:
    assert {picture.name for picture in PICTURES} <= set(dir(Plots))
