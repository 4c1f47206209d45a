"""Options of `asn2fpga build` about models that come from elsewhere."""

from __future__ import annotations

from typing import Any

from asn2fpga.importing import DISCRETISATIONS, ENCODINGS, READ_OUTS, TIME_AXES
from asn2fpga.options import Parser


def add_import_options(parser: Parser, path: Any) -> None:
    """path: the type of arguments that are files."""
    add = parser.add_argument_group("models of other frameworks, and code that builds one").add_argument
    add("--weights", type=path, metavar="FILE", help="checkpoint for the module that MODEL.py:NAME builds")
    add("--model", dest="factory", metavar="MODULE:FUNCTION", help="builds the module of a checkpoint MODEL")
    add("--model-args", nargs="+", metavar="NAME=VALUE", help="what the module is built with")
    add("--input-scale", metavar="S", help="what the module sees for the integer 1, e.g. 1/255")
    add("--encoding", choices=ENCODINGS, help="of the input (default: frames, or events over time)")
    add("--max-count", type=int, metavar="N", help="the largest integer of an input (events: of a step)")
    add(
        "--time-steps",
        type=int,
        metavar="T",
        help="of a module called once per step; of NIR graphs (default: as --data)",
    )
    add(
        "--time-axis",
        choices=TIME_AXES,
        help="of what the module takes; last: (batch, ..., time) (default: first, or behind the batch)",
    )
    add(
        "--output",
        type=int,
        metavar="INDEX",
        help="which result of forward (default: the first that fits), or of a NIR graph",
    )
    add(
        "--read-out",
        choices=READ_OUTS,
        help="what becomes of membranes over time that forward or a NIR graph gives",
    )
    add("--dt", type=float, metavar="S", help="time step of a NIR graph in seconds (default: 1e-4)")
    add(
        "--nir-discretisation",
        choices=DISCRETISATIONS,
        help="how a NIR graph's equations are solved (default: euler)",
    )
    add("--unsafe-pickle", action="store_true", help="load a pickled module (this can run code in it)")
