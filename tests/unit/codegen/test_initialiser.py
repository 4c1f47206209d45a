"""ROM contents as C++: read back exactly, narrow enough, fast."""

from __future__ import annotations

import re
import time

import numpy as np

from asn2fpga.codegen.initialiser import initialiser
from asn2fpga.kinds.roms import rom


def test_initialiser_is_read_back_and_narrow_enough() -> None:
    random = np.random.default_rng(1)
    memory = rom("name", "comment", random.integers(-(2**30), 2**30, (50, 3)), 31)
    text = initialiser(memory)
    found = [int(word, 16) for word in re.findall(r"0x[0-9a-f]+", text)]
    assert found == memory.words.ravel().tolist()
    assert max(map(len, text.splitlines())) <= 100
    assert text.count("{") == text.count("}") == memory.slices


def test_rows_shorter_than_a_digit() -> None:
    assert initialiser(rom("n", "c", np.array([[0], [1]]), 1)) == "    {\n      0x0, 0x1,\n    },\n"


def test_one_megabyte_is_written_in_about_a_second() -> None:
    values = np.random.default_rng(1).integers(-127, 128, (2**16, 16))
    started = time.process_time()
    text = initialiser(rom("name", "comment", values, 8))
    assert time.process_time() - started < 1.5
    assert len(text) > 2 * 2**20
