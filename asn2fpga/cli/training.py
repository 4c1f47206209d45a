"""Options of `asn2fpga train-example`."""

from __future__ import annotations

from argparse import BooleanOptionalAction
from collections.abc import Callable
from pathlib import Path

from asn2fpga.options import Parser


def add_training_options(parser: Parser, path: Callable[[str], Path]) -> None:
    """path: the type of arguments that are files."""
    add = parser.add_argument
    add("dataset", metavar="NAME", help="digits, mnist (needs --data), fashion (Debian's, or --data), text")
    add("--out", type=path, required=True, metavar="FILE.pt", help="model file to write")
    add("--data", type=path, metavar="FILE.npz", help="x uint8 images (N, ...) and y (N,)")
    add("--test-data", type=path, metavar="FILE.npz", help="images to test on (default: a part of --data)")
    add("--test-out", type=path, metavar="FILE.npz", help="write them as the network takes them, for build")
    add("--train-samples", type=int, metavar="N", help="train with the first N only")
    add("--test-samples", type=int, metavar="N", help="test with the first N only")
    add("--seed", type=int, metavar="N", help="of everything random (default: 0)")
    _network_options(parser)
    _training_options(parser)


def _network_options(parser: Parser) -> None:
    add = parser.add_argument_group("the network").add_argument
    maps = "lenet, vgg, residual, separable, spikingformer, spike-driven, qkformer, early-exit"
    add(
        "--network",
        metavar="KIND",
        help=f"dense, {maps}, adaptive, egru, sigma-delta, sigma-delta-maps, events, language, dotie "
        "(default: dense)",
    )
    add("--hidden", metavar="N,N,...", help="neurons of each hidden layer (default: 128; digits: 32)")
    add("--neuron", metavar="KIND", help="asn, nasn, ilif or lif (default: nasn)")
    add("--levels", type=int, metavar="D", help="graded levels above the lowest (default: 4)")
    add(
        "--time-steps",
        type=int,
        metavar="T",
        help="steps an image is shown (default: 1; early-exit: 4; events: 12; language: 32 characters)",
    )
    add("--beta", type=float, metavar="B", help="leak of the membrane (default: the neuron's own)")
    add("--alpha", type=float, metavar="A", help="where alpha starts (default: 0)")
    add("--fixed-alpha", dest="learn_alpha", action="store_false", default=None, help="do not learn alpha")
    add(
        "--real-alpha",
        dest="integer_alpha",
        action="store_false",
        default=None,
        help="train with a real alpha",
    )
    add(
        "--batchnorm",
        action=BooleanOptionalAction,
        default=None,
        help="batch normalisation before each population (default: of convolutions)",
    )


def _training_options(parser: Parser) -> None:
    add = parser.add_argument_group("the training").add_argument
    add("--count-penalty", type=float, metavar="X", help="loss of a mean count of 1 (default: 0)")
    add("--weight-bits", type=int, metavar="N", help="fine-tune with weights of N bits, 2..8 (default: not)")
    add("--epochs", type=int, metavar="N", help="passes over the data (default: by network)")
    add("--aware-epochs", type=int, metavar="N", help="more of them with --weight-bits (default: by network)")
    add("--batch-size", type=int, metavar="N", help="images a step (default: 64)")
    add("--learning-rate", type=float, metavar="R", help="of Adam (default: by network)")
    add("--weight-decay", type=float, metavar="R", help="of Adam (default: 0.0001)")
