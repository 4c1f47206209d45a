"""What stages keep for the pictures of the report: plain arrays in DIR/state/pictures, one file a stage."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from asn2fpga.dataflow.lower import lower
from asn2fpga.graph.arrays import IntArray, RealArray
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.trace import Trace
from asn2fpga.graph.types import Array
from asn2fpga.kinds.contract import Foldable
from asn2fpga.kinds.held import Held
from asn2fpga.quantise.apply import Decided
from asn2fpga.quantise.decisions import Trial
from asn2fpga.quantise.weights import largest_integer
from asn2fpga.stages.folder import Folder, save_arrays
from asn2fpga.verify.first_inference import FirstInference

Arrays = Mapping[str, Array]
BINS = 60  # of weights
MOST_COUNTS = 64  # of a histogram; larger counts are in its last bin


def save_picture_data(folder: Folder, stage: str, arrays: Arrays) -> Path:
    """Write what `stage` keeps."""
    return save_arrays(folder.state / "pictures" / f"{stage}.npz", arrays)


def texts(values: Iterable[str]) -> Array:
    """Words as an array that needs no pickle."""
    return np.array([*values], dtype=np.str_)


# ---- quantise ----------------------------------------------------------------------------------------------


def quantise_arrays(decided: Decided, graph: Graph, bits: tuple[Trial, ...]) -> Arrays:
    """Histograms of weights in units of their grid, the trials of bits, and processes and streams."""
    found: dict[str, Array] = {}
    names = []
    for synapse in dict.fromkeys(decided.network.synapses):
        weights = decided.aligned.weights[synapse.name]
        trained = synapse.rows / weights.scale[:, None]
        limit = float(largest_integer(weights.bits))
        reach = max(limit, float(np.abs(trained).max(initial=0.0)))
        shown = min(reach, 4 * limit)
        counts, edges = np.histogram(np.clip(trained, -shown, shown), BINS, (-shown, shown))
        values, often = np.unique(weights.weight, return_counts=True)
        found |= {f"weights/{synapse.name}/trained": counts, f"weights/{synapse.name}/edges": edges}
        found |= {f"weights/{synapse.name}/values": values, f"weights/{synapse.name}/often": often}
        found[f"weights/{synapse.name}/facts"] = np.array([weights.bits, trained.size, weights.weight.size])
        names.append(synapse.name)
    found["weights"] = texts(names)
    trials = [[float(trial.choice), trial.agreement, _or_nan(trial.accuracy)] for trial in bits]
    found["bits"] = np.array(trials).reshape(-1, 3)
    return {**found, **_dataflow_arrays(graph)}


def _or_nan(value: float | None) -> float:
    return float("nan") if value is None else value


def _dataflow_arrays(graph: Graph) -> Arrays:
    """Processes with their layers and lanes; streams with writer, reader, depth and width."""
    flow = lower(graph)
    layer_of = {process.name: block.name for block in flow.blocks for process in block.processes}
    lanes = {node.name: node.lanes if isinstance(node, Foldable) else 0 for node in graph.layers}
    names = [*flow.ports[:1], *flow.streams, *flow.ports[1:]]
    rows = [
        (
            name,
            flow.writers[name].name if name in flow.writers else "",
            flow.readers[name].name if name in flow.readers else "",
        )
        for name in names
    ]
    sizes = [
        (flow.streams[name].depth, flow.streams[name].width_bits) if name in flow.streams else (0, 0)
        for name in names
    ]
    processes = [
        (process.name, layer_of[process.name], str(lanes.get(layer_of[process.name], 0)))
        for process in flow.processes
    ]
    return {
        "processes": np.array(processes, dtype=np.str_),
        "streams": np.array(rows, dtype=np.str_),
        "stream_sizes": np.array(sizes, dtype=np.int64),
    }


# ---- golden ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class LayerCounts:
    """Of one layer over all inferences: how often each count was sent, and of each neuron in how many
    (inference, time step) it sent anything, and the largest count that there is.
    """

    histogram: IntArray
    fired: IntArray
    saturated: IntArray
    chances: int

    def plus(self, other: LayerCounts) -> LayerCounts:
        """Of both."""
        return LayerCounts(
            self.histogram + other.histogram,
            self.fired + other.fired,
            self.saturated + other.saturated,
            self.chances + other.chances,
        )


def layer_counts(graph: Graph, trace: Trace) -> dict[str, LayerCounts]:
    """Count one trace."""
    found = {}
    for name, counts in trace.counts.items():
        magnitudes = np.minimum(np.abs(counts), MOST_COUNTS - 1).astype(np.int64)
        edge = graph.edges[name]
        most = max(abs(edge.low), abs(edge.high))
        found[name] = LayerCounts(
            np.bincount(magnitudes.ravel(), minlength=MOST_COUNTS),
            np.count_nonzero(counts, axis=(0, 1)).astype(np.int64),
            (np.abs(counts) >= most).sum(axis=(0, 1)).astype(np.int64),
            counts.shape[0] * counts.shape[1],
        )
    return found


def golden_arrays(
    graph: Graph, counted: Mapping[str, LayerCounts], scores: tuple[Array, Array], y: Array | None
) -> Arrays:
    """Distributions by layer; confusion matrices [label, class] of float and integer network.

    scores: (B, C) of the real and of the integer network. Without labels one matrix says how both agree.
    """
    found: dict[str, Array] = {"layers": texts(counted)}
    for name, counts in counted.items():
        rates: RealArray = counts.fired / max(1, counts.chances)
        saturated: RealArray = counts.saturated / max(1, counts.chances)
        found |= {
            f"{name}/histogram": counts.histogram,
            f"{name}/rates": rates,
            f"{name}/saturated": saturated,
        }
        found[f"{name}/shape"] = np.array(graph.edges[name].shape)
    real, integer = (part.argmax(axis=1) for part in scores)
    classes = scores[0].shape[1]
    if y is None:
        return {**found, "confusion_agreement": confusion(real, integer, classes)}
    return {
        **found,
        "confusion_float": confusion(y, real, classes),
        "confusion_integer": confusion(y, integer, classes),
    }


def held_arrays(held: Mapping[str, Sequence[Held]]) -> Arrays:
    """(n, 2) layer and what it holds; (n, 4) bits that were used and are provided, and the extremes."""
    rows = [(name, one) for name, layer in held.items() for one in layer]
    names = [(name, one.what) for name, one in rows]
    numbers = [(one.used_bits, one.type.width_bits, one.low, one.high) for _, one in rows]
    return {
        "held": np.array(names, dtype=np.str_).reshape(-1, 2),
        "held_bits": np.array(numbers, dtype=np.int64).reshape(-1, 4),
    }


def confusion(rows: Array, columns: Array, classes: int) -> IntArray:
    """(C, C) how often each pair occurs."""
    pairs = rows.astype(np.int64) * classes + columns.astype(np.int64)
    return np.bincount(pairs, minlength=classes * classes).astype(np.int64).reshape(classes, classes)


# ---- cosim -------------------------------------------------------------------------------------------------


def cosim_arrays(first: FirstInference, busy: Mapping[str, IntArray]) -> Arrays:
    """Events and waits of one inference, latencies of all; busy: predicted cycles (B,) of each layer."""
    found: dict[str, Array] = {
        "layers": texts(first.events),
        "processes": texts(first.processes),
        "shares": first.shares.astype(np.float32),
        "cycles": first.cycles,
        "span": np.array([first.latency, first.shown]),
        "latencies": first.latencies,
        "sent": first.sent,
        "predicted_layers": texts(busy),
        "predicted": np.array([float(cycles.mean()) for cycles in busy.values()]),
    }
    found |= {f"events/{name}": events for name, events in first.events.items()}
    return found | {f"ends/{name}": cycles for name, cycles in first.ends.items()}
