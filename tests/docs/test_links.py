"""All relative links and anchors of all Markdown files lead somewhere, and so do names of pages in code."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

import pytest
from docs_tools import anchors, code_spans, links, pages
from fresh_machine import ROOT

PAGES = pages()
NAME_OF_A_PAGE = re.compile(r"(?:docs|notebooks|examples|newsfragments)/(?:(?!NAME)[\w./-])+\.(?:md|ipynb)")


def test_links_lead_somewhere() -> None:
    found = {page: [problem(page, target) for target in links((ROOT / page).read_text())] for page in PAGES}
    assert {
        str(page): [one for one in problems if one] for page, problems in found.items() if any(problems)
    } == {}


def test_named_pages_exist() -> None:
    found = {}
    for page in (page for page in PAGES if page.parts[0] != "newsfragments"):
        named = [span for span in code_spans((ROOT / page).read_text()) if NAME_OF_A_PAGE.fullmatch(span)]
        found[str(page)] = [name for name in named if not (ROOT / name).is_file()]
    assert {page: names for page, names in found.items() if names} == {}


def problem(page: Path, target: str) -> str:
    """What is wrong with a link, or nothing. Addresses of the web are not asked."""
    if re.match(r"[a-z]+:", target):
        return ""
    name, _, anchor = target.partition("#")
    path = page if not name else Path(posixpath.normpath((page.parent / name).as_posix()))
    if not (ROOT / path).exists():
        return f"{path} does not exist"
    if anchor and anchor not in anchors((ROOT / path).read_text()):
        return f"{path} has no heading #{anchor}"
    return ""


@pytest.mark.parametrize(
    ("target", "found"),
    [
        ("docs/commands.md", ""),
        ("docs/commands.md#exit-status", ""),
        ("docs/nowhere.md", "docs/nowhere.md does not exist"),
        ("docs/commands.md#nothing", "docs/commands.md has no heading #nothing"),
        ("#limits", ""),
        ("https://neuroir.org", ""),
    ],
)
def test_a_broken_link_is_noticed(target: str, found: str) -> None:
    assert problem(Path("README.md"), target) == found


def test_links_in_code_are_none() -> None:
    text = "A [link](a.md), `[no](b.md)`.\n\n    [no](c.md)\n\n```text\n[no](d.md)\n```\n![picture](e.svg)\n"
    assert links(text) == ["a.md", "e.svg"]


def test_headings_become_anchors() -> None:
    assert anchors("# A `b`: c, d\n\n## Twice\n\n## Twice\n") == {"a-b-c-d", "twice", "twice-1"}
