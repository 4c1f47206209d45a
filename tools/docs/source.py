"""The folder that Sphinx reads: this repository as it lies, but for notebooks, which have been executed.

Pages keep their places, so a link that works on a Git host works in the site.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LINKED = ("asn2fpga", "benchmarks", "boards", "docs", "examples", "hw", "newsfragments", "templates", "tests", "tools")
COPIED = ("CHANGELOG.md", "CITATION.cff", "CONTRIBUTING.md", "LICENSE", "Makefile", "README.md", "pyproject.toml")
NOTEBOOKS = ROOT / "notebooks"


def make_source(folder: Path, executed: Mapping[str, Path]) -> None:
    """Fill `folder` with links to this repository; executed: notebooks by name, in place of those kept here."""
    (folder / "notebooks").mkdir(parents=True, exist_ok=True)
    for name in (*LINKED, *COPIED):
        _link(folder / name, ROOT / name)
    for path in sorted(NOTEBOOKS.iterdir()):
        if path.is_file():
            _link(folder / "notebooks" / path.name, executed.get(path.name, path))


def _link(place: Path, target: Path) -> None:
    place.unlink(missing_ok=True)
    if target.exists():
        place.symlink_to(target.resolve())
