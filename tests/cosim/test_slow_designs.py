"""A design that is slow and right is waited for everywhere: one answer takes far longer than QUIET_CYCLES."""

from __future__ import annotations

import pytest
from accelerators import Accelerator, make_accelerator
from dense_graphs import dense_graph
from needs import need

from asn2fpga.passes import time_limits
from asn2fpga.passes.time_limits import QUIET_CYCLES
from asn2fpga.verify.activity import record_activity
from asn2fpga.verify.cocotb_run import Simulator
from asn2fpga.verify.cosim import run_cocotb, run_fast

VECTORS = 8


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Accelerator:
    """One lane, and an event that keeps it busy for 900 cycles."""
    return make_accelerator(dense_graph(64, 900, 4), tmp_path_factory.mktemp("slow"), VECTORS)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what follows from the design is waited for: cycles in which nothing moves are expected here."""
    monkeypatch.setattr(time_limits, "QUIET_CYCLES", 100)
    monkeypatch.setattr(time_limits, "PATIENCE", 2)


def test_fast_simulation(slow: Accelerator, impatient: None) -> None:
    result = run_fast(slow.core, slow.graph, slow.x, slow.trace, slow.folder / "sim")
    assert result.latencies.max() > QUIET_CYCLES


@pytest.mark.parametrize("simulator", ["verilator", "icarus"])
def test_cocotb(slow: Accelerator, impatient: None, simulator: Simulator) -> None:
    if simulator == "icarus":
        need("iverilog")
    vectors = VECTORS if simulator == "verilator" else 2
    trace = slow.first(vectors)
    sim = slow.folder / "sim"
    result = run_cocotb(slow.core, slow.graph, slow.x[:vectors], trace, sim, simulator=simulator)
    assert result.simulated_cycles > vectors * QUIET_CYCLES / 2


def test_accelerator(slow: Accelerator, impatient: None) -> None:
    assert slow.check().inference_cycles > QUIET_CYCLES


def test_activity(slow: Accelerator, impatient: None) -> None:
    saif = record_activity(
        slow.core, slow.graph, slow.x[:1], 10.0, ("core",), slow.folder / "sim", slow.folder / "logs"
    )
    assert saif.endswith(")\n")
