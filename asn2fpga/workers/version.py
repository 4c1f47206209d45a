"""Which asn2fpga this is: its number, and a digest of its source, for it may be one that is being changed."""

from __future__ import annotations

from functools import cache

from asn2fpga import __version__
from asn2fpga.resources import PACKAGE_DIR
from asn2fpga.toolchain.kept import digest_of

_SHOWN = 12


@cache
def source_digest() -> str:
    """Of every module of the package."""
    return digest_of(sorted(PACKAGE_DIR.rglob("*.py")))


@cache
def version_text() -> str:
    """`0.1.0 (source 0123456789ab)`."""
    return f"{__version__} (source {source_digest()[:_SHOWN]})"
