"""torch.fx over the user's module: which steps its forward makes, on which modules.

Every step also runs on an input of TRACE_BATCH rows, so that forward may ask for shapes and types: these are
what they will be. It may not ask for the numbers in a tensor.
"""

from __future__ import annotations

import functools
import inspect
import operator
from dataclasses import dataclass
from typing import Any, NoReturn

import torch
from torch import Tensor, fx, nn

from asn2fpga.errors import Asn2FpgaError, InputError, UnsupportedError
from asn2fpga.loader.builder import MODEL, shown
from asn2fpga.loader.encoders import INSTEAD, running_encoder
from asn2fpga.loader.failed_step import remedy_of_trace
from asn2fpga.loader.foreign.table import foreign_neuron, reset_states
from asn2fpga.loader.in_place import InPlace, Written, is_in_place, now, written_constants, written_part
from asn2fpga.loader.probed.stand_in import Inlined
from asn2fpga.loader.steps.moments import Analysis, Moments
from asn2fpga.loader.steps.place import path_of
from asn2fpga.loader.supported import is_known, is_known_module, supported
from asn2fpga.loader.time_axis import Adapted, TimeLast, TimeLastRepeated
from asn2fpga.loader.time_last.unroll import in_steps
from asn2fpga.loader.traced_tensor import TracedTensor
from asn2fpga.loader.user_code import current_line, source_line

FACT_METHODS = (
    "size",
    "dim",
    "ndimension",
    "numel",
    "nelement",
    "is_floating_point",
    "is_contiguous",
    "stride",
)
INDEXING = (torch.select, torch.unbind, torch.chunk, torch.split, torch.tensor_split)
"""The same as methods."""
FACT_FUNCTIONS = (torch.numel, torch.is_floating_point, torch.is_tensor, torch.is_complex)
IDENTITIES = frozenset(("squeeze", "view", "reshape", torch.squeeze, torch.reshape))
PLAIN = (str, torch.dtype, torch.device, torch.Size)


@dataclass(frozen=True, eq=False)
class SymbolicTrace:
    """root: the user's module in a module. is_whole: False if a step failed; the graph then ends with it.

    results: what each step gave on the example, and constants; failure: of a step, failed_at: the line of
    the user's code. batch_axis: as given. is_unrolled: steps of time stand in place of a last axis.
    """

    root: nn.Module
    graph: fx.Graph
    is_whole: bool
    results: dict[fx.Node, Any]
    batch_axis: int | None
    failure: BaseException | None = None
    failed_at: str = ""
    is_unrolled: bool = False

    def refuse_failure(self) -> None:
        """InputError if a step failed on the example."""
        if self.failure is None:
            return
        source = next(node for node in self.graph.nodes if node.op == "placeholder")
        text = (str(self.failure).splitlines() or [""])[0].rstrip(".")
        raise InputError(
            f"{MODEL}: forward fails on an input of shape {tuple(self.results[source].shape)}"
            f"{self.failed_at}: {type(self.failure).__name__}: {text}"
            f"{remedy_of_trace(self.graph, self.results)}"
        )

    @functools.cached_property
    def moments(self) -> Moments:
        """Which time step every step of forward belongs to."""
        return Analysis(self.root, self.graph, self.results, self.batch_axis).found


class Root(nn.Module):
    """The user's module called with its input alone: other arguments keep their defaults.

    calls: how often, once in each time step, of a module that keeps its states itself; 0: once for all. Then
    x is one input for all steps, or a sequence of one for each. What is `Adapted` is
    taken out, and the input adapted here.
    """

    def __init__(self, module: nn.Module, calls: int = 0, is_sequence: bool = False) -> None:
        super().__init__()
        self._adapt = module.adapt if isinstance(module, Adapted) else None
        self.add_module(MODEL, module.module if isinstance(module, Adapted) else module)
        self._calls, self._is_sequence = calls, is_sequence

    def forward(self, x: Any) -> Any:
        module = self.get_submodule(MODEL)
        if self._adapt is not None:
            x = self._adapt(x)
        if not self._calls:
            return module(x)
        found = [module(x[step] if self._is_sequence else x) for step in range(self._calls)]
        if not _is_several(found[0]):
            return torch.stack(found)
        return tuple(torch.stack(list(values)) for values in zip(*found, strict=True))


def _is_several(result: Any) -> bool:
    """Whether a module returned a tuple or list of tensors."""
    return isinstance(result._value if isinstance(result, TracedTensor) else result, tuple | list)


def symbolic_trace(
    module: nn.Module, x: Tensor, *, batch_axis: int | None = None, calls: int = 0
) -> SymbolicTrace:
    """The steps of `module` on `x`, without those whose result nobody reads.

    batch_axis: of x, if it has a time axis too, the other one of the first two. calls: as of `Root`. No
    fx.GraphModule: that writes Python code, which names with quotes or spaces break. The shape of every
    result is in its node's meta["shape"]. Raises UnsupportedError naming the module that cannot be traced.
    """
    _check_arguments(module)
    root, tracer = Root(module, calls, batch_axis is not None), _Tracer(x)
    reset_states(module)
    try:
        with torch.no_grad():
            graph = tracer.trace(root)
    except _StepError as error:
        _forget_identities(tracer.graph, tracer.results)
        return SymbolicTrace(
            root, tracer.graph, False, tracer.results, batch_axis, error.__cause__, str(error)
        )
    except Asn2FpgaError:
        raise
    except Exception as error:  # code of the model: anything can happen
        raise UnsupportedError(f"{tracer.place}: {_reason(error, x)}") from error
    finally:
        written_constants(tracer.in_place.constants)
    _remove_unused(root, graph)
    _forget_identities(graph, tracer.results)
    with torch.no_grad():
        is_unrolled = isinstance(module, TimeLast | TimeLastRepeated) and in_steps(
            root, graph, tracer.results
        )
    found = SymbolicTrace(root, graph, True, tracer.results, batch_axis, is_unrolled=is_unrolled)
    for mark in list(module.modules()):
        if isinstance(mark, Inlined):
            mark.fold[0](found)
    return found


def _check_arguments(module: nn.Module) -> None:
    parameters = inspect.signature(module.forward).parameters.values()
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    required = [p.name for p in parameters if p.kind in kinds and p.default is inspect.Parameter.empty]
    if len(required) > 1:
        raise UnsupportedError(
            f"{MODEL} ({type(module).__name__}): forward must take one tensor, not {', '.join(required)}; "
            "give the others defaults."
        )


def _reason(error: Exception, x: Tensor) -> str:
    """What happened in forward, without the words of torch.fx, which stops at what is no tensor operation."""
    line, text = source_line(error), (str(error).splitlines() or [""])[0]
    if _is_about_tracing(error, text):
        return f"forward cannot be followed{line}; write it with modules and tensor operations; {supported()}"
    kind = type(error).__name__
    return f"forward fails on an input of shape {tuple(x.shape)}{line}: {kind}{': ' if text else ''}{text}"


def _is_about_tracing(error: Exception, text: str) -> bool:
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    inside = last is not None and ".fx." in f"{last.tb_frame.f_globals.get('__name__', '')}."
    return inside or "Proxy" in text or TracedTensor.__name__ in text


class _StepError(Exception):
    """A step cannot run on the example; the lowering finds the same and says it. Its text is the line."""


class _Tracer(fx.Tracer):
    """Stops at every module that is known and at all of torch.nn; remembers where it was, and all results."""

    place = MODEL

    def __init__(self, x: Tensor) -> None:
        super().__init__()
        self._x = x
        self.results: dict[fx.Node, Any] = {}
        self.in_place = InPlace(self)

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        return is_known_module(m) or super().is_leaf_module(m, module_qualified_name)

    def call_module(self, m: nn.Module, forward: Any, args: Any, kwargs: Any) -> Any:
        args, kwargs = fx.node.map_aggregate((tuple(args), dict(kwargs)), now)
        if not _proxies((args, kwargs)):
            return forward(*args, **kwargs)
        try:
            path = self.path_of_module(m)
        except (
            NameError
        ):  # no part of the network, as one that its file makes for all: its steps are followed
            return forward(*args, **kwargs)
        before, self.place = self.place, f"{shown(path_of(path))} ({type(m).__name__})"
        result = super().call_module(m, forward, args, kwargs)
        self.place = before
        return result

    def getattr(self, attr: str, attr_val: Any, parameter_proxy_cache: dict[str, Any]) -> Any:
        """Weights and buffers are constants: what is computed from them alone is no step."""
        return attr_val

    def create_arg(self, a: Any) -> Any:
        """As torch.fx does; a Parameter is one more constant, wherever it is kept.

        What a constant is now is remembered: buffers of neurons change when they run.
        """
        if isinstance(a, Written | TracedTensor) and a.changed is not None:
            now = a.changed.whole()
            if isinstance(a, Written):
                return now.node
            a.node, a.changed = now.node, None
        found = super().create_arg(a.detach() if isinstance(a, nn.Parameter) else a)
        if isinstance(a, Tensor) and isinstance(found, fx.Node):
            self.results[found] = a
        return found

    def proxy(self, node: fx.Node) -> fx.Proxy:
        return TracedTensor(node, self)

    def create_proxy(self, kind: str, target: Any, args: Any, kwargs: Any, *others: Any, **named: Any) -> Any:
        """The step in the graph; what it says of shapes and types at once, without a step."""
        if target in (
            FACT_METHODS if kind == "call_method" else FACT_FUNCTIONS if kind == "call_function" else ()
        ):
            return self._run(kind, target, args, kwargs)
        if target in INDEXING and args:
            return getattr(args[0], target.__name__)(*args[1:], **kwargs)
        self._refuse_encoder()
        if kind == "call_method" and is_in_place(target):
            return self.in_place.method(target, args, kwargs)
        written = written_part(args) if target is operator.getitem else None
        if written is not None:
            return written
        proxy = super().create_proxy(kind, target, args, kwargs, *others, **named)
        try:
            result = self._run(kind, target, args, kwargs)
        except Exception as error:  # code of the model: anything can happen
            raise _StepError(str(current_line() or "")) from error
        if isinstance(result, PLAIN):
            return result
        if not _tensors(result):
            self.refuse_numbers()
        self.results[proxy.node] = result
        proxy.node.meta["line"] = current_line()
        if isinstance(result, Tensor):
            proxy.node.meta["shape"] = tuple(result.shape)
        return proxy

    def _refuse_encoder(self) -> None:
        encoder = running_encoder()
        if encoder:
            raise UnsupportedError(f"{self.place}: {encoder} is not supported{source_line()}; {INSTEAD}.")

    def refuse_writing(self) -> NoReturn:
        """Stop because forward writes into a part of a tensor."""
        raise UnsupportedError(
            f"{self.place}: forward must not write into a tensor{source_line()}; append what each time step "
            "gives to a list, and torch.stack(list) after the loop."
        )

    def refuse_numbers(self) -> NoReturn:
        """Stop because forward wants to know a number in a tensor."""
        raise UnsupportedError(
            f"{self.place}: forward must not decide by the numbers in a tensor{source_line()}; "
            "hardware takes the same steps for every input; decide by shapes or constants instead."
        )

    def _run(self, kind: str, target: Any, args: Any, kwargs: Any) -> Any:
        """The step on the results so far."""
        if kind == "placeholder":
            return self._x
        args, kwargs = fx.node.map_aggregate((tuple(args), dict(kwargs)), self._result)
        if kind == "call_module":
            return self.root.get_submodule(target).forward(*args, **kwargs)
        return (
            getattr(args[0], target)(*args[1:], **kwargs)
            if kind == "call_method"
            else target(*args, **kwargs)
        )

    def _result(self, argument: Any) -> Any:
        return self.results[argument.node] if isinstance(argument, fx.Proxy) else argument


def _proxies(values: Any) -> bool:
    """Whether a traced tensor is among nested arguments."""
    found: list[Any] = []
    fx.node.map_aggregate(values, lambda value: found.append(value) if isinstance(value, fx.Proxy) else value)
    return bool(found)


def _tensors(result: Any) -> bool:
    """Whether `result` is a tensor, or a tuple or list that holds one."""
    return isinstance(result, Tensor) or (isinstance(result, tuple | list) and any(map(_tensors, result)))


def _forget_identities(graph: fx.Graph, results: dict[fx.Node, Any]) -> None:
    """Take out views of the input that have its shape: x.squeeze(1) of (batch, rows, columns)."""
    for node in list(graph.nodes):
        source: Any = node.args[0] if node.args else None
        is_of_input = isinstance(source, fx.Node) and source.op == "placeholder"
        if (
            is_of_input
            and node in results
            and node.target in IDENTITIES
            and results[node].shape == results[source].shape
        ):
            node.replace_all_uses_with(source)
            graph.erase_node(node)


def _remove_unused(root: nn.Module, graph: fx.Graph) -> None:
    """Remove layers whose result nobody reads; what may work in place stays, and is refused later."""
    for node in reversed(graph.nodes):
        if node.op == "call_module":
            module = root.get_submodule(str(node.target))
            known = is_known_module(module) and foreign_neuron(module) is None
        else:
            known = node.op == "get_attr" or is_known(node.target)
        if known and not node.users:
            graph.erase_node(node)
