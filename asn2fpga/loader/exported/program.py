"""An exported program as checked values: steps with a target, arguments and names of results."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from torch import Tensor

from asn2fpga.errors import InputError, UnsupportedError
from asn2fpga.loader.exported.archive import DTYPES, Content, damaged

MAX_STEPS = 1 << 20
Shape = tuple[int | str, ...]
PLAIN = ("as_int", "as_ints", "as_float", "as_floats", "as_bool", "as_bools", "as_string")
IGNORED = ("as_none", "as_device", "as_layout", "as_memory_format")


class Shared:
    """What copies of modules share: it never changes."""

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self


@dataclass(frozen=True)
class Ref:
    """A value by its name."""

    name: str


@dataclass(frozen=True)
class Owner:
    """A module that a step belongs to. call: tells its calls apart; path: as in the module that was exported;
    kind: its class, by its full name.
    """

    call: str
    path: str
    kind: str


@dataclass(frozen=True)
class Step(Shared):
    """One operation. args, keywords: numbers, texts, `Ref` and tuples of them. results: a name for each.

    owners: the modules around it, the outermost one left out. line: of the user's code, or nothing.
    """

    target: str
    args: tuple[Any, ...]
    keywords: Mapping[str, Any]
    results: tuple[str, ...]
    owners: tuple[Owner, ...] = ()
    line: str = ""

    @property
    def refs(self) -> list[str]:
        """Names of all values that it reads."""
        return [ref.name for ref in _refs((self.args, tuple(self.keywords.values())))]


@dataclass(frozen=True, eq=False)
class Program(Shared):
    """source: the name of the input; tensors: by the name that steps use; outputs: what it returns, "" where
    that is no tensor. shapes: of all values when it was exported; a text where any size is taken.
    """

    source: str
    tensors: Mapping[str, Tensor]
    steps: tuple[Step, ...]
    outputs: tuple[str, ...]
    shapes: Mapping[str, Shape]


def to_program(path: Path, content: Content) -> Program:
    """The program of a file. InputError for a damaged one; UnsupportedError for what is no network."""
    try:
        module = content.program["graph_module"]
        graph, signature = module["graph"], module["signature"]
        if len(graph["nodes"]) > MAX_STEPS:
            raise UnsupportedError(f"{path}: the program must have at most {MAX_STEPS:,} steps.")
        source, tensors = _inputs(path, content, signature["input_specs"])
        steps = tuple(_step(path, node) for node in graph["nodes"])
        outputs = tuple(_output(path, spec) for spec in signature["output_specs"])
        shapes = {str(name): _shape(meta) for name, meta in graph["tensor_values"].items()}
        _check(path, source, shapes, outputs)
        return Program(source, tensors, steps, outputs, shapes)
    except (KeyError, TypeError, AttributeError, ValueError, IndexError, RecursionError) as error:
        raise damaged(path, f"{type(error).__name__}: {error}") from error


def _inputs(path: Path, content: Content, specs: Sequence[Any]) -> tuple[str, dict[str, Tensor]]:
    users: list[str] = []
    tensors: dict[str, Tensor] = {}
    for spec in specs:
        ((kind, value),) = spec.items()
        if kind == "user_input":
            ((how, given),) = value["arg"].items()
            if how != "as_tensor":
                raise UnsupportedError(
                    f"{path}: the program must take tensors, not {how.removeprefix('as_')}."
                )
            users.append(str(given["name"]))
            continue
        name = value.get("parameter_name") or value.get("buffer_name") or value.get("tensor_constant_name")
        if name is None:
            raise UnsupportedError(
                f"{path}: the program must need tensors alone, not {kind.replace('_', ' ')}; build the code: "
                "my_model.py:Net --weights FILE."
            )
        tensors[str(value["arg"]["name"])] = content.tensors[name].detach()
    if len(users) != 1:
        raise UnsupportedError(
            f"{path}: the program must take one input, not {len(users)}; export a module whose forward takes "
            "one tensor."
        )
    return users[0], tensors


def _output(path: Path, spec: Any) -> str:
    ((kind, value),) = spec.items()
    if kind == "buffer_mutation":
        raise UnsupportedError(
            f"{path}: the program must not change its buffer '{str(value['buffer_name'])[:60]}'; export the "
            "module in eval mode, with states that start in forward, or build the code: "
            "my_model.py:Net --weights FILE."
        )
    if kind != "user_output":
        raise UnsupportedError(f"{path}: the program must return tensors, not {kind.replace('_', ' ')}.")
    ((how, given),) = value["arg"].items()
    return str(given["name"]) if how == "as_tensor" else ""


def _step(path: Path, node: Any) -> Step:
    target = str(node["target"])
    args, keywords = [], {}
    for given in node["inputs"]:
        value = _argument(path, target, given["arg"])
        if given.get("kind", 1) == 2:
            keywords[str(given["name"])] = value
        else:
            args.append(value)
    results = tuple(name for output in node["outputs"] for name in _results(output))
    metadata = node.get("metadata") or {}
    owners = tuple(_owners(str(metadata.get("nn_module_stack") or "")))
    return Step(target, tuple(args), keywords, results, owners, _line(str(metadata.get("stack_trace") or "")))


def _argument(path: Path, target: str, argument: Any) -> Any:
    ((kind, value),) = argument.items()
    if kind in PLAIN:
        return tuple(value) if isinstance(value, list) else value
    if kind in IGNORED:
        return None
    if kind == "as_tensor":
        return Ref(str(value["name"]))
    if kind in ("as_tensors", "as_optional_tensors"):
        return tuple(_tensor_or_none(item) for item in value)
    if kind == "as_scalar_type":
        return DTYPES[value]
    if kind == "as_sym_int":
        return _symbol(value)
    if kind == "as_sym_ints":
        return tuple(_symbol(item) for item in value)
    raise UnsupportedError(f"{path}: {target} must not take {kind.removeprefix('as_').replace('_', ' ')}.")


def _tensor_or_none(item: Any) -> Ref | None:
    given = item.get("as_tensor", item) if isinstance(item, dict) else None
    return Ref(str(given["name"])) if given and "name" in given else None


def _symbol(value: Any) -> int | Ref:
    ((kind, found),) = value.items()
    return int(found) if kind == "as_int" else Ref(str(found))


def _results(output: Any) -> list[str]:
    ((kind, value),) = output.items()
    if kind == "as_tensors":
        return [str(item["name"]) for item in value]
    if kind in ("as_sym_int", "as_sym_bool", "as_sym_float"):
        return [str(value.get("as_name", ""))]
    return [str(value["name"])] if kind == "as_tensor" else [""]


def _owners(text: str) -> list[Owner]:
    """`key,path,class;..` of the modules, the outermost first."""
    found = []
    for entry in filter(None, text.split(";")):
        key, path, kind = (*entry.split(",", 2), "", "")[:3]
        if path:
            found.append(Owner(key, path, kind))
    return found


def _line(trace: str) -> str:
    """Of a stack trace the innermost line of the user's own: the first one it begins with."""
    places = [line.strip() for line in trace.splitlines() if line.strip().startswith("File ")]
    if not places:
        return ""
    file, _, rest = places[0].removeprefix('File "').partition('", line ')
    return f" ({file.replace(chr(92), '/').rpartition('/')[2][:60]}:{rest.partition(',')[0][:9]})"


def _shape(meta: Any) -> Shape:
    return tuple(size["as_int"] if "as_int" in size else str(size) for size in meta["sizes"])


def mapped(value: Any, change: Callable[[Ref], Any]) -> Any:
    """Nested arguments with every `Ref` changed."""
    if isinstance(value, Ref):
        return change(value)
    if isinstance(value, tuple):
        return tuple(mapped(item, change) for item in value)
    return {name: mapped(item, change) for name, item in value.items()} if isinstance(value, dict) else value


def _refs(value: Any) -> list[Ref]:
    if isinstance(value, Ref):
        return [value]
    return [ref for item in value for ref in _refs(item)] if isinstance(value, tuple) else []


def _check(path: Path, source: str, shapes: Mapping[str, Shape], outputs: Sequence[str]) -> None:
    if not any(outputs):
        raise InputError(f"{path}: the program must return a tensor; export a module that does.")
    if len(shapes[source]) < 2:
        raise InputError(
            f"{path}: the input of the program must have an axis of samples and others, (batch, ...), not "
            f"the shape {shapes[source]}; export the module with such an example."
        )
