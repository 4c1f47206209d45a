"""The user's own code that builds a module: `package.module:function`, or `my_model.py:Net`."""

from __future__ import annotations

import ast
import difflib
import importlib
import importlib.util
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from torch import nn

from asn2fpga.errors import InputError
from asn2fpga.loader.user_code import source_line

SAVE_OPTIONS = (
    "example_input",
    "encoding",
    "input_scale",
    "max_count",
    "calibration",
    "labels",
    "time_steps",
    "output",
    "read_out",
)


UNDER_MAIN = "put what reads arguments and data, and what trains, under if __name__ == '__main__':"
SHOWN = 8


@dataclass(frozen=True)
class Factory:
    """Where the code is, as the user wrote it, and what it is called with.

    where: how messages call it. arguments: (name, text) pairs; a text that is no Python literal is a string.
    """

    text: str
    where: str
    arguments: tuple[tuple[str, str], ...] = ()

    @property
    def source(self) -> str:
        """The module or the file."""
        return self.text.rpartition(":")[0]

    @property
    def function(self) -> str:
        """The function, class or module in it."""
        return self.text.rpartition(":")[2]

    @property
    def keywords(self) -> dict[str, Any]:
        """What the function is called with."""
        return {name: _literal(text) for name, text in self.arguments}


def build_module(factory: Factory) -> tuple[nn.Module, dict[str, Any]]:
    """Call the factory: it returns the module, or (module, options), options being arguments of `save`.

    Modules are imported as Python does, and from the current directory; files are run as they are. InputError
    names the user's line that fails.
    """
    if not factory.source or not factory.function:
        raise InputError(
            f"{factory.where}: the factory must be written package.module:function or my_model.py:Net; "
            "e.g. nets:mnist."
        )
    with current_directory_on_path():
        result = _call(factory)
    module, options = result if isinstance(result, tuple) and len(result) == 2 else (result, {})
    if not isinstance(module, nn.Module):
        raise InputError(
            f"{factory.where}: the factory must return a torch.nn.Module, not {type(module).__name__}."
        )
    if not isinstance(options, Mapping) or not set(options) <= set(SAVE_OPTIONS):
        raise InputError(
            f"{factory.where}: the options must be a dict with keys among {', '.join(SAVE_OPTIONS)}."
        )
    return module, dict(options)


def _call(factory: Factory) -> Any:
    how = "with " + ", ".join(f"{name}={text}" for name, text in factory.arguments)
    try:
        target: Any = _import(factory)
        for name in factory.function.split("."):
            target = getattr(target, name)
        if isinstance(target, nn.Module) and not factory.arguments:
            return target
        return target(**factory.keywords)
    except SystemExit as error:
        raise InputError(
            f"{factory.where}: the code must build the module and go on, not end the program"
            f"{source_line(error)}; {UNDER_MAIN}."
        ) from error
    except Exception as error:  # the user's code: anything can happen
        reason = (str(error).splitlines() or [""])[0]
        raise InputError(
            f"{factory.where}: the factory cannot be imported, or not be called "
            f"{how if factory.arguments else 'without arguments'}{source_line(error)}: "
            f"{type(error).__name__}: {reason}{_hint(error, factory)}"
        ) from error


def _hint(error: Exception, factory: Factory) -> str:
    """What to install, if a framework is missing; what else there is of a name that is not there."""
    if isinstance(error, AttributeError) and isinstance(error.obj, ModuleType):
        own = [name for name, value in vars(error.obj).items() if _is_of(value, error.obj)]
        near = difflib.get_close_matches(str(error.name), own, 1) or own
        return f"; it has {', '.join(near[:SHOWN])}" if near else ""
    if isinstance(error, FileNotFoundError) and error.filename != factory.source:
        return f"; {UNDER_MAIN}"
    missing = (error.name or "").partition(".")[0] if isinstance(error, ModuleNotFoundError) else ""
    frameworks = {"snntorch", "spikingjelly", "norse", "sinabs", "nir", "timm", "einops"}
    return f"; pip install {missing}" if missing in frameworks else ""


def _is_of(value: Any, module: ModuleType) -> bool:
    """Whether it is a class or a function of this file that may build a module."""
    is_built = isinstance(value, type) and issubclass(value, nn.Module)
    return (is_built or isinstance(value, FunctionType)) and value.__module__ == module.__name__


def _import(factory: Factory) -> ModuleType:
    if not factory.source.endswith(".py"):
        return importlib.import_module(factory.source)
    path = Path(factory.source).resolve()
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise FileNotFoundError(f"no such file {factory.source}")
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(path.parent))
    sys.modules[path.stem] = module
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(path.parent))
    return module


def _literal(text: str) -> Any:
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return text


@contextmanager
def current_directory_on_path() -> Iterator[None]:
    directory = str(Path.cwd())
    sys.path.insert(0, directory)
    try:
        yield
    finally:
        sys.path.remove(directory)
