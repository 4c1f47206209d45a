"""Objects of foreign classes in a checkpoint (an argparse.Namespace, numpy scalars) become inert.

torch.load(weights_only=True) refuses such a file, though its tensors are all that is wanted. Here the names
of the classes are read from the pickle's instructions, and each gets a class of ours that takes anything and
does nothing: no module of theirs is imported, and no code of theirs runs. torch's restricted unpickler stays
in charge.
"""

from __future__ import annotations

import io
import pickletools
import zipfile
from _compat_pickle import IMPORT_MAPPING, NAME_MAPPING
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

MAX_NAMES = 1000
MAX_PICKLE_BYTES = 1 << 28
LEGACY_PICKLES = 5  # magic number, protocol, system, the object, names of its storages
DICT_ENDINGS = ("dict", "munch", "bunch", "cfgnode")  # their items are set one by one: these become dicts


class Inert:
    """An object of a foreign class: nothing of it is kept."""

    def __init__(self, *_: object) -> None:
        pass

    def __setstate__(self, state: object) -> None:
        pass


class _InertDict:
    def __new__(cls, *_: object) -> Any:
        return OrderedDict()


@contextmanager
def inert_classes(data: bytes) -> Iterator[None]:
    """Within it, torch.load(weights_only=True) takes every class that the torch file `data` names."""
    before = torch.serialization.get_safe_globals()
    torch.serialization.add_safe_globals([_inert(module, name) for module, name in sorted(_names(data))])
    try:
        yield
    finally:
        torch.serialization.clear_safe_globals()
        torch.serialization.add_safe_globals(before)


def _inert(module: str, name: str) -> type:
    base = _InertDict if name.lower().endswith(DICT_ENDINGS) else Inert
    return type(name, (base,), {"__module__": module})


def _names(data: bytes) -> set[tuple[str, str]]:
    """(module, name) of what the pickles in `data` import, as Python 3 calls it; at most MAX_NAMES."""
    names: set[tuple[str, str]] = set()
    try:
        stream = io.BytesIO(_pickle_of(data))
        for _ in range(LEGACY_PICKLES):
            for opcode, argument, _position in pickletools.genops(stream):
                if opcode.name == "GLOBAL" and len(names) < MAX_NAMES:
                    module, _space, name = str(argument).partition(" ")
                    names.add(NAME_MAPPING.get((module, name), (IMPORT_MAPPING.get(module, module), name)))
    except Exception:  # the end, or damaged or hostile bytes: torch says what is wrong with them
        return names
    return names


def _pickle_of(data: bytes) -> bytes:
    """The pickle inside a zip archive, or all of an old torch file."""
    if not zipfile.is_zipfile(io.BytesIO(data)):
        return data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        name = next(name for name in archive.namelist() if name.endswith("/data.pkl"))
        return b"" if archive.getinfo(name).file_size > MAX_PICKLE_BYTES else archive.read(name)
