"""The report of a build, made anew from its manifest and from what was measured on a board."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from asn2fpga.errors import InputError
from asn2fpga.report.content import Report
from asn2fpga.report.measurements import read_measurements
from asn2fpga.report.metrics import build_report
from asn2fpga.report.write import write_report
from asn2fpga.runner import vars_of
from asn2fpga.stages.manifest import read_manifest


def remade(root: Path) -> Report:
    """The report of a build, written anew. InputError if its figures are those of another asn2fpga."""
    return _made(root, write_report)


def read_report(root: Path) -> Report:
    """The same, without writing anything."""
    return _made(root, lambda folder, manifest: build_report(manifest, read_measurements(folder, manifest)))


def _made(root: Path, make: Callable[[Path, dict[str, Any]], Report]) -> Report:
    manifest = vars_of(read_manifest(root))
    try:
        return make(root, manifest)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise InputError(
            f"{root}: the build must be of this version of asn2fpga, not of another one; build again."
        ) from error
