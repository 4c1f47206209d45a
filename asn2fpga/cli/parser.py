"""Commands and options. Imports nothing heavy: `asn2fpga --help` must be quick."""

from __future__ import annotations

import os
from argparse import SUPPRESS, ArgumentTypeError, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from asn2fpga import __version__
from asn2fpga.cli.completion import PrintCompletion
from asn2fpga.cli.importing import add_import_options
from asn2fpga.cli.training import add_training_options
from asn2fpga.config import ALPHA_SNAPS, ENGINES, MAP_ORDERS, OPTIMISE, SCALE_METHODS
from asn2fpga.options import Parser

DESCRIPTION = """\
Trained networks of Adaptive Spiking Neurons to verified, event-driven FPGA hardware.

    asn2fpga train-example digits --out digits.pt
    asn2fpga build digits.pt --board pynq-z2 --out build/digits
    asn2fpga report build/digits
"""

EPILOG = """\
Exit status: 0 done; 1 a check failed (a difference, a network that does not fit, a tool that failed);
2 bad usage or input; 130 and 143 stopped by Ctrl-C and SIGTERM. Errors are one sentence on standard error.
"""


def make_parser() -> Parser:
    """The parser of the whole command line; `command` names the chosen one."""
    parser = Parser(
        "asn2fpga",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"asn2fpga {__version__}")
    parser.add_argument("--debug", action="store_true", help="show tracebacks of errors")
    parser.add_argument(
        "--print-completion",
        action=PrintCompletion,
        metavar="SHELL",
        help='a completion script of bash, zsh or tcsh, for: eval "$(asn2fpga --print-completion bash)"',
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    _build(_command(commands, "build", "turn a model into verified RTL with a report"))
    _estimate(_command(commands, "estimate", "tell what a model would be on a board, or on all, without RTL"))
    _explore(_command(commands, "explore", "try designs of a model, build the best ones, show the front"))
    _verify(_command(commands, "verify", "run the simulations of a build again"))
    _report(_command(commands, "report", "show the report of a build"))
    _package(_command(commands, "package", "make the package for the board again"))
    _energy(_command(commands, "energy", "put energy that was measured on a board into the report"))
    _run(_command(commands, "run", "run the package on a board, or on a simulated one"))
    _export_nir(_command(commands, "export-nir", "write the network of a build as a NIR graph"))
    _boards(_command(commands, "boards", "list the boards, or show one"))
    _command(commands, "doctor", "check what is installed and working, and say how to get the rest")
    add_training_options(
        _command(commands, "train-example", "train a small network to try the build with"), _path
    )
    _generate(_command(commands, "generate", "let the language model of a build write text"))
    _compare(_command(commands, "compare", "run a framework's model and the golden model side by side"))
    _compare_builds(_command(commands, "compare-builds", "show what differs between two builds"))
    _conformance(_command(commands, "conformance", "compare neurons of installed frameworks with golden"))
    return parser


def _path(text: str) -> Path:
    """A path that every file of a build can name: UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ArgumentTypeError(f"the path must be UTF-8, not {text!r}; rename the file or folder") from None
    return Path(text)


def int_or_auto(text: str) -> int | str:
    """An integer, or the word auto."""
    if text == "auto":
        return text
    try:
        return int(text)
    except ValueError:
        raise ArgumentTypeError(f"the value must be an integer or auto, not '{text}'") from None


def _command(commands: Any, name: str, text: str) -> Parser:
    description = f"{text[0].upper()}{text[1:]}."
    parser: Parser = commands.add_parser(name, help=text, description=description, allow_abbrev=False)
    parser.add_argument("--debug", action="store_true", default=SUPPRESS, help="show tracebacks of errors")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    return parser


def _talking(parser: Parser) -> None:
    """Options about what is shown meanwhile."""
    add = parser.add_argument
    add("-q", "--quiet", action="store_true", help="show the result alone, no progress")
    add("-v", "--verbose", action="store_true", help="show all that a stage is at, with the time")


def _build(parser: Parser) -> None:
    add = parser.add_argument
    add(
        "model",
        type=_path,
        nargs="?",
        metavar="MODEL",
        help="file of asn2fpga.save, .nir graph, .pt2 program, or NET.py:NAME",
    )
    add("--board", metavar="NAME", help="a board's name, or a board file.toml")
    add("--out", type=_path, metavar="DIR", help="out folder (default: build/MODEL)")
    add("--data", type=_path, metavar="FILE.npz", help="x (N, ...) and y (N,): accuracy and test vectors")
    add("--config", type=_path, metavar="FILE.toml", help="choices of the build; options override it")
    add("--until", metavar="STAGE", help="stop after this stage")
    add("--overwrite", action="store_true", help="replace the build of another model that lies in --out")
    add("--resume", action="store_true", help="go on with the build in --out, with results put into vivado/")
    add("--bitstream", metavar="FLOW", help="vivado (default), or openxc7 (Zynq-7000, experimental)")
    add("--vivado", type=_path, metavar="PATH", help="Vivado, or none (default: ASN2FPGA_VIVADO, then PATH)")
    add("--activity", action="store_true", help="switching activity for power although Vivado is not here")
    add("--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="programs to run at a time")
    _talking(parser)
    add_import_options(parser, _path)
    choices = parser.add_argument_group("choices (also keys of the --config file)")
    _network_choices(choices)
    _simulation_choices(choices)


def _estimate(parser: Parser) -> None:
    add = parser.add_argument
    add(
        "model",
        type=_path,
        metavar="MODEL",
        help="file of asn2fpga.save, a .nir graph, NET.pt2, or NET.py:NAME",
    )
    add("--board", default="pynq-z2", metavar="NAME", help="a board, a board file.toml, or all (pynq-z2)")
    add("--data", type=_path, metavar="FILE.npz", help="x (N, ...) and y (N,) for accuracy and activity")
    add("--samples", type=int, default=500, metavar="N", help="of these, over all classes (default: 500)")
    add("--config", type=_path, metavar="FILE.toml", help="choices of the build; options override it")
    add_import_options(parser, _path)
    choices = parser.add_argument_group("choices (also keys of the --config file)")
    _network_choices(choices)
    _seed(choices)


def _explore(parser: Parser) -> None:
    add = parser.add_argument
    add(
        "model",
        type=_path,
        metavar="MODEL",
        help="file of asn2fpga.save, a .nir graph, NET.pt2, or NET.py:NAME",
    )
    add("--board", required=True, metavar="NAME", help="a board's name, or a board file.toml")
    add("--data", type=_path, metavar="FILE.npz", help="x (N, ...) and y (N,) for accuracy and activity")
    add("--out", type=_path, required=True, metavar="DIR", help="folder; the same command continues there")
    add(
        "--objective",
        default="latency,lut,accuracy",
        metavar="NAME,...",
        help="latency, interval, lut, ff, bram36, dsp, energy, accuracy, agreement",
    )
    add("--trials", type=int, default=50, metavar="N", help="designs to try in all (default: 50)")
    add("--limit", metavar="NAME=X,...", help="lut=0.5 (of the board), latency=2 (us), accuracy=0.95, ..")
    add("--rtl-builds", type=int, default=12, metavar="N", help="designs to build at most (default: 12)")
    add("--samples", type=int, default=1000, metavar="N", help="of the data, for trials (default: 1000)")
    add("--config", type=_path, metavar="FILE.toml", help="choices that are given, and not explored")
    add("-q", "--quiet", action="store_true", help="show the result alone, no progress")
    _worker_options(parser)
    add_import_options(parser, _path)
    choices = parser.add_argument_group("choices (what is given is not explored)")
    _network_choices(choices)
    _simulation_choices(choices)


def _worker_options(parser: Parser) -> None:
    add = parser.add_argument_group("where work is done").add_argument
    add("--jobs", type=int, metavar="J", help="processes on this machine (default: one a core)")
    add("--dask", metavar="ADDRESS", help="of a Dask scheduler, tcp://HOST:8786")
    add("--slurm", metavar="KEY=VALUE,...", help="jobs of SLURM: partition, account, minutes, memory_gb, ..")


def _compare_builds(parser: Parser) -> None:
    parser.add_argument("first", type=_path, metavar="A", help="out folder of a build")
    parser.add_argument("second", type=_path, metavar="B", help="out folder of another one")


def _network_choices(group: Any) -> None:
    """Options that are keys of the configuration file and decide what is built; None when not given."""
    add = group.add_argument
    add("--weight-bits", metavar="BITS", help="2..8, or LAYER=BITS,... (default: 8)")
    add("--lanes", metavar="LANES", help="synapses added per cycle, or LAYER=LANES,... (default: chosen)")
    add(
        "--pixels",
        metavar="PIXELS",
        help="of a map worked on at a time, or LAYER=PIXELS,... (default: chosen)",
    )
    add(
        "--form",
        metavar="FORM",
        help="of windows of maps: gather, frame, or LAYER=frame,... (default: chosen)",
    )
    add(
        "--map-order",
        choices=MAP_ORDERS,
        help="of maps over time: pixel by pixel, or step by step (default: chosen)",
    )
    add("--optimise", choices=OPTIMISE, help="what lanes and pixels are chosen for (default: balance)")
    add("--budget", type=float, metavar="SHARE", help="of the board that may be filled (default: 0.8)")
    add(
        "--target-fps",
        type=float,
        metavar="N",
        help="take the smallest network that does N inferences a second",
    )
    add("--clock-mhz", type=float, metavar="F", help="clock of the hardware (default: the board's)")
    add("--scale-method", choices=SCALE_METHODS, help="how weight scales are chosen (default: auto)")
    add("--alpha-snap", choices=ALPHA_SNAPS, help="what a non-integer alpha becomes (default: auto)")
    add("--alpha-frac-bits", type=int, metavar="BITS", help="of alpha with 'exact' (default: 4)")
    add(
        "--state-frac-bits", type=int_or_auto, metavar="BITS", help="of membranes, or auto (default: derived)"
    )
    add("--stream", action="store_true", default=None, help="send the scores after every time step")
    add(
        "--early-exit",
        metavar="MARGIN",
        help="answer once the best score leads by so much: N, N,N,... by time step, or auto:POINTS to lose",
    )


def _simulation_choices(group: Any) -> None:
    """Keys of the configuration file about tools and simulations; None when not given."""
    add = group.add_argument
    add("--engine", choices=ENGINES, help="HLS engine (default: llvm, the embedded one)")
    add("--vectors", type=int, metavar="N", help="inferences in C (default: all) and RTL simulation (1000)")
    add("--cocotb-vectors", type=int, metavar="N", help="of these under cocotb, stalled (default: 100)")
    _seed(group)


def _seed(group: Any) -> None:
    group.add_argument("--seed", type=int, metavar="N", help="of everything random (default: 1)")


def _verify(parser: Parser) -> None:
    add = parser.add_argument
    add("directory", type=_path, metavar="DIR", help="out folder of a build")
    add("--vectors", type=int, metavar="N", help="inferences to compare (default: as built)")
    add("--layer", metavar="NAME", help="compare this layer only")
    add("--vector", type=int, metavar="K", help="compare this one inference only")
    add("--waves", action="store_true", help="record its waveforms too (FST; for GTKWave and Surfer)")
    add("--all", action="store_true", help="every sample of the build, through the RTL, in parts")
    _worker_options(parser)


def _generate(parser: Parser) -> None:
    add = parser.add_argument
    add("directory", type=_path, metavar="DIR", help="out folder of a build")
    add(
        "--prompt", default="the value of an expression is ", metavar="TEXT", help="what the text begins with"
    )
    add("--characters", type=int, default=50, metavar="N", help="to write (default: 50)")
    add("--models", default="golden,rtl", metavar="M,M", help="golden, cpp, rtl (default: golden,rtl)")
    add(
        "--temperature",
        type=float,
        default=0.0,
        metavar="T",
        help="0: the likeliest; else drawn (default: 0)",
    )
    add("--seed", type=int, default=0, metavar="N", help="of what is drawn (default: 0)")
    add("--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="programs to run at a time")


def _report(parser: Parser) -> None:
    parser.add_argument("directory", type=_path, metavar="DIR", help="out folder of a build")


def _package(parser: Parser) -> None:
    parser.add_argument("directory", type=_path, metavar="DIR", help="out folder of a build")


def _energy(parser: Parser) -> None:
    add = parser.add_argument
    add("directory", type=_path, metavar="DIR", help="out folder of a build")
    add("--selftest", type=_path, metavar="RESULT.json", help="what `selftest.py --power --json` wrote")
    add("--meter", type=_path, metavar="FILE.csv", help="what an external meter recorded; needs --run")
    add(
        "--run",
        type=_path,
        metavar="RUN.json",
        help="the run that it recorded, from `selftest.py --meter-run`",
    )
    add(
        "--scope",
        default="whole board",
        metavar="TEXT",
        help="what the meter measures (default: whole board)",
    )
    add("--volts", type=float, metavar="V", help="of the supply, if the meter records the current only")
    add(
        "--resolution-mw", type=float, metavar="MW", help="one step of the meter (default: as the file shows)"
    )
    add(
        "--accuracy-percent",
        type=float,
        metavar="P",
        help="bound of the meter's gain error (default: left out)",
    )


def _run(parser: Parser) -> None:
    add = parser.add_argument
    add("directory", type=_path, metavar="DIR", help="out folder of a build")
    add("--host", metavar="[USER@]BOARD", help="the board, reached over ssh")
    add("--simulated", action="store_true", help="the RTL of the build, simulated on this machine, instead")
    add("--data", type=_path, metavar="FILE.npz", help="run x (N, ...) of this file too; with y: accuracy")
    add("--vectors", type=int, metavar="N", help="use the first N test vectors of the package only")
    add("--power", action="store_true", help="measure energy with the board's power sensors")
    add("--timeout", type=float, default=3600.0, metavar="SECONDS", help="of the whole (default: 3600)")
    add = parser.add_argument_group("over ssh").add_argument
    add("--user", metavar="NAME", help="user there (default: as ssh does; xilinx on PYNQ images)")
    add("--port", type=int, default=22, metavar="N", help="port of its ssh server (default: 22)")
    add("--identity", type=_path, metavar="FILE", help="private key")
    add("--ssh-config", type=_path, metavar="FILE", help="configuration of ssh instead of ~/.ssh/config")
    add("--python", default="python3", metavar="PATH", help="Python there (default: python3)")
    add("--sudo", action="store_true", help="run as root with sudo, which must ask no password")


def _compare(parser: Parser) -> None:
    add = parser.add_argument
    add("model", type=_path, metavar="MODEL", help="NET.py:NAME, or a checkpoint")
    add("--data", type=_path, metavar="FILE.npz", help="x (N, ...) and y (N,)")
    add("--samples", type=int, default=1000, metavar="N", help="use the first N (default: 1000)")
    add("--weight-bits", type=int, default=8, metavar="BITS", help="2..8 (default: 8)")
    add("--state-frac-bits", type=int, metavar="BITS", help="of membranes (default: derived)")
    add("--out", type=_path, metavar="FILE.html", help="write a page, with differences over the time steps")
    add_import_options(parser, _path)


def _conformance(parser: Parser) -> None:
    parser.add_argument("--framework", metavar="NAME", help="snnTorch, SpikingJelly or NIR only")
    parser.add_argument("--out", type=_path, metavar="FILE.md", help="write the table as a page, too")


def _export_nir(parser: Parser) -> None:
    parser.add_argument("directory", type=_path, metavar="DIR", help="out folder of a build")
    parser.add_argument("--out", type=_path, metavar="FILE.nir", help="file to write (default: DIR/NAME.nir)")


def _boards(parser: Parser) -> None:
    parser.add_argument("name", nargs="?", metavar="NAME", help="show this board")
