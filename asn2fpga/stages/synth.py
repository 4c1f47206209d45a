"""Stage synth: Yosys counts the resources of the RTL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from asn2fpga.stages.base import Build, Request, Result, Stage


def _options(request: Request) -> Mapping[str, Any]:
    return {"family": request.board.family}


def _run(build: Build) -> Result:
    return Result("", status="skipped", reason="not built yet")


STAGE = Stage("synth", "counting resources with Yosys", ("hls",), _options, _run)
