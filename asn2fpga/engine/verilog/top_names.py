"""All names of the emitted top module: what it has from the start, its ports, FIFOs and instances.

Streams and processes are called as the C++ calls them wherever that meets no other name. The ports of the
top function's streams are named first, so that `NAME_TDATA` is what the C++ says: their endings are those of
no other signal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from asn2fpga.engine.ir.dataflow import Dataflow
from asn2fpga.engine.ir.names import Names, identifier

SIDES, ENDS = ("wr", "rd"), ("valid", "ready", "data")
CONTROL = "u_control"
_CONTROL_PORTS = ("ap_start", "ap_done", "ap_ready", "ap_idle")
_TOKENS = ("start_valid", "start_ready", "done_valid", "done_ready", "done_data")
_AXIS = ("TDATA", "TVALID", "TREADY", "TLAST", "TKEEP", "TSTRB")

Signals = Callable[[str], Iterable[str]]
"""Of a stem, the signals that are called by it."""


def name_top(design: Dataflow) -> Dataflow:
    """The design with the names that its streams and instances have in the emitted top module."""
    top = identifier(design.top)
    modules = {instance.process.name for instance in design.instances}
    taken = {top, "ap_clk", "ap_rst_n", "monitor", CONTROL, *_CONTROL_PORTS, *_TOKENS, *modules}
    stems = {
        name: _free(name, taken, _value_signals if port.is_value else _port_signals)
        for name, port in design.ports.items()
    }
    stems |= {fifo.name: _free(fifo.name, taken, _fifo_signals) for fifo in design.all_fifos}
    names = Names(taken)
    instances = tuple(
        replace(instance, name=names.unique(f"u_{instance.process.name}")) for instance in design.instances
    )
    return replace(design, top=top, instances=instances, stems=stems)


def fifo_signal(stem: str, side: str, end: str) -> str:
    """One of the signals at a side of a FIFO."""
    return f"{stem}_{side}_{end}"


def unused(stem: str) -> str:
    """The signal that takes what nobody reads of a port."""
    return f"unused_{stem}"


def fifo_instance(stem: str) -> str:
    """The instance of a FIFO."""
    return f"u_{stem}"


def _port_signals(stem: str) -> Iterable[str]:
    return (unused(stem), *(f"{stem}_{end}" for end in _AXIS))


def _value_signals(stem: str) -> Iterable[str]:
    return (stem,)


def _fifo_signals(stem: str) -> Iterable[str]:
    return (fifo_instance(stem), *(fifo_signal(stem, side, end) for side in SIDES for end in ENDS))


def _free(stream: str, taken: set[str], signals_of: Signals) -> str:
    """An identifier whose signals nobody has yet; they are taken from now on."""
    base = stem = identifier(stream)
    number = 0
    while not taken.isdisjoint(signals_of(stem)):
        number += 1
        stem = f"{base}_{number}"
    taken.update(signals_of(stem))
    return stem
