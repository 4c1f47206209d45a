"""The rules of the house about the engine: it stands on its own, in the order of its data."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from house_files import MODULES, PACKAGE, ROOT, broken, imported_parts, imports, part_of, reached_from, tree

from asn2fpga.engine.ir.operations import OPERATIONS

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


ENGINE = [path for path in MODULES if part_of(path) == "engine"]


def test_the_engine_stands_on_its_own() -> None:
    """It needs nothing of the networks, their verification or their boards: it can be given away alone."""
    assert broken(ENGINE, lambda path: imported_parts(path) - {"engine", *ENGINE_NEEDS}) == {}


def later_imports_of_the_engine(path: Path) -> set[str]:
    part = path.relative_to(PACKAGE / "engine").parts[0].removesuffix(".py")
    later = ENGINE_ORDER[ENGINE_ORDER.index(part) + 1 :]
    names = {name.split(".")[2] for name in imports(path) if name.startswith("asn2fpga.engine.")}
    return names & set(later)


def test_imports_of_the_engine_go_one_way() -> None:
    files = [path for path in ENGINE if path.name != "__init__.py"]
    assert broken(files, later_imports_of_the_engine) == {}


def imports_itself(path: Path) -> bool:
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    return name in reached_from(*(found for found in imports(path) if found.startswith("asn2fpga.engine.")))


def test_no_file_of_the_engine_imports_itself() -> None:
    """Not through others either."""
    assert broken(ENGINE, imports_itself) == {}


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


def may_group_operations(path: Path) -> bool:
    of_operations = any(path.is_relative_to(place) for place in OF_OPERATIONS)
    return of_operations or path.relative_to(PACKAGE / "engine").parts[0] in OF_LLVM


def test_only_the_table_groups_operations() -> None:
    """What kinds of operations have in common is a property that the table gives them."""
    files = [path for path in ENGINE if not may_group_operations(path)]
    assert broken(files, groups_of_operations) == {}


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
