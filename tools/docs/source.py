"""The folder that Sphinx reads: pages and pictures of this repository in their places, notebooks executed.

A link that works on a Git host works in the site, because every page keeps its place.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = ROOT / "notebooks"
PAGES = (
    "docs/**/*.md",
    "docs/images/*",
    "notebooks/README.md",
    "notebooks/*.ipynb",
    "examples/README.md",
    "newsfragments/README.md",
    "asn2fpga/engine/README.md",
    "benchmarks/hls/README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
)
"""What the site is made of, by patterns from the root of the repository."""


def page_files() -> Iterator[Path]:
    """Every file of the site, relative to the root of the repository."""
    for pattern in PAGES:
        yield from (path.relative_to(ROOT) for path in sorted(ROOT.glob(pattern)))


def make_source(folder: Path, executed: Mapping[str, Path]) -> None:
    """Fill `folder` anew. executed: notebooks by name, in place of those kept here without outputs."""
    shutil.rmtree(folder, ignore_errors=True)
    for path in page_files():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(executed.get(path.name, ROOT / path), place)
