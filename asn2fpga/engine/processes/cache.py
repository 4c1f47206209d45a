"""What the engine made before, by the content of what it was made from; one folder for each user."""

from __future__ import annotations

import sys
from functools import cache

from asn2fpga.resources import PACKAGE_DIR
from asn2fpga.toolchain.kept import Kept, digest_of

_OWN = ("engine", "device", "rtl.py")  # what the engine's results depend on, of this package


@cache
def made_before() -> Kept:
    """The engine's version is its own source, which changes more often than the package's number."""
    parts = [PACKAGE_DIR / part for part in _OWN]
    files = [file for part in parts for file in (sorted(part.rglob("*.py")) if part.is_dir() else [part])]
    return Kept("engine", digest_of(files, sys.version))
