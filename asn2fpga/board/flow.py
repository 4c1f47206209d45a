"""Which tools make the bitstream."""

from __future__ import annotations

from typing import Literal, get_args

Flow = Literal["vivado", "openxc7"]
FLOWS: tuple[Flow, ...] = get_args(Flow)
