"""The rules of the house about files: who may import whom, who may do what, how long a file may be."""

from __future__ import annotations

import ast
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from house_files import (
    HARDWARE,
    MODULES,
    ROOT,
    SOURCES,
    broken,
    imported_parts,
    imports,
    name_of,
    part_of,
    reached_from,
    tree,
)

from asn2fpga.kinds.registry import INTEGER, NEURONS, REAL, SYNAPSES

# Data flows one way: a module imports from its own part and from the parts before it.
ORDER = (
    "runtime",
    "errors",
    "endings",
    "warning",
    "files",
    "jsonfile",
    "typed",
    "tomlfile",
    "config",
    "importing",
    "figures",
    "resources",
    "toolchain",
    "graph",
    "device",
    "kinds",
    "nn",
    "loader",
    "passes",
    "reference",
    "quantise",
    "train",
    "golden",
    "conformance",
    "dataflow",
    "codegen",
    "hls4ml",
    "options",
    "rtl",
    "synthesis",
    "engine",
    "hls",
    "verify",
    "board",
    "report",
    "stages",
    "schedule",
    "runner",
    "flow",
    "workers",
    "exploration",
    "api",
    "doctor",
    "cli",
    "__main__",
)
# They all read the quantised graph: what is compared in the end must not be computed one from the other.
STRANGERS = (("golden", "dataflow"), ("golden", "codegen"))
MAX_LINES = 400
# The driver must be one file: users copy it alone, and it imports nothing of ours.
LONGER = {"asn2fpga/runtime/driver.py": 840}
PROGRAM_STARTERS = {"system", "popen", "fork", "execv", "execve", "execvp", "spawnv", "spawnl", "posix_spawn"}


def test_every_part_has_its_place() -> None:
    assert sorted({part_of(path) for path in MODULES} - {"__init__", *ORDER}) == []


def later_imports(path: Path) -> set[str]:
    part = part_of(path)
    later = ORDER[ORDER.index(part) + 1 :]
    forbidden = {*later, *(b for a, b in STRANGERS if a == part), *(a for a, b in STRANGERS if b == part)}
    return imported_parts(path) & forbidden


def test_imports_go_one_way() -> None:
    assert broken([path for path in MODULES if part_of(path) != "__init__"], later_imports) == {}


def test_golden_is_numpy_and_has_nothing_of_what_it_is_compared_with() -> None:
    """The walk over the graph, and the kinds that it runs."""
    kinds = {kind.__module__ for kind in (*INTEGER, *SYNAPSES, *NEURONS)}
    reached = reached_from("asn2fpga.golden.simulate", *kinds)
    assert {"asn2fpga.kinds.population_hardware", "asn2fpga.kinds.neurons.membrane"} <= reached.keys()
    parts = {part_of(path) for path in reached.values()}
    assert parts == {"golden", "kinds", "device", "graph", "errors"}
    others = {name.split(".")[0] for path in reached.values() for name in imports(path)}
    assert others - {"asn2fpga", *sys.stdlib_module_names} == {"numpy"}


KINDS = {kind.__name__: kind for kind in (*REAL, *INTEGER, *SYNAPSES, *NEURONS)}
ASKING = {"isinstance", "issubclass", "of_type"}
# By file, classes of kinds that it asks for all the same. Everything else asks the node, whatever its class.
ASKED_FOR = {
    "asn2fpga/quantise/network.py": {
        "Neuron"
    },  # from trained neurons to integer ones: it reads their equations
}


def kinds_imported(path: Path) -> dict[str, str]:
    """Names that stand for classes of kinds in a file -> the classes' own names."""
    return {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("asn2fpga.kinds")
        for alias in node.names
        if alias.name in KINDS
    }


def kinds_asked_for(path: Path) -> set[str]:
    """Classes of kinds whose nodes a file tells apart: isinstance, of_type, type(x) is .., match."""
    imported = kinds_imported(path)
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        asked = {
            name.id for part in compared_parts(node) for name in ast.walk(part) if isinstance(name, ast.Name)
        }
        found |= {imported[name] for name in asked & imported.keys()}
    return found


def compared_parts(node: ast.AST) -> list[ast.expr]:
    """The expressions in which a class would be asked for."""
    if isinstance(node, ast.Call) and called_name(node) in ASKING:
        return node.args
    if isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
        return (
            sides if any(isinstance(side, ast.Call) and called_name(side) == "type" for side in sides) else []
        )
    return [node.cls] if isinstance(node, ast.MatchClass) else []


def called_name(call: ast.Call) -> str:
    """`f` of f(..) and of x.f(..)."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


OUTSIDE_KINDS = [path for path in MODULES if part_of(path) != "kinds"]


def test_nothing_outside_kinds_asks_of_which_kind_a_node_is() -> None:
    assert broken(OUTSIDE_KINDS, kinds_asked_for) == ASKED_FOR


def names_compared(path: Path) -> Iterator[str]:
    """Names of kinds that a file compares the name of a class with."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Compare):
            sides = [part for side in (node.left, *node.comparators) for part in ast.walk(side)]
            names = any(isinstance(part, ast.Attribute) and part.attr == "__name__" for part in sides)
            texts = {part.value for part in sides if isinstance(part, ast.Constant)}
            yield from texts & KINDS.keys() if names else ()


def test_nothing_outside_kinds_compares_the_name_of_a_class_with_that_of_a_kind() -> None:
    assert broken(OUTSIDE_KINDS, lambda path: list(names_compared(path))) == {}


@pytest.mark.parametrize(
    ("code", "asked"),
    [
        ("isinstance(x, Population)", {"Population"}),
        ("isinstance(x, Encode | Other)", {"Encode"}),
        ("issubclass(x, (int, Encode))", {"Encode"}),
        ("graph.of_type(Population)", {"Population"}),
        ("type(x) is Encode", {"Encode"}),
        ("type(x) in (Encode, Population)", {"Encode", "Population"}),
        ("match x:\n  case Encode(shape=s): pass", {"Encode"}),
        ("Population(name=x)", set()),
        ("x.kind == Encode.kind", set()),
    ],
)
def test_asking_is_noticed(code: str, asked: set[str], tmp_path: Path) -> None:
    head = (
        "from asn2fpga.kinds.population import Population\nfrom asn2fpga.kinds.sources.frames import Encode\n"
    )
    (tmp_path / "example.py").write_text(f"{head}{code}\n")
    assert kinds_asked_for(tmp_path / "example.py") == asked


def lines_too_many(path: Path) -> int:
    return max(0, len(path.read_text().splitlines()) - LONGER.get(name_of(path), MAX_LINES))


def test_no_file_is_too_long() -> None:
    assert broken([*SOURCES, *HARDWARE], lines_too_many) == {}


def test_no_two_files_of_tests_have_one_name() -> None:
    """pytest takes the first for the second: folders of tests are no packages."""
    names = Counter(path.name for path in (ROOT / "tests").rglob("test_*.py"))
    assert [name for name, count in names.items() if count > 1] == []


def says_nothing(path: Path) -> bool:
    docstring = ast.get_docstring(tree(path)) or ""
    return len(docstring) <= 20 or "TBD" in docstring


def test_every_module_says_what_it_is() -> None:
    assert broken(MODULES, says_nothing) == {}


def starters_of_programs(path: Path) -> set[str]:
    called = {node.attr for node in ast.walk(tree(path)) if isinstance(node, ast.Attribute) and is_os(node)}
    return {"subprocess"} & set(imports(path)) | called & PROGRAM_STARTERS


def is_os(node: ast.Attribute) -> bool:
    return isinstance(node.value, ast.Name) and node.value.id == "os"


def test_only_process_starts_programs() -> None:
    assert list(broken(MODULES, starters_of_programs)) == ["asn2fpga/toolchain/process.py"]


def changes_folder(path: Path) -> bool:
    return any(isinstance(node, ast.Attribute) and node.attr == "chdir" for node in ast.walk(tree(path)))


def test_nothing_changes_the_working_folder() -> None:
    assert broken(MODULES, changes_folder) == {}


def test_only_render_knows_jinja() -> None:
    users = broken(MODULES, lambda path: "jinja2" in {name.split(".")[0] for name in imports(path)})
    assert list(users) == ["asn2fpga/codegen/render.py"]


def asks_where_it_lies(path: Path) -> bool:
    return any(isinstance(node, ast.Name) and node.id == "__file__" for node in ast.walk(tree(path)))


def test_only_resources_knows_where_files_lie() -> None:
    assert list(broken(MODULES, asks_where_it_lies)) == ["asn2fpga/resources.py"]


def errors_of_python(path: Path) -> set[str]:
    raised = [node.exc for node in ast.walk(tree(path)) if isinstance(node, ast.Raise)]
    calls = [call.func for call in raised if isinstance(call, ast.Call)]
    names = {function.id for function in calls if isinstance(function, ast.Name)}
    return {"Exception", "BaseException", "RuntimeError"} & names


def test_errors_are_our_own() -> None:
    assert broken(MODULES, errors_of_python) == {}


def test_the_order_is_needed() -> None:
    """The test above would notice: nearly every part imports from one before it."""
    importing = {part_of(path) for path in MODULES if imported_parts(path) - {part_of(path)}}
    assert {
        *("kinds", "loader", "reference", "quantise", "golden", "dataflow", "codegen"),
        *("verify", "stages", "flow", "cli", "__main__"),
    } <= importing
