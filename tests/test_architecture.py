"""The rules of the house about files: who may import whom, who may do what, how long a file may be."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from asn2fpga.engine.ir.operations import OPERATIONS
from asn2fpga.kinds.registry import INTEGER, NEURONS, REAL, SYNAPSES

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "asn2fpga"

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
# The parts of the engine, a compiler that stands on its own, in the order of the data.
ENGINE_ORDER = (
    "ir",
    "clang",
    "target",
    "analysis",
    "read",
    "schedule",
    "passes",
    "verilog",
    "report",
    "processes",
    "compile",
    "__main__",
)
ENGINE_NEEDS = {
    "errors",
    "endings",
    "files",
    "jsonfile",
    "typed",
    "resources",
    "device",
    "toolchain",
    "synthesis",
    "options",
    "rtl",
}
MAX_LINES = 400
# The driver must be one file: users copy it alone, and it imports nothing of ours.
LONGER = {"asn2fpga/runtime/driver.py": 800}
PROGRAM_STARTERS = {"system", "popen", "fork", "execv", "execve", "execvp", "spawnv", "spawnl", "posix_spawn"}

MODULES = sorted(PACKAGE.rglob("*.py"))
SOURCES = [*MODULES, *sorted((ROOT / "tests").rglob("*.py")), *sorted((ROOT / "benchmarks").rglob("*.py"))]
HARDWARE = sorted(path for path in (ROOT / "hw").rglob("*") if path.suffix in (".h", ".sv", ".v", ".cpp"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def part_of(path: Path) -> str:
    """`quantise` of asn2fpga/quantise/scheme.py, `errors` of asn2fpga/errors.py."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))


def imports(path: Path) -> Iterator[str]:
    """Full names of every module that the file imports, wherever in it."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(path)}: imports must be absolute"
            module = node.module or ""
            yield module
            if module.split(".")[0] == "asn2fpga":
                yield from (f"{module}.{alias.name}" for alias in node.names)


def imported_parts(path: Path) -> set[str]:
    """Parts of asn2fpga that the file imports from; names of the package itself (__version__) are no part."""
    names = {name.split(".")[1] for name in imports(path) if name.startswith("asn2fpga.")}
    return {name for name in names if name in ORDER}


def test_every_part_has_its_place() -> None:
    assert sorted({part_of(path) for path in MODULES} - {"__init__", *ORDER}) == []


@pytest.mark.parametrize("path", [path for path in MODULES if part_of(path) != "__init__"], ids=name_of)
def test_imports_go_one_way(path: Path) -> None:
    part = part_of(path)
    later = ORDER[ORDER.index(part) + 1 :]
    forbidden = {*later, *(b for a, b in STRANGERS if a == part), *(a for a, b in STRANGERS if b == part)}
    assert sorted(imported_parts(path) & forbidden) == []


ENGINE = [path for path in MODULES if part_of(path) == "engine"]


@pytest.mark.parametrize("path", ENGINE, ids=name_of)
def test_the_engine_stands_on_its_own(path: Path) -> None:
    """It needs nothing of the networks, their verification or their boards: it can be given away alone."""
    assert imported_parts(path) <= {"engine", *ENGINE_NEEDS}


@pytest.mark.parametrize("path", [path for path in ENGINE if path.name != "__init__.py"], ids=name_of)
def test_imports_of_the_engine_go_one_way(path: Path) -> None:
    part = path.relative_to(PACKAGE / "engine").parts[0].removesuffix(".py")
    later = ENGINE_ORDER[ENGINE_ORDER.index(part) + 1 :]
    names = {name.split(".")[2] for name in imports(path) if name.startswith("asn2fpga.engine.")}
    assert sorted(names & set(later)) == []


@pytest.mark.parametrize("path", ENGINE, ids=name_of)
def test_no_file_of_the_engine_imports_itself(path: Path) -> None:
    """Not through others either."""
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    assert name not in reached_from(
        *(found for found in imports(path) if found.startswith("asn2fpga.engine."))
    )


# clang/ and read/ speak of LLVM's instructions, many of which are called the same.
OF_LLVM = {"clang", "read"}
OF_OPERATIONS = (PACKAGE / "engine" / "ir" / "operations.py", PACKAGE / "engine" / "ir" / "fold")


def groups_of_operations(path: Path) -> list[set[str]]:
    """Literal tuples, lists and sets that name two or more kinds of operations."""
    groups = [
        {part.value for part in node.elts if isinstance(part, ast.Constant) and isinstance(part.value, str)}
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Tuple | ast.List | ast.Set)
    ]
    return [group & OPERATIONS.keys() for group in groups if len(group & OPERATIONS.keys()) > 1]


@pytest.mark.parametrize("path", ENGINE, ids=name_of)
def test_only_the_table_groups_operations(path: Path) -> None:
    """What kinds of operations have in common is a property that the table gives them."""
    if any(path.is_relative_to(place) for place in OF_OPERATIONS):
        return
    if path.relative_to(PACKAGE / "engine").parts[0] not in OF_LLVM:
        assert groups_of_operations(path) == []


@pytest.mark.parametrize(
    ("code", "groups"),
    [
        ('x = frozenset({"add", "sub"})', [{"add", "sub"}]),
        ('op.kind in ("load", "store", "other")', [{"load", "store"}]),
        ('op.kind == "add" or op.kind == "sub"', []),
        ('{"add": 1, "sub": 2}', []),
    ],
)
def test_groups_of_operations_are_noticed(code: str, groups: list[set[str]], tmp_path: Path) -> None:
    (tmp_path / "example.py").write_text(f"{code}\n")
    assert groups_of_operations(tmp_path / "example.py") == groups


def reached_from(*roots: str) -> dict[str, Path]:
    """Modules, and all that importing them imports but the package's own names, by name."""
    modules = {path.relative_to(ROOT).with_suffix("").as_posix().replace("/", "."): path for path in MODULES}
    modules = {name.removesuffix(".__init__"): path for name, path in modules.items()}
    pending, found = list(roots), dict[str, Path]()
    while pending:
        name = pending.pop()
        if name in modules and name not in found:
            found[name] = modules[name]
            packages = [name.rsplit(".", depth)[0] for depth in range(1, name.count("."))]
            pending += [*imports(modules[name]), *packages]
    return found


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


@pytest.mark.parametrize("path", [path for path in MODULES if part_of(path) != "kinds"], ids=name_of)
def test_nothing_outside_kinds_asks_of_which_kind_a_node_is(path: Path) -> None:
    assert kinds_asked_for(path) == ASKED_FOR.get(name_of(path), set())


@pytest.mark.parametrize("path", [path for path in MODULES if part_of(path) != "kinds"], ids=name_of)
def test_nothing_outside_kinds_compares_the_name_of_a_class_with_that_of_a_kind(path: Path) -> None:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Compare):
            sides = [part for side in (node.left, *node.comparators) for part in ast.walk(side)]
            names = any(isinstance(part, ast.Attribute) and part.attr == "__name__" for part in sides)
            texts = {part.value for part in sides if isinstance(part, ast.Constant)}
            assert not names or not texts & KINDS.keys()


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


@pytest.mark.parametrize("path", [*SOURCES, *HARDWARE], ids=name_of)
def test_file_is_not_too_long(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= LONGER.get(name_of(path), MAX_LINES)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_module_says_what_it_is(path: Path) -> None:
    docstring = ast.get_docstring(tree(path)) or ""
    assert len(docstring) > 20 and "TBD" not in docstring


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_only_process_starts_programs(path: Path) -> None:
    if name_of(path) == "asn2fpga/toolchain/process.py":
        return
    assert "subprocess" not in imports(path)
    called = {node.attr for node in ast.walk(tree(path)) if isinstance(node, ast.Attribute) and is_os(node)}
    assert sorted(called & PROGRAM_STARTERS) == []


def is_os(node: ast.Attribute) -> bool:
    return isinstance(node.value, ast.Name) and node.value.id == "os"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_nothing_changes_the_working_folder(path: Path) -> None:
    assert not any(isinstance(node, ast.Attribute) and node.attr == "chdir" for node in ast.walk(tree(path)))


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_only_render_knows_jinja(path: Path) -> None:
    users = {name.split(".")[0] for name in imports(path)}
    assert "jinja2" not in users or name_of(path) == "asn2fpga/codegen/render.py"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_only_resources_knows_where_files_lie(path: Path) -> None:
    uses = any(isinstance(node, ast.Name) and node.id == "__file__" for node in ast.walk(tree(path)))
    assert not uses or name_of(path) == "asn2fpga/resources.py"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_errors_are_our_own(path: Path) -> None:
    raised = [node.exc for node in ast.walk(tree(path)) if isinstance(node, ast.Raise)]
    calls = [call.func for call in raised if isinstance(call, ast.Call)]
    names = [function.id for function in calls if isinstance(function, ast.Name)]
    assert not {"Exception", "BaseException", "RuntimeError"} & set(names)


def test_the_order_is_needed() -> None:
    """The test above would notice: nearly every part imports from one before it."""
    importing = {part_of(path) for path in MODULES if imported_parts(path) - {part_of(path)}}
    assert {
        *("kinds", "loader", "reference", "quantise", "golden", "dataflow", "codegen"),
        *("verify", "stages", "flow", "cli", "__main__"),
    } <= importing
