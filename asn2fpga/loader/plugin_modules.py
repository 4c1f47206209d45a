"""Modules of kinds that a user's package adds (asn2fpga/kinds/plugin.py)."""

from __future__ import annotations

import dataclasses

from asn2fpga.kinds.plugin import plugins
from asn2fpga.loader.builder import GraphBuilder, Lowering, Value
from asn2fpga.loader.call import Call


def plugin_lowering(name: str) -> Lowering | None:
    """What lowers a module of that full class name, if a plug-in does."""
    for plugin in plugins():
        if name in plugin.modules:
            lower = plugin.modules[name]

            def take(builder: GraphBuilder, call: Call) -> Value:
                if call.value.reduced:
                    raise call.refuse(
                        f"{call.label} must stand before time is averaged or summed, not behind it."
                    )
                kind, fields = lower(call.module)
                layer = builder.add(kind, call.place, (call.value.layer,), **fields)
                return dataclasses.replace(call.value, layer=layer)

            return take
    return None
