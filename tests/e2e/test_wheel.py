"""The wheel holds everything: installed alone in an empty environment elsewhere, a build runs from it."""

from __future__ import annotations

import json
import os
import site
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built in this environment (no network)."""
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    (path,) = out.glob("*.whl")
    return path


def test_wheel_holds_the_data_folders(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("templates", "hw", "boards"):
        files = [
            path for path in (ROOT / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts
        ]
        assert files
        for path in files:
            assert f"asn2fpga/_data/{path.relative_to(ROOT).as_posix()}" in names
    assert "asn2fpga/py.typed" in names


def test_installed_wheel_builds(wheel: Path, model_file: Path, tmp_path: Path) -> None:
    """An environment with the wheel alone; dependencies come by path, the source tree does not."""
    home = tmp_path / "environment"
    venv.create(home, with_pip=False, symlinks=True)
    packages = next((home / "lib").glob("python*")) / "site-packages"
    zipfile.ZipFile(wheel).extractall(packages)
    python = home / "bin" / "python"
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    # Paths, but not their .pth files: an editable install of the source tree must not be seen.
    environment["PYTHONPATH"] = os.pathsep.join(site.getsitepackages())

    where = [
        str(python),
        "-c",
        "import asn2fpga, asn2fpga.resources as r; print(asn2fpga.__file__, r.boards_dir())",
    ]
    found = subprocess.run(where, cwd=tmp_path, env=environment, check=True, capture_output=True, text=True)
    assert str(packages) in found.stdout and str(ROOT) not in found.stdout

    command = [str(python), "-m", "asn2fpga", "build", str(model_file), "--board", "pynq-z2", "--out", "out"]
    subprocess.run(
        [*command, "--until", "csim", "--vectors", "20"],
        cwd=tmp_path,
        env=environment,
        check=True,
        capture_output=True,
    )
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert report["csim"]["mismatches"] == 0
