"""Synaptic operations of the example network sigma-delta: changes sent, beside the levels they add up to.

Usage: asn2fpga train-example digits --network sigma-delta --epochs 60 --out sd.pt --test-out test.npz
       python benchmarks/sigma_delta.py sd.pt test.npz
Of golden: every event costs one operation for each neuron of the layer that reads it. A network that sends
levels sends those that are not 0 in every time step; of the input, the pixels that are not dark.
docs/example-networks.md keeps the table.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

from asn2fpga.golden.simulate import simulate  # noqa: E402  (found through the line above)
from asn2fpga.graph.arrays import IntArray  # noqa: E402
from asn2fpga.loader import load_model  # noqa: E402
from asn2fpga.quantise.apply import quantise  # noqa: E402
from asn2fpga.quantise.scheme import Scheme  # noqa: E402
from asn2fpga.train.drifting import STEPS_PER_PIXEL  # noqa: E402


def levels_of(changes: IntArray, is_input: bool) -> IntArray:
    """(B, T, N) what changes add up to; of the input, gains in the first half and losses in the second."""
    if is_input:
        half = changes.shape[2] // 2
        changes = changes[:, :, :half] - changes[:, :, half:]
    total: IntArray = changes.cumsum(axis=1)
    return total


def main(model: str, data: str) -> None:
    """One line for each layer that sends, and the sums."""
    loaded, samples = load_model(Path(model)), np.load(data)
    x = samples["x"]
    graph = quantise(loaded.graph, Scheme(), loaded.calibration).graph
    trace = simulate(graph, x)
    accuracy = np.mean(trace.scores.argmax(axis=1) == samples["y"])
    print(f"{len(x)} images, {x.shape[1]} time steps, a pixel every {STEPS_PER_PIXEL}; {accuracy:.2%} right")
    source, *populations = graph.layers
    readers = [population.neurons for population in populations]
    sums = np.zeros(2)
    for node, neurons in zip(graph.layers, readers, strict=False):
        changes = trace.counts[node.name].astype(np.int64)
        levels = levels_of(changes, node is source)
        found = np.array([np.count_nonzero(changes), np.count_nonzero(levels)]) * neurons / len(x)
        print(f"{node.name:10} {found[0]:10,.1f} {found[1]:10,.1f} SynOps an image, of changes and of levels")
        sums += found
    print(f"{'all':10} {sums[0]:10,.1f} {sums[1]:10,.1f}, {sums[1] / sums[0]:.2f} times as many")


if __name__ == "__main__":
    main(*sys.argv[1:])
