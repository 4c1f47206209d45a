"""Where a step of a trace stands: the module, and the line of the user's code."""

from __future__ import annotations

import re

from torch import fx

from asn2fpga.loader.builder import MODEL

PREFIX = f"{MODEL}."
AGAIN = re.compile(r"@\d+")


def place_of(node: fx.Node) -> str:
    """Path of the module the step belongs to, as the user knows it; MODEL for the outermost one."""
    if node.op == "call_module":
        return path_of(str(node.target))
    stack = node.meta.get("nn_module_stack") or {}
    return path_of(next(reversed(stack), ""))


def path_of(path: str) -> str:
    """As the user writes it: without the marks of torch.fx for further calls of a module."""
    return AGAIN.sub("", path).removeprefix(PREFIX) or MODEL


def line_of(node: fx.Node) -> str:
    """` (net.py:12: code of the line)`, or nothing where it is not known."""
    return str(node.meta.get("line") or "")
