"""The site has every page, and its converters say what the sources say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from docs_tools import blocks
from fresh_machine import ROOT

from tools.docs.__main__ import main
from tools.docs.docstrings import rest_of
from tools.docs.source import page_files

INDEX = ROOT / "docs" / "index.md"


def listed() -> set[str]:
    """Pages of the toctrees of docs/index.md, from the root of the repository, without their endings."""
    found: set[str] = set()
    for block in blocks(INDEX.read_text()):
        if block.language == "{toctree}":
            entries = [line for line in block.text.splitlines() if line and not line.startswith(":")]
            for entry in entries:
                place = entry.removeprefix("/") if entry.startswith("/") else f"docs/{entry}"
                globbed = [
                    path.relative_to(ROOT).with_suffix("").as_posix() for path in ROOT.glob(f"{place}.md")
                ]
                found |= set(globbed) if "*" in entry else {place}
    return found


def test_every_page_is_in_the_list_and_every_line_is_a_page() -> None:
    pages = {path.with_suffix("").as_posix() for path in page_files() if path.suffix in (".md", ".ipynb")}
    assert listed() == pages - {"docs/index"}, "a new page gets its line in docs/index.md"


@pytest.mark.slow
def test_the_site_is_made_without_a_warning(tmp_path: Path) -> None:
    """Notebooks are executed by tests of their own; broken links and docstrings fail here."""
    assert main(["--without-outputs", "--out", str(tmp_path / "site")]) == 0
    page = (tmp_path / "site" / "docs" / "reference" / "api.html").read_text()
    assert "asn2fpga.build" in page and "model_or_file" in page
    first = (tmp_path / "site" / "docs" / "limits.html").read_text()
    assert re.search(r'<a [^>]*href="spec/maps.html"[^>]*><code', first)
    loaded = [
        address
        for path in (tmp_path / "site").rglob("*.html")
        for address in re.findall(r'<(?:script|link)[^>]* (?:src|href)="(https?:[^"]+)"', path.read_text())
    ]
    assert loaded == []


def test_docstrings_become_restructured_text() -> None:
    lines = [
        "Write `module` *now*, with x_ and a|b.",
        "",
        "data: a file, (N, *shape);",
        "  more of it. until: the end.",
        "quiet: nothing.",
        "Raises an error, or",
        "none.",
        "",
        "    U = H + X",
    ]
    assert rest_of(lines) == [
        r"Write ``module`` \*now\*, with x\_ and a\|b.",
        "",
        r"- ``data``: a file, (N, \*shape);",
        "  more of it. until: the end.",
        "- ``quiet``: nothing.",
        "",
        "Raises an error, or",
        "none.",
        "",
        "::",
        "",
        "    U = H + X",
        "",
    ]
