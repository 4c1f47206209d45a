"""Commands and options. Imports nothing heavy: `asn2fpga --help` must be quick."""

from __future__ import annotations

import os
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any, NoReturn

from asn2fpga import __version__
from asn2fpga.config import ALPHA_SNAPS, ENGINES, SCALE_METHODS
from asn2fpga.errors import InputError

DESCRIPTION = """\
Trained networks of Adaptive Spiking Neurons to verified, event-driven FPGA hardware.

    asn2fpga train-example digits --out digits.pt
    asn2fpga build digits.pt --board pynq-z2 --out build/digits
    asn2fpga report build/digits
"""


class UsageError(InputError):
    """The command line itself is wrong."""


class Parser(ArgumentParser):
    """An ArgumentParser whose errors are ours: one message, exit status 2."""

    def error(self, message: str) -> NoReturn:
        """Raise UsageError instead of leaving the program."""
        raise UsageError(f"{self.prog}: {message}; see `{self.prog} --help`.")


def make_parser() -> Parser:
    """The parser of the whole command line; `command` names the chosen one."""
    parser = Parser(
        "asn2fpga", description=DESCRIPTION, formatter_class=RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("--version", action="version", version=f"asn2fpga {__version__}")
    parser.add_argument("--debug", action="store_true", help="show tracebacks of errors")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _build(_command(commands, "build", "turn a model into verified RTL with a report"))
    _verify(_command(commands, "verify", "run the simulations of a build again"))
    _report(_command(commands, "report", "show the report of a build"))
    _boards(_command(commands, "boards", "list the boards, or show one"))
    _command(commands, "doctor", "check what is installed and working, and say how to get the rest")
    _train_example(_command(commands, "train-example", "train a small network to try the build with"))
    return parser


def _command(commands: Any, name: str, text: str) -> Parser:
    parser: Parser = commands.add_parser(
        name, help=text, description=f"{text[0].upper()}{text[1:]}.", allow_abbrev=False
    )
    parser.add_argument("--debug", action="store_true", default=False, help="show tracebacks of errors")
    return parser


def _build(parser: Parser) -> None:
    parser.add_argument(
        "model", type=Path, metavar="MODEL", help="model file written by asn2fpga.save, or a checkpoint"
    )
    parser.add_argument("--board", required=True, metavar="NAME", help="a board's name, or a board file.toml")
    parser.add_argument("--out", type=Path, metavar="DIR", help="out folder (default: build/MODEL)")
    parser.add_argument(
        "--data", type=Path, metavar="FILE.npz", help="x (N, ...) and y (N,): accuracy and test vectors"
    )
    parser.add_argument(
        "--config", type=Path, metavar="FILE.toml", help="choices of the build; options override it"
    )
    parser.add_argument("--until", metavar="STAGE", help="stop after this stage")
    parser.add_argument(
        "--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="programs to run at a time"
    )
    parser.add_argument(
        "--model", dest="factory", metavar="PACKAGE.MODULE:FACTORY", help="builds the module of a checkpoint"
    )
    parser.add_argument(
        "--unsafe-pickle", action="store_true", help="load a pickled module (this can run code in it)"
    )
    _config_options(parser)


def _config_options(parser: Parser) -> None:
    """Options that are keys of the configuration file; None when not given."""
    group = parser.add_argument_group("choices (also keys of the --config file)")
    group.add_argument("--engine", choices=ENGINES, help="HLS engine (default: llvm, the embedded one)")
    group.add_argument("--weight-bits", metavar="BITS", help="2..8, or LAYER=BITS,... (default: 8)")
    group.add_argument(
        "--lanes",
        metavar="LANES",
        help="synapses a layer adds per cycle, or LAYER=LANES,... (default: chosen)",
    )
    group.add_argument(
        "--scale-method", choices=SCALE_METHODS, help="how weight scales are chosen (default: auto)"
    )
    group.add_argument(
        "--alpha-snap", choices=ALPHA_SNAPS, help="how a non-integer alpha is treated (default: auto)"
    )
    group.add_argument(
        "--alpha-frac-bits", type=int, metavar="BITS", help="fraction bits of alpha with 'exact' (default: 4)"
    )
    group.add_argument(
        "--state-frac-bits", type=int, metavar="BITS", help="fraction bits of membranes (default: derived)"
    )
    group.add_argument(
        "--vectors", type=int, metavar="N", help="inferences compared in each simulation (default: 1000)"
    )
    group.add_argument(
        "--cocotb-vectors",
        type=int,
        metavar="N",
        help="of these under cocotb, with random stalls (default: 100)",
    )
    group.add_argument("--seed", type=int, metavar="N", help="of everything random (default: 1)")


def _verify(parser: Parser) -> None:
    parser.add_argument("directory", type=Path, metavar="DIR", help="out folder of a build")
    parser.add_argument("--vectors", type=int, metavar="N", help="inferences to compare (default: as built)")
    parser.add_argument("--layer", metavar="NAME", help="compare this layer only")
    parser.add_argument("--vector", type=int, metavar="K", help="compare this one inference only")
    parser.add_argument(
        "--seed", type=int, metavar="N", help="of the random vectors and stalls (default: as built)"
    )


def _report(parser: Parser) -> None:
    parser.add_argument("directory", type=Path, metavar="DIR", help="out folder of a build")
    parser.add_argument("--json", action="store_true", help="print report.json instead of tables")


def _boards(parser: Parser) -> None:
    parser.add_argument("name", nargs="?", metavar="NAME", help="show this board")


def _train_example(parser: Parser) -> None:
    parser.add_argument("name", metavar="NAME", help="digits (needs no file), mnist or fashion (need --data)")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.pt", help="model file to write")
    parser.add_argument("--data", type=Path, metavar="FILE.npz", help="x uint8 images (N, ...) and y (N,)")
