"""docs/a-new-kind.md: its files, taken out of the page, are a package that adds a kind; RTL equals golden."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "a-new-kind.md"
FILES = ("permute/module.py", "permute/kind.py", "permute/reordered.h", "pyproject.toml", "test_permute.py")


def files_of_the_page() -> dict[str, str]:
    found = re.finditer(r"^```\w+ (\S+)\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    return {match[1]: match[2] for match in found}


def install(folder: Path, files: dict[str, str]) -> None:
    """As pip does: the files, and the entry point of pyproject.toml beside them."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (folder / "permute" / "__init__.py").touch()
    entry = re.search(r'entry-points\."([\w.]+)"\]\n(\w+) = "(\S+)"', files["pyproject.toml"])
    assert entry is not None
    about = folder / "permute-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: permute\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(f"[{entry[1]}]\n{entry[2]} = {entry[3]}\n")


@pytest.mark.slow
def test_the_page_adds_a_kind_in_five_files(tmp_path: Path) -> None:
    files = files_of_the_page()
    assert tuple(files) == FILES
    install(tmp_path, files)
    out = tmp_path / "out"
    out.mkdir()
    environment = os.environ | {"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}
    command = [sys.executable, "test_permute.py", str(out)]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:] + done.stdout[-3000:]
    report = json.loads((out / "build" / "report.json").read_text())
    layers = {layer["name"]: layer for layer in report["layers"]}
    assert layers["layer_3"]["kind"] == "Reordered, Graded"
    assert layers["layer_3"]["accumulates_per_inference"] > 2
    assert layers["layer_3"]["cycles_per_inference"] >= layers["layer_3"]["lower_bound_cycles"]
    assert report["cosim"]["mismatches"] == report["csim"]["mismatches"] == 0
    assert report["cosim"]["spikes_compared"] > 5_000
    assert (out / "build" / "hls" / "kernels" / "permute" / "reordered.h").is_file()
