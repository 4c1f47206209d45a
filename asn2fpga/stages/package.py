"""Stage package: files for the board. They need a bitstream, which is not built yet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from asn2fpga.stages.base import Build, Request, Result, Stage


def _options(request: Request) -> Mapping[str, Any]:
    return {}


def _run(build: Build) -> Result:
    command = build.figures["bitstream"]["command"]
    return Result(
        summary="nothing to package",
        figures={"command": command},
        status="skipped",
        reason=f"the package needs a bitstream, and there is none; the first step to one is: {command}",
    )


STAGE = Stage("package", "packaging for the board", ("bitstream",), _options, _run)
