"""What to look at in a file of waveforms, for two viewers: a save file of GTKWave, a command file of Surfer.

Both list the clock and the ports, then the streams of each layer in a group of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from asn2fpga.engine.verilog.save_file import zoom
from asn2fpga.graph.words import PortWidths
from asn2fpga.verify.shown_streams import Shown, ShownLayer, Signal

TOP = "waves"
_BIT, _HEXADECIMAL, _SIGNED = "@28", "@22", "@420"
_GROUP, _GROUP_END, _COMMENT = "@800200", "@1000200", "@200"


def save_file(name: str, layers: Sequence[ShownLayer], widths: PortWidths, clock_ns: float) -> str:
    """NAME.gtkw of NAME.fst, which must lie beside it."""
    return "\n".join(_save_lines(name, layers, widths, clock_ns)) + "\n"


def _save_lines(
    name: str, layers: Sequence[ShownLayer], widths: PortWidths, clock_ns: float
) -> Iterator[str]:
    yield f'[dumpfile] "{name}.fst"'
    yield f'[savefile] "{name}.gtkw"'
    yield "[timestart] 0"
    yield zoom(clock_ns)
    for signal in (Signal("clk", 1), Signal("cycle")):
        yield from _traced(TOP, signal)
    for port, signals in _ports(widths):
        yield from _group(port, [(TOP, signals)])
    for layer in layers:
        yield from _group(
            layer.name, [(f"{TOP}.{layer.scope}.{one.instance}", one.signals) for one in layer.shown]
        )


def _group(title: str, scopes: Sequence[tuple[str, Sequence[Signal]]]) -> Iterator[str]:
    yield from (_GROUP, f"-{title}")
    for scope, signals in scopes:
        if scope != TOP:
            yield from (_COMMENT, f"-{scope.rpartition('.')[2]}")
        for signal in signals:
            yield from _traced(scope, signal)
    yield from (_GROUP_END, f"-{title}")


def _traced(scope: str, signal: Signal) -> Iterator[str]:
    """GTKWave knows a number, an int, by its name alone, and words by their bits, too."""
    bits = signal.width_bits
    vector = f"[{bits - 1}:0]" if bits > 1 else ""
    yield _SIGNED if not bits else _BIT if bits == 1 else _HEXADECIMAL
    yield f"{scope}.{signal.name}{vector}"


def _ports(widths: PortWidths) -> Iterator[tuple[str, tuple[Signal, ...]]]:
    for name, bits in (("s_axis", widths.input), ("m_axis", widths.output)):
        ends = (Signal(f"{name}_{end}", 1) for end in ("tvalid", "tready", "tlast"))
        yield name, (*ends, Signal(f"{name}_tdata", bits))


def command_file(layers: Sequence[ShownLayer], widths: PortWidths) -> str:
    """Commands for Surfer, which runs them behind opening the waveforms. Ints are shown as signed numbers."""
    lines = [f"variable_add {TOP}.clk", f"variable_add {TOP}.cycle"]
    for port, signals in _ports(widths):
        lines += _listed(port, [(TOP, signals)])
    for layer in layers:
        for shown in layer.shown:
            lines += _listed(shown.instance, [(_scope(layer, shown), shown.signals)])
    return "\n".join([*lines, "zoom_fit"]) + "\n"


def _scope(layer: ShownLayer, shown: Shown) -> str:
    return f"{TOP}.{layer.scope}.{shown.instance}"


def _listed(title: str, scopes: Sequence[tuple[str, Sequence[Signal]]]) -> list[str]:
    names = [f"{scope}.{signal.name}" for scope, signals in scopes for signal in signals]
    return [f"divider_add {title}", *(f"variable_add {name}" for name in names)]
