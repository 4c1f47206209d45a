from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from asn2fpga.board.spec import (
    DDR_PORTS,
    DMA_WIDTHS,
    FAMILIES,
    SCOPES,
    find_board,
    from_plain,
    known_boards,
    read_board,
    to_plain,
)
from asn2fpga.errors import InputError
from asn2fpga.resources import boards_dir
from asn2fpga.synthesis import area as synth

GOOD = (boards_dir() / "pynq-z2.toml").read_text()
NAMES = ("aup-zu3", "kv260", "pynq-z1", "pynq-z2", "ultra96-v2", "zcu102", "zcu104")

# name, part, board files of Vivado, look-up tables, flip-flops, block RAMs, DSP slices, UltraRAMs
FACTS = [
    ("pynq-z2", "xc7z020clg400-1", "tul.com.tw:pynq-z2:part0:1.0", (53200, 106400, 140, 220, 0)),
    ("pynq-z1", "xc7z020clg400-1", "www.digilentinc.com:pynq-z1:part0:1.0", (53200, 106400, 140, 220, 0)),
    ("zcu104", "xczu7ev-ffvc1156-2-e", "xilinx.com:zcu104:part0:1.1", (230400, 460800, 312, 1728, 96)),
    ("zcu102", "xczu9eg-ffvb1156-2-e", "xilinx.com:zcu102:part0:3.4", (274080, 548160, 912, 2520, 0)),
    ("ultra96-v2", "xczu3eg-sbva484-1-i", "avnet.com:ultra96v2:part0:1.2", (70560, 141120, 216, 360, 0)),
    ("kv260", "xck26-sfvc784-2LV-c", "xilinx.com:kv260_som:part0:1.4", (117120, 234240, 144, 1248, 64)),
    ("aup-zu3", "xczu3eg-sfvc784-2-e", "realdigital.org:aup-zu3-8gb:part0:1.0", (70560, 141120, 216, 360, 0)),
]


def refused(message: str) -> object:
    return pytest.raises(InputError, match=f"^{re.escape(message)}$")


def test_known_boards() -> None:
    assert known_boards() == NAMES


@pytest.mark.parametrize("name", known_boards())
def test_every_board_reads_and_has_its_file_s_name(name: str) -> None:
    board = find_board(name)
    assert board.name == name
    assert board.family in FAMILIES
    assert board.vivado.ddr_port in DDR_PORTS[board.vivado.zynq]
    assert board.vivado.dma_width_bits in DMA_WIDTHS[board.vivado.zynq]
    assert all(rail.scope in SCOPES for rail in board.power.rails)


def test_families_are_those_that_yosys_is_asked_for() -> None:
    assert FAMILIES == synth.FAMILIES


@pytest.mark.parametrize(("name", "part", "board_part", "counts"), FACTS, ids=[row[0] for row in FACTS])
def test_facts(name: str, part: str, board_part: str, counts: tuple[int, ...]) -> None:
    board = find_board(name)
    resources = board.resources
    assert (board.part, board.vivado.board_part) == (part, board_part)
    used = (resources.lut, resources.ff, resources.bram36, resources.dsp, resources.uram)
    assert used == counts


def test_which_boards_can_measure_what() -> None:
    boards = {name: find_board(name) for name in known_boards()}
    scopes = {name: {rail.scope for rail in board.power.rails} for name, board in boards.items()}
    assert [name for name in scopes if not scopes[name]] == ["aup-zu3", "pynq-z1", "pynq-z2"]
    assert [name for name in scopes if "pl" in scopes[name]] == ["ultra96-v2", "zcu102"]
    assert scopes["kv260"] == {"module"}
    assert scopes["zcu104"] == {"board", "pl+ps", "other"}


@pytest.mark.parametrize("name", known_boards())
def test_way_through_json(name: str) -> None:
    board = find_board(name)
    assert from_plain(json.loads(json.dumps(to_plain(board)))) == board


@pytest.mark.parametrize("name", known_boards())
def test_energy_constants_are_called_assumptions(name: str) -> None:
    assert find_board(name).energy.note.startswith("assumed for ")


def test_own_board_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(GOOD.replace('"pynq-z2"', '"mine"').replace("clock_mhz = 100.0", "clock_mhz = 125"))
    board = find_board(str(path))
    assert board.name == "mine" and board.clock_ns == 8.0


def test_unknown_board_lists_the_known_ones() -> None:
    with refused(
        f"--board basys: the board must be one of {', '.join(NAMES)}, or the path of a .toml file, "
        "not 'basys'; see `asn2fpga boards`."
    ):
        find_board("basys")


BAD = [
    (
        ("part = ", "prat = "),
        ": key must be one of name, title, part, family, clock_mhz, vivado, resources, pynq, power, ",
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
        ": key must be one of name, title, part, family, clock_mhz, vivado, resources, pynq, ",
    ),
    (("xc7z020clg400-1", "xczu7ev-ffvc1156-2-e"), ": 'part' must be a part of family zynq7000 such as "),
    (('family = "xc7"', 'family = "xc8"'), ": 'family' must be one of xc7, xcu, xcup, not 'xc8'."),
    (
        ('name = "pynq-z2"', 'name = "my board"'),
        ": 'name' must be letters, digits, '.', '_' and '-', not 'my ",
    ),
    (
        ('zynq = "zynq7000"', 'zynq = "versal"'),
        " [vivado]: 'zynq' must be one of zynq7000, zynquplus, not 'versal'.",
    ),
    (('"HP0"', '"HPC0"'), " [vivado]: 'ddr_port' must be one of HP0, HP1, HP2, HP3, not 'HPC0'."),
    (
        ("dma_width_bits = 64", "dma_width_bits = 128"),
        " [vivado]: 'dma_width_bits' must be one of 32, 64 for zynq7000, not 128.",
    ),
    (
        ("tul.com.tw:pynq-z2:part0:1.0", "pynq-z2"),
        " [vivado]: 'board_part' must be VENDOR:NAME:part0:VERSION, not 'pynq-z2'.",
    ),
    (
        ("[power]\n", "[power]\nrails = [1]\n"),
        " [power]: 'rails' must be tables [[power.rails]], not [1] (list).",
    ),
    (
        ("[energy]", '[[power.rails]]\nlabel = "INT"\nscope = "half"\n[energy]'),
        " [power] rails[1]: 'scope' must be one of board, module, pl, ps, pl+ps, other, not 'half'.",
    ),
    (
        ("[energy]", 2 * '[[power.rails]]\nlabel = "INT"\nscope = "pl"\nsensor = "x"\n' + "[energy]"),
        " [power]: label 'INT' is that of two rails; each needs its own.",
    ),
    (
        ("[energy]", '[[power.rails]]\nlabel = "A"\nscope = "pl"\nsensor = "x"\nresolution_mw = 0\n[energy]'),
        " [power] rails[1]: 'resolution_mw' must be above 0, not 0.",
    ),
    (
        ("lut = 53200", f"lut = {'[' * 5000}"),
        ": this is not valid TOML: it is nested too deep",
    ),
    (("lut = 53200", f"lut = {'9' * 5000}"), ": this is not valid TOML: Exceeds the limit"),
    (
        ("lut = 53200", f"lut = 0x{'f' * 5000}"),
        " [resources]: 'lut' must be at most 1e+12, not this int.",
    ),
    (("clock_mhz = 100.0", "clock_mhz = inf"), ": 'clock_mhz' must be at most 1e+12, not inf."),
    (("clock_mhz = 100.0", "clock_mhz = nan"), ": 'clock_mhz' must be at most 1e+12, not nan."),
    (
        ("lut = 53200", f"lut = '{'x' * 5000}'"),
        " [resources]: 'lut' must be an integer, not 'xxxxxxxxxxxxxxx",
    ),
    (("lut = 53200", "lut = "), ": this is not valid TOML: Invalid value (at line 2"),
]


@pytest.mark.parametrize(("change", "message"), BAD, ids=[" -> ".join(change)[:90] for change, _ in BAD])
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
