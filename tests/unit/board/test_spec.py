from __future__ import annotations

import re
from pathlib import Path

import pytest

from asn2fpga.board.spec import find_board, known_boards, read_board
from asn2fpga.errors import InputError
from asn2fpga.resources import boards_dir
from asn2fpga.verify.synth import FAMILIES

GOOD = (boards_dir() / "pynq-z2.toml").read_text()


def refused(message: str) -> object:
    return pytest.raises(InputError, match=f"^{re.escape(message)}$")


def test_known_boards() -> None:
    assert known_boards() == ("pynq-z2", "zcu104")


@pytest.mark.parametrize("name", known_boards())
def test_every_board_reads_and_has_its_file_s_name(name: str) -> None:
    board = find_board(name)
    assert board.name == name
    assert board.family in FAMILIES


def test_figures_of_the_pynq_z2() -> None:
    board = find_board("pynq-z2")
    resources = board.resources
    assert board.part == "xc7z020clg400-1" and board.clock_ns == 10.0
    assert (resources.lut, resources.ff, resources.bram36, resources.dsp, resources.uram) == (
        53200,
        106400,
        140,
        220,
        0,
    )
    assert board.power.rails == ()


def test_figures_of_the_zcu104() -> None:
    board = find_board("zcu104")
    resources = board.resources
    assert board.part == "xczu7ev-ffvc1156-2-e"
    assert (resources.lut, resources.ff, resources.bram36, resources.dsp, resources.uram) == (
        *(230400, 460800, 312, 1728, 96),
    )


def test_own_board_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(GOOD.replace('"pynq-z2"', '"mine"').replace("clock_mhz = 100.0", "clock_mhz = 125"))
    board = find_board(str(path))
    assert board.name == "mine" and board.clock_ns == 8.0


def test_unknown_board_lists_the_known_ones() -> None:
    with refused(
        "--board basys: the board must be one of pynq-z2, zcu104, or the path of a .toml file, not 'basys'; "
        "see `asn2fpga boards`."
    ):
        find_board("basys")


BAD = [
    (
        ("part = ", "prat = "),
        ": key must be one of name, title, part, family, clock_mhz, resources, pynq, power, ",
    ),
    (('part = "xc7z020clg400-1"', ""), ": 'part' must be given (a string), not left out."),
    (('part = "xc7z020clg400-1"', "part = 7"), ": 'part' must be a string, not 7 (int)."),
    (("clock_mhz = 100.0", "clock_mhz = 0"), ": 'clock_mhz' must be above 0, not 0."),
    (("clock_mhz = 100.0", "clock_mhz = true"), ": 'clock_mhz' must be a number, not True (bool)."),
    (("lut = 53200", "lut = -1"), " [resources]: 'lut' must be at least 0, not -1."),
    (("lut = 53200", "lut = 5.5"), " [resources]: 'lut' must be an integer, not 5.5 (float)."),
    (
        ("lut = 53200", "luts = 53200"),
        " [resources]: key must be one of lut, ff, bram36, dsp, uram, not 'luts'.",
    ),
    (
        ("[resources]", "[resource]"),
        ": key must be one of name, title, part, family, clock_mhz, resources, pynq, ",
    ),
    (("rails = []", "rails = [1]"), " [power]: 'rails' must hold strings only, not 1 (int)."),
    (("rails = []", 'rails = "12V"'), " [power]: 'rails' must be a list of strings, not '12V' (str)."),
    (("lut = 53200", "lut = "), ": the file must be valid TOML, not broken: Invalid value (at line 1"),
]


@pytest.mark.parametrize(("change", "message"), BAD, ids=[" -> ".join(change) for change, _ in BAD])
def test_bad_board_file(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    path = tmp_path / "mine.toml"
    assert change[0] in GOOD
    path.write_text(GOOD.replace(*change))
    with pytest.raises(InputError, match=f"^{re.escape(f'{path}{message}')}"):
        read_board(path)


def test_section_that_is_a_value(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(f"pynq = 3\n{GOOD}".replace("[pynq]", "[pynq2]"))
    with pytest.raises(InputError):
        read_board(path)


def test_file_that_is_not_there(tmp_path: Path) -> None:
    with refused(f"{tmp_path / 'x.toml'}: the file must be readable, not 'No such file or directory'."):
        read_board(tmp_path / "x.toml")
