"""First values of arrays: read at once where every word is a number, else one by one; the same bytes."""

from __future__ import annotations

import pytest

from asn2fpga.engine.clang.syntax import ArrayType, IntType, LlvmType, StructType
from asn2fpga.engine.clang.tokens import Tokens

WORD = StructType((IntType(32),), False)
TYPES: dict[str, LlvmType] = {"struct.word": WORD, "struct.i32 9": WORD}


@pytest.mark.parametrize(
    ("text", "values", "size"),
    [
        ("[3 x i64] [i64 1, i64 -2, i64 3]", [1, -2, 3], 8),
        ("[2 x [2 x i16]] [[2 x i16] [i16 1, i16 2], [2 x i16] [i16 3, i16 -1]]", [1, 2, 3, -1], 2),
        ("[2 x %struct.word] [%struct.word { i32 7 }, %struct.word { i32 -7 }]", [7, -7], 4),
        ("[2 x i24] [i24 1, i24 -1]", [1, -1], 4),
        ("[2 x i128] [i128 1, i128 -170141183460469231731687303715884105728]", [1, -(1 << 127)], 16),
        # not every word is a number
        ("[2 x [2 x i8]] [[2 x i8] c\"\\01\\02\", [2 x i8] [i8 3, i8 4]]", [1, 2, 3, 4], 1),
        ("[2 x [2 x i32]] [[2 x i32] [i32 1, i32 2], [2 x i32] zeroinitializer]", [1, 2, 0, 0], 4),
        ("[3 x i32] [i32 1, i32 undef, i32 3]", [1, 0, 3], 4),
        ("[2 x i1] [i1 true, i1 false]", [1, 0], 1),
        # a name that looks like a number
        ('[2 x %"struct.i32 9"] [%"struct.i32 9" { i32 7 }, %"struct.i32 9" { i32 8 }]', [7, 8], 4),
    ],
)  # fmt: skip
def test_bytes_of_an_array(text: str, values: list[int], size: int) -> None:
    tokens = Tokens(f"{text}, align 8", TYPES)
    type_ = tokens.type()
    assert isinstance(type_, ArrayType)
    mask = (1 << (8 * size)) - 1
    assert tokens.initial_bytes(type_) == b"".join(
        (value & mask).to_bytes(size, "little") for value in values
    )
    assert tokens.take() == ","


def test_fields_of_different_widths_are_read_one_by_one() -> None:
    tokens = Tokens("[1 x { i8, i32 }] [{ i8, i32 } { i8 5, i32 6 }]", {})
    assert tokens.initial_bytes(tokens.type()) == bytes([5, 0, 0, 0, 6, 0, 0, 0])
