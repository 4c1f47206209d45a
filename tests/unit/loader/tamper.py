"""Changes to the content of a good model file, as somebody could make them who writes such a file by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

import asn2fpga
from asn2fpga.errors import InputError, UnsupportedError

Content = dict[str, Any]
Change = Callable[[Content], object]
DOUBLE = torch.float64


def refusal_of(change: Change, path: Path, unsupported: bool = False) -> str:
    """What is said of the model file at `path` once it is changed, without the path.

    unsupported: whether it must be said as something that is sound, but not built.
    """
    content = torch.load(path, weights_only=True)
    change(content)
    other = path.with_name("tampered.pt")
    torch.save(content, other)
    with pytest.raises(InputError) as caught:
        asn2fpga.load_model(other)
    assert type(caught.value) is (UnsupportedError if unsupported else InputError)
    message = str(caught.value)
    assert message.startswith(f"{other}: ")
    return message.removeprefix(f"{other}: ")


def graph_layer(content: Content, name: str) -> dict[str, Any]:
    """The plain form of a layer."""
    found: dict[str, Any] = next(layer for layer in content["graph"]["layers"] if layer["name"] == name)
    return found


def drop_layer(content: Content, name: str, reader: str, source: str) -> None:
    """Take a layer out; `reader` then reads `source`."""
    layers = content["graph"]["layers"]
    layers.remove(graph_layer(content, name))
    graph_layer(content, reader)["inputs"] = [source]


def set_field(layer: str, **fields: Any) -> Change:
    """Other fields of a layer."""
    return lambda content: graph_layer(content, layer).update(fields)


def set_semantics(**fields: Any) -> Change:
    """Other fields of the neurons."""
    return lambda content: graph_layer(content, "layer_2")["semantics"].update(fields)


def set_tensor(name: str, tensor: Any) -> Change:
    """Another tensor, or one more."""
    return lambda content: content["tensors"].update({name: tensor})


def both(*changes: Change) -> Change:
    """One change after the other."""

    def change(content: Content) -> None:
        for one in changes:
            one(content)

    return change
