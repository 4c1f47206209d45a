"""The ports of a Verilog module that another tool wrote, as slang reads them."""

from __future__ import annotations

from dataclasses import dataclass

from asn2fpga.errors import InputError

_DIRECTIONS = {"In": "input", "Out": "output", "InOut": "inout"}


@dataclass(frozen=True)
class Port:
    """One port: its direction, and its width (1 also for scalars)."""

    direction: str
    name: str
    width_bits: int


def module_ports(text: str, module: str) -> tuple[Port, ...]:
    """Ports of `module` in the order of its header, with the default values of its parameters.

    Modules that it instantiates need not be in the text. InputError if the module is not there, or the type
    of a port cannot be told.
    """
    import pyslang
    from pyslang.ast import Compilation, CompilationOptions
    from pyslang.syntax import SyntaxTree

    options = CompilationOptions()
    options.topModules = {module}
    compilation = Compilation(pyslang.Bag([options]))
    compilation.addSyntaxTree(SyntaxTree.fromText(text))
    for instance in compilation.getRoot().topInstances:
        if instance.name == module:
            return tuple(_port(port, module) for port in instance.body.portList)
    raise InputError(f"Verilog: there is no module {module} whose parameters all have a value.")


def _port(symbol: object, module: str) -> Port:
    name, type_ = getattr(symbol, "name", ""), getattr(symbol, "type", None)
    direction = _DIRECTIONS.get(getattr(getattr(symbol, "direction", None), "name", ""), "")
    if type_ is None or type_.isError or not direction:
        raise InputError(f"Verilog: the width of port {name} of {module} must be a number.")
    return Port(direction, str(name), int(type_.bitWidth))
