"""torch.fx over the user's module: which steps its forward makes, on which modules."""

from __future__ import annotations

from typing import Any

from torch import Tensor, fx, nn

from asn2fpga.errors import UnsupportedError
from asn2fpga.loader.builder import MODEL, shown
from asn2fpga.loader.torch_functions import FUNCTIONS, METHODS
from asn2fpga.loader.torch_modules import MODULES

PREFIX = f"{MODEL}."


class Root(nn.Module):
    """The user's module called with its input alone: other arguments keep their defaults."""

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.add_module(MODEL, module)

    def forward(self, x: Tensor) -> Tensor:
        result: Tensor = self.get_submodule(MODEL)(x)
        return result


def symbolic_trace(module: nn.Module) -> tuple[nn.Module, fx.Graph]:
    """A Root of the module and its graph, without steps that nobody reads.

    No fx.GraphModule: that writes Python code, which names with quotes or spaces break.
    Raises UnsupportedError naming the module that cannot be traced.
    """
    root, tracer = Root(module), _Tracer()
    try:
        graph = tracer.trace(root)
    except Exception as error:  # code of the model: anything can happen
        first_line = (str(error).splitlines() or [type(error).__name__])[0]
        raise UnsupportedError(
            f"{tracer.place}: forward must be traceable by torch.fx, not: {first_line}; {supported()}"
        ) from error
    _remove_unused(root, graph)
    return root, graph


class _Tracer(fx.Tracer):
    """Stops at every module that MODULES takes and at all of torch.nn; remembers where it was."""

    place = MODEL

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        return type(m) in MODULES or super().is_leaf_module(m, module_qualified_name)

    def call_module(self, m: nn.Module, forward: Any, args: Any, kwargs: Any) -> Any:
        before, self.place = self.place, f"{shown(_path(self.path_of_module(m)))} ({type(m).__name__})"
        result = super().call_module(m, forward, args, kwargs)
        self.place = before
        return result


def _remove_unused(root: nn.Module, graph: fx.Graph) -> None:
    """Remove layers whose result nobody reads; what may work in place stays, and is refused later."""
    for node in reversed(graph.nodes):
        if node.op == "call_module":
            known = type(root.get_submodule(str(node.target))) in MODULES
        else:
            known = node.op == "get_attr" or node.target in FUNCTIONS or node.target in METHODS
        if known and not node.users:
            graph.erase_node(node)


def place_of(node: fx.Node) -> str:
    """Path of the module the step belongs to, as the user knows it; MODEL for the outermost one."""
    if node.op == "call_module":
        return _path(str(node.target))
    stack = node.meta.get("nn_module_stack") or {}
    return _path(next(reversed(stack), ""))


def _path(path: str) -> str:
    return path.removeprefix(PREFIX) or MODEL


def supported() -> str:
    """The list of what is taken, as the end of a message."""
    modules = ", ".join(sorted(kind.__name__ for kind in MODULES))
    operations = "x * c, x / c, flatten, view, reshape, mean, sum"
    return f"supported modules: {modules}; supported operations: {operations}."
