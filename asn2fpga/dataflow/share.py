"""Processes of a layer that do the same become calls of one function: units of several pixels at a time.

Compilers, linters and synthesis then see each of them once. Only what keeps nothing from call to call may be
shared: in C++ the calls of a function have its static variables in common.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from itertools import chain

from asn2fpga.kinds.hardware import Block, Config, Process

_WORD = re.compile(r"\w+")
_ITSELF = "@"

Names = Mapping[str, str]
"""Config -> the first one that says the same."""


def with_shared_functions(block: Block) -> Block:
    """The block with one function for processes that differ in names alone, and without the configs that
    only functions named which are no more.
    """
    same, first = _same_configs(block.configs), dict[object, Process]()
    types = {stream.name: stream.type for stream in block.streams}
    processes = []
    for process in block.processes:
        if process.keeps_nothing:
            found = first.setdefault(_content(process, types, same), process)
            if found is not process:
                process = dataclasses.replace(process, function=found.name, arguments=found.arguments)
        processes.append(process)
    if not any(process.function for process in processes):
        return block
    used = _used(block, processes)
    configs = tuple(one for one in block.configs if one.name in used or same[one.name] == one.name)
    return dataclasses.replace(block, processes=tuple(processes), configs=configs)


def _same_configs(configs: tuple[Config, ...]) -> Names:
    """Of each config the first one with its content; a config stands after those that it names."""
    first, same = dict[object, str](), dict[str, str]()
    for config in configs:
        named = {**same, config.name: _ITSELF}
        types = tuple(
            dataclasses.replace(type_, type=_renamed(type_.type, named), comment="") for type_ in config.types
        )
        content = (config.constants, types, _renamed(config.base, named), config.level_values)
        same[config.name] = first.setdefault(content, config.name)
    return same


def _content(process: Process, types: Names, same: Names) -> object:
    """What its function is made of. A stream of another layer has the type that it has there."""
    streams = (*process.reads, *process.writes)
    return (
        process.kernel,
        process.header,
        process.rounds,
        tuple(_renamed(argument, same) for argument in process.arguments),
        tuple(_renamed(types.get(stream, stream), same) for stream in streams),
        tuple(streams.index(stream) for stream in process.called_with),
    )


def _renamed(text: str, names: Names) -> str:
    return _WORD.sub(lambda word: names.get(word[0], word[0]), text)


def _used(block: Block, processes: list[Process]) -> set[str]:
    """The words of functions and streams, and of the configs among these."""
    texts = chain(
        chain.from_iterable(process.arguments for process in processes if not process.function),
        (process.read_type for process in processes),
        (stream.type for stream in block.streams),
    )
    used = set(chain.from_iterable(map(_WORD.findall, texts)))
    for config in reversed(block.configs):
        if config.name in used:
            named = (config.base, *(type_.type for type_ in config.types))
            used.update(chain.from_iterable(map(_WORD.findall, named)))
    return used
