"""Packages that only some users need: imported when they are wanted, with what to install if they are not."""

from __future__ import annotations

import importlib
from typing import Any

from asn2fpga.errors import InputError

EXTRA = "explore"


def needed(module: str, what: str) -> Any:
    """The module; InputError with the extra that brings it. what: what cannot be done without."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        package = module.partition(".")[0]
        raise InputError(
            f"{what}: {package} must be installed, not missing ({error}); pip install 'asn2fpga[{EXTRA}]'."
        ) from error
