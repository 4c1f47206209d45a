"""Neurons that send what they read: sums of a map on their way to a pool, before the neurons that fire."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from asn2fpga.device.resources import Resources, fabric
from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.types import Array, FixedType, Shape
from asn2fpga.kinds.neurons.contract import SendingNeurons
from asn2fpga.kinds.numbers import within
from asn2fpga.kinds.ranges import hull

PROCESS = (10, 5)  # LUT, FF


@dataclass(frozen=True, eq=False, kw_only=True)
class Relay(SendingNeurons):
    """count = sum. count_type: that of the sums; a count stands for (base + count) / 2^frac_bits units."""

    title = "sums as they are"
    keeps_frames = True

    count_type: FixedType
    base: int = 0
    frac_bits: int = 0

    @property
    def stateful(self) -> bool:
        """Nothing is kept."""
        return False

    def complaints(self, neurons: int, sums: tuple[IntArray, IntArray], acc_type: FixedType) -> str:
        if self.count_type != acc_type:
            return f"count_type must be that of the sums, {acc_type}, not {self.count_type}"
        return within("sums", *hull(*sums), self.count_type)

    def output(self, shape: Shape, time_steps: int) -> Edge:
        return Edge(
            shape=shape,
            carries="events",
            type=self.count_type,
            low=min(0, self.count_type.min),
            high=self.count_type.max,
            time_steps=time_steps,
            base=self.base,
            frac_bits=self.frac_bits,
        )

    def run(self, acc: IntArray, time_steps: int) -> Array:
        """Counts (B, T, N) for sums acc (B, T, N), or (B, 1, N) where every time step has the same."""
        sent = acc.astype(self.count_type.numpy_dtype)
        return np.broadcast_to(sent, (len(acc), time_steps, acc.shape[2]))

    def cost(self, neurons: int, lanes: int, acc_type: FixedType) -> Resources:
        return fabric(PROCESS)

    def fire_cost(self, neurons: int, lanes: int) -> Resources:
        return fabric(PROCESS)

    def words(self, neurons: int, lanes: int, acc_type: FixedType) -> list[int]:
        return []
