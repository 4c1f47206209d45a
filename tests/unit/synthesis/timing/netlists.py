"""Netlists by hand, in the form of Yosys' write_json."""

from __future__ import annotations

from typing import Any

OUTPUTS = {"Q", "O", "CO", "P", "DOADO", "DOBDO", "DOA", "DOB", "DOC", "DOD", "SPO", "DPO", "Q31"}
Bits = list[int | str]


def cell(kind: str, parameters: dict[str, str] | None = None, **ports: Bits) -> dict[str, Any]:
    """A cell; ports that only give are outputs."""
    return {
        "type": kind,
        "parameters": parameters or {},
        "port_directions": {name: "output" if name in OUTPUTS else "input" for name in ports},
        "connections": ports,
    }


def register(data: int, value: int, enable: int | str = "1") -> dict[str, Any]:
    """An FDRE that is never reset."""
    return cell("FDRE", C=[1], CE=[enable], D=[data], Q=[value], R=["0"])


def netlist(
    cells: dict[str, Any], ports: dict[str, Any] | None = None, names: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The module `top`; net 1 is the clock."""
    clock = {"clk": {"direction": "input", "bits": [1]}}
    return {
        "modules": {"top": {"cells": cells, "ports": {**clock, **(ports or {})}, "netnames": names or {}}}
    }


def name(*bits: int, source: str = "") -> dict[str, Any]:
    """A public name of nets."""
    return {"hide_name": 0, "bits": list(bits), "attributes": {"src": source} if source else {}}
