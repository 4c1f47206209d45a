"""Modules of kinds that a user's package adds (asn2fpga/kinds/plugin.py)."""

from __future__ import annotations

import dataclasses
import functools

from asn2fpga.kinds.plugin import Lowering as PluginLowering
from asn2fpga.kinds.plugin import plugins
from asn2fpga.loader.builder import GraphBuilder, Lowering, Value
from asn2fpga.loader.call import Call


def plugin_lowering(name: str) -> Lowering | None:
    """What lowers a module of that full class name, if a plug-in does."""
    for plugin in plugins():
        if name in plugin.modules:
            return functools.partial(_take, plugin.modules[name])
    return None


def _take(lower: PluginLowering, builder: GraphBuilder, call: Call) -> Value:
    if call.value.reduced:
        raise call.refuse(f"{call.label} must stand before time is averaged or summed, not behind it.")
    kind, fields = lower(call.module)
    return dataclasses.replace(call.value, layer=builder.add(kind, call.place, (call.value.layer,), **fields))
