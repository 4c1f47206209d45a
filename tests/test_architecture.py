"""The rules of the house about files: who may import whom, who may do what, how long a file may be."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "asn2fpga"

# Data flows one way: a module imports from its own part and from the parts before it.
ORDER = (
    "runtime",
    "errors",
    "warning",
    "files",
    "jsonfile",
    "typed",
    "tomlfile",
    "config",
    "resources",
    "graph",
    "nn",
    "loader",
    "train",
    "passes",
    "quantise",
    "golden",
    "codegen",
    "toolchain",
    "hls",
    "verify",
    "board",
    "report",
    "stages",
    "schedule",
    "runner",
    "flow",
    "doctor",
    "cli",
    "__main__",
)
STRANGERS = (("golden", "codegen"),)  # both read the quantised graph, and never each other
MAX_LINES = 400
# The driver must be one file: users copy it alone, and it imports nothing of ours.
LONGER = {"asn2fpga/runtime/driver.py": 690}
PROGRAM_STARTERS = {"system", "popen", "fork", "execv", "execve", "execvp", "spawnv", "spawnl", "posix_spawn"}

MODULES = sorted(PACKAGE.rglob("*.py"))
SOURCES = [*MODULES, *sorted((ROOT / "tests").rglob("*.py")), *sorted((ROOT / "benchmarks").rglob("*.py"))]
HARDWARE = sorted(path for path in (ROOT / "hw").rglob("*") if path.suffix in (".h", ".sv", ".v", ".cpp"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def part_of(path: Path) -> str:
    """`quantise` of asn2fpga/quantise/scheme.py, `errors` of asn2fpga/errors.py; programs are one part."""
    if path.name == "__main__.py":
        return "__main__"
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
            yield from (f"{module}.{alias.name}" for alias in node.names if module == "asn2fpga")


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
    assert {"loader", "quantise", "golden", "codegen", "verify", "stages", "flow", "cli"} <= importing
