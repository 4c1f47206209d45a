"""The demo in a fresh environment for each Python here, with the newest and the oldest packages allowed.

    python tools/versions.py [PYTHON ...] [--only newest|oldest] [--constraint FILE]

Newest: what pip takes by itself. Oldest: every package at the minimum that pyproject.toml names, or the
oldest version that has wheels for that Python.
A package that a --constraint file pins keeps that version in both, for example a PyTorch without CUDA.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHONS = ("python3.11", "python3.12", "python3.13", "python3.14")
KINDS = ("newest", "oldest")
DEMO = ("examples/digits.pt", "--board", "pynq-z2", "--data", "examples/digits_test.npz")
SHOWN = ("numpy", "torch", "scikit-learn", "jinja2", "rich")
# Where the minimum of pyproject.toml has no wheels for a Python, the oldest version that has.
OLDEST_WHEELS: Mapping[str, Mapping[str, str]] = {
    "3.13": {"torch": "2.6.0", "numpy": "2.1.0", "scikit-learn": "1.5.2", "h5py": "3.12.1"},
    "3.14": {
        "torch": "2.9.0",
        "numpy": "2.3.2",
        "scikit-learn": "1.7.2",
        "h5py": "3.15.1",
        "matplotlib": "3.10.5",
    },
}


@dataclass(frozen=True)
class Run:
    """One environment and what became of the demo in it; `failed` is the last of its output, or empty."""

    python: str
    kind: str
    packages: str
    install_seconds: float
    demo_seconds: float
    failed: str


def oldest(dependencies: Iterable[str], python_version: str) -> list[str]:
    """`name==minimum` for each dependency, or the oldest version with wheels for this Python (`3.12`).

    Raises ValueError for a dependency that is not `name>=version` or `name==version`.
    """
    with_wheels = OLDEST_WHEELS.get(python_version, {})
    minimums = dict(_minimum(text) for text in dependencies)
    return [f"{name}=={with_wheels.get(name, version)}" for name, version in minimums.items()]


def _minimum(dependency: str) -> tuple[str, str]:
    found = re.fullmatch(r"([\w.-]+)(?:>=|==)([\w.]+)", dependency)
    if not found:
        raise ValueError(f"pyproject.toml: dependency must be name>=version, not {dependency!r}")
    return found[1], found[2]


def constraints(
    kind: str, dependencies: Iterable[str], python_version: str, pinned: Sequence[str]
) -> list[str]:
    """Lines of pip's constraint file of one run: `pinned` first, and nothing else about what it pins."""
    names = {_name(line) for line in pinned}
    pins = oldest(dependencies, python_version) if kind == "oldest" else []
    return [*pinned, *(pin for pin in pins if _name(pin) not in names)]


def _name(requirement: str) -> str:
    return re.split(r"[^\w.-]", requirement, maxsplit=1)[0]


def read_pins(path: Path) -> list[str]:
    """The lines of a constraint file that are not comments."""
    lines = (line.split("#")[0].strip() for line in path.read_text().splitlines())
    return [line for line in lines if line]


def run_demo(python: str, kind: str, pinned: Sequence[str], folder: Path) -> Run:
    """Install into a new environment in `folder` and build the demo there."""
    version = _output([python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"])
    dependencies = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    (folder / "constraints.txt").write_text(
        "\n".join(constraints(kind, dependencies, version, pinned)) + "\n"
    )
    binaries, started = folder / "venv" / "bin", time.monotonic()
    install = [
        str(binaries / "python"),
        "-m",
        "pip",
        "install",
        "--quiet",
        "-c",
        str(folder / "constraints.txt"),
    ]
    failed = _run([python, "-m", "venv", str(folder / "venv")], folder) or _run([*install, str(ROOT)], folder)
    installed = time.monotonic()
    failed = failed or _run(
        [str(binaries / "asn2fpga"), "build", *DEMO, "--out", str(folder / "out")], folder
    )
    packages = "" if failed else _versions(binaries / "python")
    return Run(python, kind, packages, installed - started, time.monotonic() - installed, failed)


def _run(command: Sequence[str], folder: Path) -> str:
    """The last of the program's output if it fails, else nothing."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment.setdefault("ASN2FPGA_CACHE", str(folder.parent / "cache"))
    done = subprocess.run(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    return "" if done.returncode == 0 else done.stdout[-3000:] or f"{command[0]} ended with {done.returncode}"


def _output(command: Sequence[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def _versions(python: Path) -> str:
    script = (
        "import sys, importlib.metadata as m; print(', '.join(f'{n} {m.version(n)}' for n in sys.argv[1:]))"
    )
    return _output([str(python), "-c", script, *SHOWN])


def found_pythons() -> list[str]:
    """Interpreters on PATH that can run; a shim of a Python that is not there cannot."""
    return [name for name in PYTHONS if shutil.which(name) and not _run([name, "-c", ""], ROOT)]


def main(arguments: Sequence[str]) -> int:
    """Run all, print a table; 1 if one failed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("python", nargs="*", help="interpreters (default: all found on PATH)")
    parser.add_argument("--only", choices=KINDS)
    parser.add_argument("--constraint", type=Path, help="packages whose versions stay the same in all runs")
    options = parser.parse_args(arguments)
    pinned = read_pins(options.constraint) if options.constraint else []
    pythons = options.python or found_pythons()
    absent = [name for name in PYTHONS if name not in pythons]
    print(f"{', '.join(pythons)}; not here or not asked for: {', '.join(absent) or 'none'}", flush=True)
    runs = []
    for python in pythons:
        for kind in [options.only] if options.only else KINDS:
            with tempfile.TemporaryDirectory(prefix="asn2fpga-versions-") as folder:
                (Path(folder) / "run").mkdir()
                runs.append(run_demo(python, kind, pinned, Path(folder) / "run"))
            print(_line(runs[-1]), flush=True)
    return 1 if any(run.failed for run in runs) else 0


def _line(run: Run) -> str:
    seconds = f"set-up {run.install_seconds:.0f} s, demo {run.demo_seconds:.0f} s"
    if run.failed:
        return f"{run.python}, {run.kind} packages: FAILED ({seconds})\n{run.failed}"
    return f"{run.python}, {run.kind} packages ({run.packages}): passed; {seconds}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
