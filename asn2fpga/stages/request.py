"""A request as plain values for the manifest, and back."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from asn2fpga.board import spec
from asn2fpga.config import Config
from asn2fpga.errors import InputError
from asn2fpga.importing import ImportOptions
from asn2fpga.stages.base import Request


def to_plain(request: Request) -> dict[str, Any]:
    """The request as JSON values, without what is this machine's or this run's: jobs, Vivado, resuming."""
    return {
        "model": str(request.model),
        "data": None if request.data is None else str(request.data),
        "importing": request.importing.to_plain(),
        "activity": request.activity,
        "bitstream": request.bitstream,
        "board": spec.to_plain(request.board),
        "config": dataclasses.asdict(request.config),
    }


def from_plain(plain: Mapping[str, Any], jobs: int) -> Request:
    """Inverse of to_plain; InputError if another version of asn2fpga made it."""
    try:
        data = None if plain["data"] is None else Path(plain["data"])
        return Request(
            model=Path(plain["model"]),
            board=spec.from_plain(plain["board"]),
            config=Config(**plain["config"]),
            data=data,
            importing=ImportOptions.from_plain(plain["importing"], data),
            jobs=jobs,
            activity=plain["activity"],
            bitstream=plain.get("bitstream", "vivado"),
        )
    except (KeyError, TypeError) as error:
        raise InputError(
            "manifest.json: request must be of this version of asn2fpga, not of another one; build again."
        ) from error
