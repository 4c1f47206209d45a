"""newsfragments/: names and kinds are those that towncrier knows, and nothing gets lost."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner
from fresh_machine import ROOT
from towncrier.build import _main as towncrier_build

FOLDER = ROOT / "newsfragments"
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["towncrier"]
KINDS = [kind["directory"] for kind in SETTINGS["type"]]
NAME = re.compile(rf"[a-z0-9][a-z0-9_-]*\.({'|'.join(KINDS)})\.md")


def fragments(folder: Path = FOLDER) -> list[Path]:
    return [path for path in sorted(folder.iterdir()) if path.name not in SETTINGS["ignore"]]


def complaint(name: str, text: str) -> str:
    """What is wrong with a fragment, or nothing."""
    if not NAME.fullmatch(name):
        return f"{name}: the name must be NAME.KIND.md with KIND one of {', '.join(KINDS)}"
    if not text.strip().endswith("."):
        return f"{name}: must end as a sentence"
    if re.search(r"^\s*([-*#]|\d+\.) ", text, re.MULTILINE):
        return f"{name}: must hold no list and no heading"
    return ""


def test_names_kinds_and_texts_are_valid() -> None:
    found = [complaint(path.name, path.read_text()) for path in fragments()]
    assert [text for text in found if text] == []


@pytest.mark.parametrize(
    ("name", "text", "wrong"),
    [
        ("a.feature.md", "A sentence.\n", ""),
        (
            "a.fix.md",
            "A sentence.",
            "the name must be NAME.KIND.md with KIND one of feature, change, bugfix, removal",
        ),
        (
            "A b.change.md",
            "A.",
            "the name must be NAME.KIND.md with KIND one of feature, change, bugfix, removal",
        ),
        (
            "a.change.rst",
            "A.",
            "the name must be NAME.KIND.md with KIND one of feature, change, bugfix, removal",
        ),
        ("a.change.md", "No sentence", "must end as a sentence"),
        ("a.bugfix.md", "- A list.", "must hold no list and no heading"),
    ],
)
def test_what_is_refused(name: str, text: str, wrong: str) -> None:
    assert complaint(name, text) == (wrong and f"{name}: {wrong}")


def test_towncrier_takes_every_fragment() -> None:
    done = CliRunner().invoke(
        towncrier_build,
        ["--draft", "--dir", str(ROOT), "--version", "0.0.0", "--date", "2000-01-01"],
        catch_exceptions=False,
    )
    assert done.exit_code == 0, done.output
    said = " ".join(done.output.split())
    assert "## 0.0.0 (2000-01-01)" in said
    assert [path.name for path in fragments() if " ".join(path.read_text().split()) not in said] == []
