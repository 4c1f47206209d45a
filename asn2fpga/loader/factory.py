"""The user's own code that builds a module for a state_dict: `package.module:function`."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from torch import nn

from asn2fpga.errors import InputError

SAVE_OPTIONS = ("example_input", "encoding", "input_scale", "max_count", "calibration", "labels")


def build_module(factory: str) -> tuple[nn.Module, dict[str, Any]]:
    """Call the factory: it returns the module, or (module, options), options being arguments of `save`.

    Modules are imported as Python does, and from the current directory. Raises InputError.
    """
    package, separator, function = factory.partition(":")
    if not separator or not package or not function:
        raise InputError(
            f"--model {factory}: the factory must be written package.module:function; e.g. nets:mnist."
        )
    with current_directory_on_path():
        result = _call(factory, package, function)
    module, options = result if isinstance(result, tuple) and len(result) == 2 else (result, {})
    if not isinstance(module, nn.Module):
        raise InputError(
            f"--model {factory}: the factory must return a torch.nn.Module, not {type(module).__name__}."
        )
    if not isinstance(options, Mapping) or not set(options) <= set(SAVE_OPTIONS):
        raise InputError(
            f"--model {factory}: the options must be a dict with keys among {', '.join(SAVE_OPTIONS)}."
        )
    return module, dict(options)


def _call(factory: str, package: str, function: str) -> Any:
    try:
        target = importlib.import_module(package)
        for name in function.split("."):
            target = getattr(target, name)
        return target()  # type: ignore[operator]  # whatever the user named
    except Exception as error:  # the user's code: anything can happen
        reason = (str(error).splitlines() or [""])[0]
        raise InputError(
            f"--model {factory}: the factory cannot be imported, or not be called without arguments: "
            f"{type(error).__name__}: {reason}"
        ) from error


@contextmanager
def current_directory_on_path() -> Iterator[None]:
    directory = str(Path.cwd())
    sys.path.insert(0, directory)
    try:
        yield
    finally:
        sys.path.remove(directory)
