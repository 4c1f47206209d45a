"""The files of the project, what they import, and in which of them a rule is broken."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "asn2fpga"

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


@cache
def imports(path: Path) -> tuple[str, ...]:
    """Full names of every module that the file imports, wherever in it."""
    return tuple(_imports(path))


def _imports(path: Path) -> Iterator[str]:
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
    return names & {part_of(path) for path in MODULES}


def broken(paths: Iterable[Path], rule: Callable[[Path], object]) -> dict[str, object]:
    """What a rule finds wrong, by file: one test for all files, since thousands of tests take minutes."""
    return {name_of(path): found for path in paths if (found := rule(path))}


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
