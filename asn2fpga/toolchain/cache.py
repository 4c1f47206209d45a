"""Where things lie that do not depend on any build, once for each user."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

VARIABLE = "ASN2FPGA_CACHE"


def user_cache(environment: Mapping[str, str] = os.environ) -> Path:
    """The user's cache folder, where all programs keep such things."""
    chosen = environment.get("XDG_CACHE_HOME")
    return Path(chosen) if chosen else Path.home() / ".cache"


def shared_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """The folder that all builds share: ASN2FPGA_CACHE, else one in the user's cache folder."""
    chosen = environment.get(VARIABLE)
    return Path(chosen) if chosen else user_cache(environment) / "asn2fpga"
