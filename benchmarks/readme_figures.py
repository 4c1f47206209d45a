"""The figures of README.md and docs/benchmarks.md, made from builds: the digits network that comes along,
and MNIST 784-128-10.

    python benchmarks/readme_figures.py --train mnist_train10k.npz --test mnist_test.npz

Both files hold x (N, 28, 28) uint8 and y (N,). It writes benchmarks/readme_figures.json and, between two
marks, the table of README.md and the figures of docs/benchmarks.md; a test holds the texts to the file, and
the file to what a build gives.
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
class Measured:
    """A convolutional network, built by hand: too long for this script. docs/benchmarks.md says how."""

    name: str
    accuracy: str
    lut: int
    bram36: float
    dsp: int
    interval: int
    latency: int
    energy: str


CONVOLUTIONS = (
    Measured(
        "LeNet-like, Fashion-MNIST, 8 bits", "91.51 -> 91.21 %", 34_002, 50.5, 161, 1_323, 2_216, "4.6 uJ"
    ),
    Measured("VGG-like, 4 bits, sparse", "87.70 -> 87.70 %", 21_302, 54.5, 96, 17_061, 29_637, "52 uJ"),
)
SHORT_HEADS = ("network", "accuracy", "LUT", "BRAM36", "DSP", "interval, cycles", "latency, cycles", "energy")
NAMES = {"digits": "64-32-10, digits of 8 x 8 pixels", "mnist": "784-128-10, MNIST"}

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
    """Build both networks, then write the file and the text."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--train", type=Path, required=True)
    parser.add_argument("--test", type=Path, required=True)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        model = Path(name) / "mnist.pt"
        data = ("--data", str(options.train), "--test-data", str(options.test))
        run("train-example", "mnist", *data, "--out", str(model))
        figures = {
            "digits": build(*DIGITS, Path(name) / "digits"),
            "mnist": build(str(model), str(options.test), Path(name) / "mnist"),
        }
    FIGURES.write_text(json.dumps(figures, indent=1) + "\n")
    README.write_text(with_figures(README.read_text(), short_of(figures)))
    PAGE.write_text(with_figures(PAGE.read_text(), text_of(figures)))


def build(model: str, data: str, out: Path) -> Plain:
    """What a build of `model` for a PYNQ-Z2 with default options says of it."""
    started = time.monotonic()
    run("build", model, "--board", "pynq-z2", "--data", data, "--out", str(out))
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


def with_figures(page: str, made: str) -> str:
    """A page with `made` between its marks."""
    before, rest = page.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}\n{made}{END}{after}"


def short_of(figures: Plain) -> str:
    """The table of README.md: one line a network."""
    rows = [list(SHORT_HEADS), *(short_row(NAMES[key], figures[key]) for key in NAMES)]
    for one in CONVOLUTIONS:
        numbers = (one.lut, one.bram36, one.dsp, one.interval, one.latency)
        rows.append([one.name, one.accuracy, *(plain(number) for number in numbers), one.energy])
    table = "".join(f"    {line}\n" for line in aligned(rows))
    return (
        f"{table}\n"
        "PYNQ-Z2 at 100 MHz; every compared value of C++ and RTL equal. Accuracy: float -> integer. "
        "Resources by Yosys, not\nplaced; energy is an estimate of the programmable logic. `make demo` "
        f"prints the first line ({figures['digits']['seconds']} s on two cores).\n"
    )


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
