"""A process's part of a module's text: the same whatever stands beside the process."""

from __future__ import annotations

from pathlib import Path

from asn2fpga.engine.clang.frontend import compile_to_llvm, optimise
from asn2fpga.engine.clang.parse import parse_module
from asn2fpga.engine.clang.slices import slice_of
from asn2fpga.engine.clang.syntax import Module
from asn2fpga.rtl import HlsProject

HEAD = (
    '#include "engine.h"\n#include <ap_int.h>\n#include <hls_stream.h>\ntypedef hls::stream<ap_uint<8> > S;\n'
)
LOOKUP = """struct pair { ap_uint<12> low, high; };
HLS_PROCESS void lookup(S& in, S& out) {
  static const unsigned char table[4] = {3, 1, 4, 1};
  static pair kept[4];
  kept[0].high = in.read();
  out.write(table[in.read() & 3] + kept[in.read() & 3].low);
}
"""
OTHER = """struct three { ap_uint<12> low, middle, high; };
HLS_PROCESS void other(S& in, S& out) {
  static const unsigned short words[4] = {2, 7, 1, 8};
  static three kept[4];
  kept[1].low = in.read();
  out.write(words[in.read() & 3] + kept[in.read() & 3].high);
}
"""


def module_of(code: str, work: Path) -> Module:
    (work / "hls").mkdir(parents=True)
    (work / "hls" / "work.cpp").write_text(HEAD + code)
    project = HlsProject(work, work / "hls" / "work.cpp", (), "", "xc7z020clg400-1", 10.0)
    return parse_module(optimise(compile_to_llvm(project, work / "rtl")))


def slice_in(module: Module, name: str) -> str:
    return slice_of(module, next(function for function in module.functions if name in function))


def test_a_slice_does_not_change_with_what_stands_behind_it_or_with_the_folder(tmp_path: Path) -> None:
    alone = module_of(LOOKUP, tmp_path / "alone")
    both = module_of(LOOKUP + OTHER, tmp_path / "with" / "other")
    assert slice_in(alone, "lookup") == slice_in(both, "lookup")


def test_a_slice_changes_with_its_constants_and_its_lines(tmp_path: Path) -> None:
    alone = slice_in(module_of(LOOKUP, tmp_path / "alone"), "lookup")
    assert slice_in(module_of(LOOKUP.replace("4, 1}", "4, 2}"), tmp_path / "constant"), "lookup") != alone
    assert slice_in(module_of("\n" + LOOKUP, tmp_path / "line"), "lookup") != alone


def test_a_slice_is_a_module_with_what_its_function_needs(tmp_path: Path) -> None:
    module = module_of(OTHER + LOOKUP, tmp_path)
    found = parse_module(slice_in(module, "lookup"))
    (function,) = found.functions.values()
    assert "lookup" in function.name
    assert sorted(variable.initial[:4] for variable in found.globals.values()) == [
        bytes(4),
        bytes([3, 1, 4, 1]),
    ]
    whole = module.functions[function.name]
    assert [len(block.instructions) for block in function.blocks] == [
        len(block.instructions) for block in whole.blocks
    ]
    assert all(
        found.globals[name].type == module.globals[name].type
        and found.globals[name].initial == module.globals[name].initial
        for name in found.globals
    )


def test_nothing_in_quotes_is_renamed() -> None:
    text = "\n".join(
        [
            '@"a!7" = internal constant [2 x i8] c"!7"',
            "define void @f() !dbg !7 {",
            '  %x = load i8, ptr @"a!7", align 1, !dbg !9',
            "  ret void",
            "}",
            '!7 = distinct !DISubprogram(name: "f!9", scope: !8, file: !8, line: 3)',
            '!8 = !DIFile(filename: "../of/a!7.cpp", directory: "/somewhere")',
            "!9 = !DILocation(line: 4, scope: !7, atomGroup: 12, atomRank: 1)",
        ]
    )
    assert slice_of(parse_module(text), "f") == "\n".join(
        [
            "define void @f() !dbg !0 {",
            '  %x = load i8, ptr @"a!7", align 1, !dbg !1',
            "  ret void",
            "}",
            '@"a!7" = internal constant [2 x i8] c"!7"',
            '!0 = distinct !DISubprogram(name: "f!9", scope: !2, file: !2, line: 3)',
            "!1 = !DILocation(line: 4, scope: !0)",
            '!2 = !DIFile(filename: "a!7.cpp")',
            "",
        ]
    )
