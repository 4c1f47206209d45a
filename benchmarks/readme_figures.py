"""The figures of README.md and docs/benchmarks.md, made from builds of four networks: the digits that come
along, MNIST 784-128-10, and two convolutional networks for Fashion-MNIST (Debian: dataset-fashion-mnist).

    python benchmarks/readme_figures.py --train mnist_train10k.npz --test mnist_test.npz --models DIR

Both files hold x (N, 28, 28) uint8 and y (N,). Trained networks are kept in DIR and taken from there when
they are there already; `--only lenet,vgg` measures these again and keeps the other figures. It writes
benchmarks/readme_figures.json and, between marks, the table of README.md and figures of docs/benchmarks.md; a
test holds the texts to the file, and the file to what a build gives.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

from asn2fpga.report.numbers import percent, plain  # noqa: E402  (found through the line above)
from asn2fpga.report.terminal import summary_rows  # noqa: E402
from asn2fpga.report.verdict import verdict_text  # noqa: E402

FIGURES = PROJECT / "benchmarks" / "readme_figures.json"
README = PROJECT / "README.md"
PAGE = PROJECT / "docs" / "benchmarks.md"
BEGIN = "<!-- Made by benchmarks/readme_figures.py: do not edit. -->"
END = "<!-- End of what benchmarks/readme_figures.py makes. -->"
DIGITS = ("examples/digits.pt", "examples/digits_test.npz")
VGG_TRAINING = (
    "fashion --network vgg --neuron asn --train-samples 15000 --epochs 3 --aware-epochs 2 --batch-size 32 "
    "--test-samples 1000 --learning-rate 3e-3 --count-penalty 0.4 --weight-bits 4"
)
LAYER_COLUMNS = (
    ("layer", "name"),
    ("lanes", "lanes"),
    ("events in", "events_in_per_inference"),
    ("accumulates", "accumulates_per_inference"),
    ("cycles", "cycles_per_inference"),
    ("bound", "lower_bound_cycles"),
)
RESOURCES = (("lut", "LUT"), ("ff", "FF"), ("bram36", "BRAM36"), ("dsp", "DSP"))

Plain = dict[str, Any]


@dataclass(frozen=True)
class Peer:
    """Another generator's accelerator of 784-128-10 for MNIST; None: not known.

    scope: whose figures they are, and of what.
    """

    name: str
    scope: str
    accuracy: float | None
    cycles: int
    lut: int | None = None
    ff: int | None = None
    bram36: int | None = None
    dsp: int | None = None


@dataclass(frozen=True)
class Network:
    """A network of the table.

    train: arguments of `train-example`, () for the network that comes along. build: options of `build` beside
    the defaults.
    """

    name: str
    train: tuple[str, ...] = ()
    build: tuple[str, ...] = ()


NETWORKS = {
    "digits": Network("64-32-10, digits of 8 x 8 pixels"),
    "mnist": Network("784-128-10, MNIST", ("mnist",)),
    "lenet": Network(
        "LeNet-like, Fashion-MNIST, 8 bits",
        tuple("fashion --network lenet --epochs 8 --count-penalty 0.02".split()),
        ("--optimise", "interval"),
    ),
    "vgg": Network(
        "VGG-like, Fashion-MNIST, 4 bits, sparse",
        tuple(VGG_TRAINING.split()),
        tuple("--weight-bits 4 --budget 0.65 --target-fps 5000".split()),
    ),
}
DENSE, CONVOLUTIONAL = ("digits", "mnist"), ("lenet", "vgg")
SHORT_HEADS = ("network", "accuracy", "LUT", "BRAM36", "DSP", "interval, cycles", "latency, cycles", "energy")

PEERS = (
    Peer(
        "Spiker+, measured",
        "T = 100; generated and simulated by us with open tools; without weight ROMs, and 2,115 latches more",
        accuracy=None,
        cycles=92_566,
        lut=5681,
        ff=2345,
    ),
    Peer("Spiker+, published", "T = 100; by its authors", accuracy=0.9385, cycles=78_400),
)


def main() -> None:
    """Train and build what was asked for, then write the file and the texts."""
    options = asked()
    options.models.mkdir(parents=True, exist_ok=True)
    figures = json.loads(FIGURES.read_text())
    for key in options.only:
        model, data = trained(key, options)
        with tempfile.TemporaryDirectory() as name:
            figures[key] = build(model, data, Path(name) / key, NETWORKS[key].build)
        FIGURES.write_text(json.dumps(figures, indent=1) + "\n")
    README.write_text(with_figures(README.read_text(), short_of(figures)))
    PAGE.write_text(with_figures(PAGE.read_text(), text_of(figures), convolutions_of(figures)))


def asked() -> argparse.Namespace:
    """The options: train and test (paths), models (path) and only (keys of NETWORKS)."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--train", required=True, metavar="FILE.npz", help="MNIST to train with")
    parser.add_argument("--test", required=True, metavar="FILE.npz", help="MNIST to test on")
    parser.add_argument("--models", type=Path, required=True, metavar="DIR", help="trained networks")
    parser.add_argument("--only", default=",".join(NETWORKS), metavar="KEY,...")
    options = parser.parse_args()
    options.only = options.only.split(",")
    if unknown := set(options.only) - set(NETWORKS):
        parser.error(f"--only {','.join(sorted(unknown))}: the networks are {', '.join(NETWORKS)}")
    return options


def trained(key: str, options: argparse.Namespace) -> tuple[str, str]:
    """Model file and test images of a network, which is trained where the model file is missing."""
    network = NETWORKS[key]
    if not network.train:
        return DIGITS
    model, data = (options.models / f"{key}{ending}" for ending in (".pt", "_test.npz"))
    if not model.exists():
        files = ("--data", options.train, "--test-data", options.test) if key == "mnist" else ()
        run("train-example", *network.train, *files, "--out", str(model), "--test-out", str(data))
    return str(model), str(data)


def build(model: str, data: str, out: Path, options: tuple[str, ...] = ()) -> Plain:
    """What a build of `model` for a PYNQ-Z2 says of it, with default options but for `options`."""
    started = time.monotonic()
    run("build", model, "--board", "pynq-z2", "--data", data, "--out", str(out), *options)
    seconds = time.monotonic() - started
    return chosen(json.loads((out / "report.json").read_text())) | {"seconds": round(seconds)}


def run(*arguments: str) -> None:
    """Run the command line in the project's folder."""
    subprocess.run([sys.executable, "-m", "asn2fpga", *arguments], cwd=PROJECT, check=True)


def chosen(report: Plain) -> Plain:
    """What the README shows of a report."""
    layers = [{key: row[key] for _, key in LAYER_COLUMNS} for row in report["layers"]]
    resources = {key: report["resources"][key] for key, _ in RESOURCES}
    rows = [["verdict", verdict_text(report)], *(list(row[:2]) for row in summary_rows(report))]
    accuracy = {key: report["accuracy"][key] for key in ("float", "integer")}
    operations = {key: report[key] for key in ("accumulates_per_inference", "dense_macs_per_inference")}
    return {"summary": rows, "layers": layers, "resources": resources, **accuracy, **operations}


def with_figures(page: str, *made: str) -> str:
    """A page with what was made between its marks, one text for each pair of them."""
    before, *rest = page.split(BEGIN)
    if len(rest) != len(made):
        raise ValueError(f"{len(made)} texts were made and the page has marks for {len(rest)}")
    kept = (part.split(END)[1] for part in rest)
    return before + "".join(f"{BEGIN}\n{text}{END}{after}" for text, after in zip(made, kept, strict=True))


def short_of(figures: Plain) -> str:
    """The table of README.md: one line a network."""
    return (
        f"{short_table(figures, tuple(NETWORKS))}\n"
        "PYNQ-Z2 at 100 MHz; every compared value of C++ and RTL equal. Accuracy: float -> integer. "
        "Resources by Yosys, not\nplaced; energy is an estimate of the programmable logic. `make demo` "
        f"prints the first line ({figures['digits']['seconds']} s on two cores).\n"
    )


def short_table(figures: Plain, keys: tuple[str, ...]) -> str:
    """One line a network, indented as code."""
    rows = [list(SHORT_HEADS), *(short_row(NETWORKS[key].name, figures[key]) for key in keys)]
    return "".join(f"    {line}\n" for line in aligned(rows))


def short_row(name: str, found: Plain) -> list[str]:
    """A network of the file in one line."""
    said = dict(found["summary"])
    accuracy = f"{percent(found['float']).removesuffix(' %')} -> {percent(found['integer'])}"
    used = [plain(found["resources"][key]) for key in ("lut", "bram36", "dsp")]
    cycles = [said[key].split()[0] for key in ("core interval", "core latency")]
    return [name, accuracy, *used, *cycles, said["energy"]]


def text_of(figures: Plain) -> str:
    """The figures of docs/benchmarks.md."""
    digits, mnist = figures["digits"], figures["mnist"]
    return (
        f"What `make demo` prints ({digits['seconds']} s on two cores):\n\n"
        f"{table_of(digits)}\n"
        "The same of a network of 784-128-10 (NASN, T = 1, D = 4), trained on 10,000 MNIST digits by "
        "`asn2fpga "
        "train-example mnist\n"
        "--data TRAIN.npz --test-data TEST.npz --out mnist.pt` and built with the 10,000 test images by "
        "`asn2fpga "
        "build mnist.pt\n"
        f"--board pynq-z2 --data TEST.npz` ({mnist['seconds']} s):\n\n"
        f"{table_of(mnist)}\n"
        "Beside it another generator's accelerator of 784-128-10 for MNIST. What each row counts differs, "
        "and is said below:\n\n"
        f"{peers_of(mnist)}\n"
    )


def convolutions_of(figures: Plain) -> str:
    """The convolutional networks of docs/benchmarks.md: a table, how each was made, and its layers."""
    parts = [f"{short_table(figures, CONVOLUTIONAL)}"]
    for key in CONVOLUTIONAL:
        network, found = NETWORKS[key], figures[key]
        train, options = " ".join(network.train), " ".join(network.build)
        parts.append(
            f"{network.name}, {found['dense_macs_per_inference']:,.0f} MACs if it were dense, built in "
            f"{found['seconds']} s:\n\n"
            f"    asn2fpga train-example {train} --out {key}.pt --test-out {key}_test.npz\n"
            f"    asn2fpga build {key}.pt --board pynq-z2 --data {key}_test.npz {options}\n\n"
            f"{table_of(found)}"
        )
    return "\n".join(parts)


def peers_of(mnist: Plain) -> str:
    """Our MNIST network and its peers in one table, and the scope of each row, indented as code."""
    used = [plain(mnist["resources"][key]) for key, _ in RESOURCES]
    latency = dict(mnist["summary"])["core latency"].partition(" cycles")[0]
    rows = [
        ["accelerator", "accuracy", "cycles per inference", *(name for _, name in RESOURCES)],
        ["asn2fpga", percent(mnist["integer"]), latency, *used],
        *(
            [peer.name, percent(peer.accuracy), plain(peer.cycles)]
            + [plain(getattr(peer, key)) for key, _ in RESOURCES]
            for peer in PEERS
        ),
    ]
    scopes = [["asn2fpga", "T = 1, NASN; this build, with its weights"]]
    scopes += [[peer.name, peer.scope] for peer in PEERS]
    lines = [*aligned(rows), "", *aligned(scopes)]
    return "".join(f"    {line}".rstrip() + "\n" for line in lines)


def table_of(figures: Plain) -> str:
    """Summary, layers and resources, indented as code."""
    summary = aligned([[label, value] for label, value in figures["summary"]])
    heads = [head for head, _ in LAYER_COLUMNS]
    layers = aligned([heads, *([plain(value) for value in row.values()] for row in figures["layers"])])
    used = ", ".join(f"{plain(figures['resources'][key])} {name}" for key, name in RESOURCES)
    lines = [*summary, "", *layers, "", f"{used} of a PYNQ-Z2, counted by Yosys"]
    return "".join(f"    {line}".rstrip() + "\n" for line in lines)


def aligned(rows: list[list[str]]) -> list[str]:
    """Columns side by side: the first to the left, numbers of several columns to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    numbers = len(widths) > 2
    return [
        "  ".join(
            cell.rjust(width) if numbers and column else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


if __name__ == "__main__":
    main()
