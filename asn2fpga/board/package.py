"""The package for the board: one .zip with all that runs there. docs/spec/package.md lists its files."""

from __future__ import annotations

import dataclasses
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from asn2fpga import __version__
from asn2fpga.board.flow import Flow
from asn2fpga.board.register_files import registers_json
from asn2fpga.board.registers import register_map
from asn2fpga.board.spec import BoardSpec
from asn2fpga.board.zynq7 import driver_description
from asn2fpga.codegen.render import render
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.types import Array
from asn2fpga.graph.words import Answer
from asn2fpga.kinds.contract import Source
from asn2fpga.kinds.nodes import answer_of, integer_nodes
from asn2fpga.kinds.sources.source import source_of
from asn2fpga.passes.time_limits import time_limits
from asn2fpga.resources import PACKAGE_DIR, notebooks_dir

SCHEMA = "asn2fpga.package/2"
EPOCH = (1980, 1, 1, 0, 0, 0)
"""Date of every file in the .zip (the first that the format knows): equal contents give equal bytes."""

Files = dict[str, bytes]


@dataclass(frozen=True)
class Contents:
    """What a package is made of. `bitstream`: NAME.bit, and NAME.hwh if a block design is in it; empty if
    there is none. `steps_used` of each of the vectors, if the network may answer early. `flow`: which design.
    """

    graph: Graph
    board: BoardSpec
    model_sha256: str
    x: Array
    scores: Array
    bitstream: Mapping[str, bytes]
    steps_used: Array | None = None
    flow: Flow = "vivado"


@dataclass(frozen=True)
class ReadMe:
    """What templates/runtime/README.md.j2 shows."""

    name: str
    board: str
    title: str
    image: str
    model_hash: str
    version: str
    bitstream: bool
    input: str
    classes: int
    vectors: int
    files: tuple[tuple[str, str], ...]
    flow: Flow
    with_bit: str


TEXTS = {
    "manifest.json": "what this package is: model, board, shapes",
    "registers.json": "the accelerator's registers by name",
    "driver.py": "the driver: standard library, numpy and pynq only",
    "arousal.py": "repeats what was decided narrowly at a finer precision",
    "selftest.py": "checks and measures the accelerator",
    "power.py": "measures power and energy while the accelerator works",
    "power_meter.py": "energy from the CSV of an external meter",
    "03_on_the_board.ipynb": "notebook: exact, accurate, how fast",
    "04_energy_on_the_board.ipynb": "notebook: energy, from the board's sensors or an external meter",
    "vectors.npz": "test vectors x and their scores from the golden model",
}


def package_name(graph: Graph, board: BoardSpec) -> str:
    """File name of the package."""
    return f"{graph.name}-{board.name}.zip"


def package_files(contents: Contents) -> Files:
    """Every file of the package by name, README.md included."""
    files = {
        **contents.bitstream,
        "manifest.json": _json(package_manifest(contents)),
        "registers.json": registers_json(register_map()).encode(),
        **{path.name: path.read_bytes() for path in (*runtime_files(), *notebooks())},
        "vectors.npz": _arrays(_vectors(contents)),
    }
    files["README.md"] = _read_me(contents, files).encode()
    return files


def make_package(contents: Contents) -> bytes:
    """The package as the bytes of a .zip; the same contents give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(package_files(contents).items()):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
    return buffer.getvalue()


def runtime_files() -> tuple[Path, ...]:
    """The modules that run on the board, copied unchanged."""
    folder = PACKAGE_DIR / "runtime"
    return tuple(path for path in sorted(folder.glob("*.py")) if path.name != "__init__.py")


def notebooks() -> tuple[Path, ...]:
    """The notebooks that run on the board."""
    return tuple(path for path in sorted(notebooks_dir().glob("*_on_the_board.ipynb")))


def package_manifest(contents: Contents) -> dict[str, Any]:
    """manifest.json, see docs/spec/package.md."""
    graph, board = contents.graph, contents.board
    source = source_of(graph)
    own_dma = {"own_dma": driver_description()} if contents.flow == "openxc7" else {}
    return own_dma | {
        "schema": SCHEMA,
        "name": graph.name,
        "board": board.name,
        "part": board.part,
        "clock_mhz": board.clock_mhz,
        "model_sha256": contents.model_sha256,
        "input": _input(source),
        "output": _output(answer_of(graph)),
        "classes": graph.classes,
        "time_steps": source.time_steps,
        "layers": [
            {"name": node.name, "kind": node.kind, "neurons": node.neurons} for node in integer_nodes(graph)
        ],
        "limits": dataclasses.asdict(time_limits(graph, "events")),
        "power": dataclasses.asdict(board.power),
        "bitstream": bool(contents.bitstream),
        "asn2fpga_version": __version__,
    }


def _input(source: Source) -> dict[str, Any]:
    """Kind, shape and range of an input; words of a frame (0 for events), their bits; widths of an event.

    A frame is a message of one size: an image, or a map at all time steps. order: of its axes, as items
    follow each other in it; item_bits: of each. precisions: where there are several, an input may say which
    one it is to be computed with.
    """
    edge = source.output(())
    is_frame = edge.is_frame or edge.is_map
    shape = source.sample_shape if is_frame else source.shape
    precisions = {"precisions": source.precisions} if source.precisions > 1 else {}
    return precisions | {
        "kind": "frames" if is_frame else "events",
        "shape": list(shape),
        "order": list(_order(edge, len(shape))),
        "item_bits": source.port.item_bits,
        "words": source.input_words,
        "word_bits": source.port.bits,
        "min": 0,
        "max": source.max_count,
        "count_bits": edge.format.count_bits,
        "address_bits": edge.format.address_bits,
    }


def _output(answer: Answer) -> dict[str, Any]:
    """Bits of a word, rows of scores; early_exit: after the scores comes how many time steps were used."""
    return {"word_bits": answer.port.bits, "rows": answer.rows, "early_exit": answer.exits}


def _order(edge: Edge, axes: int) -> Sequence[int]:
    """Of a map pixels, of each its time steps, of each of these its channels; or time steps come first. Of
    others as they stand.
    """
    if not edge.is_map:
        return range(axes)
    channel = axes - len(edge.shape)
    steps, pixels = range(channel), range(channel + 1, axes)
    return (*steps, *pixels, channel) if edge.by_step else (*pixels, *steps, channel)


def _vectors(contents: Contents) -> dict[str, Array]:
    found = {"x": contents.x, "scores": contents.scores.astype(np.int32)}
    return found if contents.steps_used is None else {**found, "steps": contents.steps_used.astype(np.int32)}


def _read_me(contents: Contents, files: Files) -> str:
    manifest = package_manifest(contents)
    shape = ", ".join(map(str, manifest["input"]["shape"]))
    frames = f"(inferences, {shape}) uint8"
    events = f"(inferences, {manifest['time_steps']}, {shape}) event counts"
    form = frames if manifest["input"]["kind"] == "frames" else events
    if not source_of(contents.graph).output(()).is_frame and form is frames:
        form = f"(inferences, {shape}) event counts"
    return render(
        "runtime/README.md.j2",
        ReadMe(
            name=contents.graph.name,
            board=contents.board.name,
            title=contents.board.title,
            image=contents.board.pynq_image,
            model_hash=contents.model_sha256,
            version=__version__,
            bitstream=bool(contents.bitstream),
            input=f"{form} {manifest['input']['min']}..{manifest['input']['max']}",
            classes=manifest["classes"],
            vectors=len(contents.x),
            files=tuple((name, _text(name)) for name in sorted(files)),
            flow=contents.flow,
            with_bit=_with_bit(contents),
        ),
    )


def _with_bit(contents: Contents) -> str:
    """What a bitstream that is put back must bring with it."""
    if contents.flow == "vivado":
        return f"`{contents.graph.name}.hwh`"
    return "the logs that `run.sh` made"


def _text(name: str) -> str:
    suffixes = {".bit": "the bitstream", ".hwh": "its description, which pynq reads", ".ipynb": "a notebook"}
    return TEXTS.get(name) or suffixes.get(Path(name).suffix, "used by the others")


def _json(value: object) -> bytes:
    return (json.dumps(value, indent=2) + "\n").encode()


def _arrays(arrays: Mapping[str, Array]) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()
