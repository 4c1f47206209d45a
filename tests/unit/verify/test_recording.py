"""Reading what a simulation recorded, from both simulators' files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from asn2fpga.errors import CheckError
from asn2fpga.verify.recording import StreamRecord, read_binary, read_log

WIDTHS = {"s_axis": 37, "m_axis": 37, "fc1_counts": 70}


def test_binary_rows_are_a_cycle_and_the_words_of_the_stream(tmp_path: Path) -> None:
    np.array([[5, 1, 0], [9, 2, 1]], "<u4").tofile(tmp_path / "s_axis.u32")
    np.array([], "<u4").tofile(tmp_path / "m_axis.u32")
    np.array([[7, 1, 2, 3]], "<u4").tofile(tmp_path / "fc1_counts.u32")
    recording = read_binary(tmp_path, WIDTHS)
    assert recording["s_axis"].cycles.tolist() == [5, 9]
    assert recording["s_axis"].values().tolist() == [1, (1 << 32) + 2]
    assert len(recording["m_axis"]) == 0
    assert recording["fc1_counts"].data.tolist() == [[1, 2, 3]]


def test_the_log_of_the_harness_says_the_same(tmp_path: Path) -> None:
    log = tmp_path / "words.log"
    log.write_text("0 5 0000000001\n2 7 000000030000000200000001\n0 9 0100000002\n")
    recording = read_log(log, WIDTHS)
    assert recording["s_axis"].cycles.tolist() == [5, 9]
    assert recording["s_axis"].values().tolist() == [1, (1 << 32) + 2]
    assert len(recording["m_axis"]) == 0
    assert recording["fc1_counts"].data.tolist() == [[1, 2, 3]]


def test_unknown_bits_are_an_error_that_names_stream_and_cycle(tmp_path: Path) -> None:
    log = tmp_path / "words.log"
    log.write_text("0 5 00000000xx\n")
    message = (
        "^s_axis, cycle 5: word must hold known bits, not 00000000xx; "
        r"a register or memory has no start value\.$"
    )
    with pytest.raises(CheckError, match=message):
        read_log(log, WIDTHS)


def test_wide_words_are_not_one_integer() -> None:
    record = StreamRecord(np.zeros(1, np.int64), np.zeros((1, 3), np.uint32))
    with pytest.raises(ValueError, match=r"^stream is wider than 64 bits$"):
        record.values()
