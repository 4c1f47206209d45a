"""Data sets that need no file: those that are installed on this machine."""

from __future__ import annotations

from pathlib import Path

from asn2fpga.errors import InputError

FASHION = Path("/usr/share/datasets/fashion-mnist")  # of Debian's package dataset-fashion-mnist


def check_given(dataset: str, data: Path | None) -> None:
    """Refuse a data set that needs a file and has none."""
    if data is not None or dataset in ("digits", "text") or (dataset == "fashion" and FASHION.is_dir()):
        return
    hint = "--data FILE.npz with x (uint8) and y (classes)"
    if dataset == "fashion":
        hint += ", or apt-get install dataset-fashion-mnist"
    raise InputError(f"train-example: {dataset} must be given a file, not none; {hint}.")
