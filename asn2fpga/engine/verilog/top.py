"""SystemVerilog of the dataflow top: processes joined by FIFOs, AXI4-Stream ports as Vitis spells them."""

from __future__ import annotations

from collections.abc import Iterator

from asn2fpga.engine.ir.dataflow import DONE, START, Dataflow, Fifo, Instance
from asn2fpga.engine.ir.process import Port
from asn2fpga.engine.target.bind import fifo_module
from asn2fpga.engine.verilog.signals import declare, literal
from asn2fpga.engine.verilog.top_names import CONTROL, ENDS, SIDES, fifo_instance, fifo_signal, unused
from asn2fpga.rtl import MONITOR_BITS


def emit_top(design: Dataflow) -> str:
    """The top module."""
    return "\n".join(_lines(design)) + "\n"


def _lines(design: Dataflow) -> Iterator[str]:
    yield f"// {design.top}: {len(design.instances)} processes, {len(design.fifos)} FIFOs ({design.location})"
    yield f"module {design.top} ("
    yield ",\n".join(_ports(design))
    yield ");"
    for fifo in design.all_fifos:
        for side in SIDES:
            valid, ready, data = (fifo_signal(design.stems[fifo.name], side, end) for end in ENDS)
            yield f"  logic {valid};"
            yield f"  logic {ready};"
            yield f"  logic [{fifo.width - 1}:0] {data};"
    for name, port in design.ports.items():
        yield from _axis_unused(design.stems[name], port)
    if design.handshake:
        yield from _control(len(design.instances))
    for number, instance in enumerate(design.instances):
        yield from _instance(design, number, instance)
    for fifo in design.all_fifos:
        yield from _fifo(fifo, design.stems[fifo.name])
    for stream, fifo in design.buffers.items():
        yield from _buffer(design, stream, design.stems[fifo.name])
    yield from _monitor(design)
    yield ""
    yield "endmodule"


def _ports(design: Dataflow) -> list[str]:
    ports = ["  input  logic ap_clk", "  input  logic ap_rst_n"]
    if design.handshake:
        ports.append("  input  logic ap_start")
        ports += [f"  output logic ap_{end}" for end in ("done", "ready", "idle")]
    for name, port in design.ports.items():
        lines = [_value_port(design.stems[name], port)] if port.is_value else []
        ports += lines or _axis_ports(design.stems[name], port)
    if design.fifos:
        ports.append(f"  output logic [{MONITOR_BITS * len(design.fifos) - 1}:0] monitor")
    return ports


def _monitor(design: Dataflow) -> Iterator[str]:
    """What counters outside look at: five bits a FIFO, the first FIFO lowest."""
    if not design.fifos:
        return
    yield ""
    yield "  // Of each FIFO: a word is taken, put in, waits; an event (top bit 0, no end) is taken, put in."
    bits = (
        line
        for fifo in reversed(design.fifos)
        for line in _monitor_bits(design.stems[fifo.name], fifo.width - 1)
    )
    yield "  assign monitor = {"
    yield ",\n".join(f"    {bit}" for bit in bits)
    yield "  };"


def _monitor_bits(name: str, top: int) -> list[str]:
    taken, put = f"{name}_rd_valid && {name}_rd_ready", f"{name}_wr_valid && {name}_wr_ready"
    return [
        taken,
        put,
        f"{name}_rd_valid && !{name}_rd_ready",
        f"{taken} && !{name}_rd_data[{top}]",
        f"{put} && !{name}_wr_data[{top}]",
    ]


def _instance(design: Dataflow, number: int, instance: Instance) -> Iterator[str]:
    connections = [".ap_clk(ap_clk)", ".ap_rst_n(ap_rst_n)"]
    for port in instance.process.ports:
        if port.name in instance.constants:
            connections.append(f".{port.name}_data({literal(instance.constants[port.name], port.width)})")
        elif port.name in instance.streams:
            connections += _connections(design, port, instance.streams[port.name])
    if design.handshake:
        connections += _tokens(number)
    yield ""
    yield f"  {instance.process.name} {instance.name} ("
    yield ",\n".join(f"    {connection}" for connection in connections)
    yield "  );"


def _fifo(fifo: Fifo, stem: str) -> Iterator[str]:
    yield ""
    module, size = fifo_module(fifo), f".WIDTH({fifo.width}), .DEPTH({fifo.depth})"
    yield f"  {module} #({size}) {fifo_instance(stem)} ("
    yield "    .clk(ap_clk), .rst_n(ap_rst_n),"
    for side, comma in zip(SIDES, (",", ""), strict=True):
        ends = (f".{side}_{end}({fifo_signal(stem, side, end)})" for end in ENDS)
        yield f"    {', '.join(ends)}{comma}"
    yield "  );"


def _control(processes: int) -> Iterator[str]:
    """ap_ctrl_hs: a start and a done token for each process."""
    for token in ("start", "done"):
        yield from (f"  logic [{processes - 1}:0] {token}_{end};" for end in ("valid", "ready"))
    yield "  // A token carries nothing."
    yield "  // verilator lint_off UNUSEDSIGNAL"
    yield f"  logic [{processes - 1}:0] done_data;"
    yield "  // verilator lint_on UNUSEDSIGNAL"
    yield ""
    yield f"  asn_control #(.PROCESSES({processes})) {CONTROL} ("
    yield "    .clk(ap_clk), .rst_n(ap_rst_n),"
    yield "    .ap_start(ap_start), .ap_done(ap_done), .ap_ready(ap_ready), .ap_idle(ap_idle),"
    yield "    .start_valid(start_valid), .start_ready(start_ready),"
    yield "    .done_valid(done_valid), .done_ready(done_ready)"
    yield "  );"


def _tokens(number: int) -> list[str]:
    return [
        f".{START}_valid(start_valid[{number}])",
        f".{START}_ready(start_ready[{number}])",
        f".{START}_data(1'b1)",
        f".{DONE}_valid(done_valid[{number}])",
        f".{DONE}_ready(done_ready[{number}])",
        f".{DONE}_data(done_data[{number}])",
    ]


def _value_port(name: str, port: Port) -> str:
    """ap_none: a plain input."""
    return declare("input  logic", port.width, name).removesuffix(";")


def _axis_ports(name: str, port: Port) -> list[str]:
    forth, back = ("input ", "output") if port.direction == "in" else ("output", "input ")
    data = port.data_bits
    lines = [
        f"  {forth} logic [{data - 1}:0] {name}_TDATA",
        f"  {forth} logic {name}_TVALID",
        f"  {back} logic {name}_TREADY",
    ]
    if port.last_bits:
        lines.append(f"  {forth} logic [0:0] {name}_TLAST")
    lines += [f"  {forth} logic [{bits - 1}:0] {name}_{channel}" for channel, bits in port.channels]
    if port.last_bits and not port.channels:
        lines.append(f"  {forth} logic [{data // 8 - 1}:0] {name}_TKEEP")
        lines.append(f"  {forth} logic [{data // 8 - 1}:0] {name}_TSTRB")
    return lines


def _axis_unused(name: str, port: Port) -> Iterator[str]:
    """TKEEP and TSTRB: every byte counts."""
    if port.is_value or not port.last_bits or port.channels:
        return
    if port.direction == "out":
        yield f"  assign {name}_TKEEP = '1;"
        yield f"  assign {name}_TSTRB = '1;"
    else:
        yield "  // Messages are whole words: TKEEP and TSTRB carry nothing."
        yield "  // verilator lint_off UNUSEDSIGNAL"
        yield f"  wire {unused(name)} = &{{1'b0, {name}_TKEEP, {name}_TSTRB}};"
        yield "  // verilator lint_on UNUSEDSIGNAL"


def _connections(design: Dataflow, port: Port, stream: str) -> list[str]:
    stem = design.stems[stream]
    if port.is_value:
        return [f".{port.name}_data({stem})"]
    if stream not in design.ports or stream in design.buffers:
        side = "rd" if port.direction == "in" else "wr"
        fifo = design.buffers.get(stream)
        stem = stem if fifo is None else design.stems[fifo.name]
        return [f".{port.name}_{end}({fifo_signal(stem, side, end)})" for end in ENDS]
    return [
        f".{port.name}_valid({stem}_TVALID)",
        f".{port.name}_ready({stem}_TREADY)",
        f".{port.name}_data({_word(stem, port)})",
    ]


def _word(stem: str, port: Port) -> str:
    """All channels of a port side by side."""
    channels = [*(["TLAST"] * port.last_bits), *(name for name, _ in reversed(port.channels)), "TDATA"]
    parts = ", ".join(f"{stem}_{channel}" for channel in channels)
    return f"{{{parts}}}" if len(channels) > 1 else parts


def _buffer(design: Dataflow, stream: str, fifo: str) -> Iterator[str]:
    """What leads from the FIFO at an output to the port."""
    valid, ready, data = (fifo_signal(fifo, "rd", end) for end in ENDS)
    stem = design.stems[stream]
    yield f"  assign {stem}_TVALID = {valid};"
    yield f"  assign {_word(stem, design.ports[stream])} = {data};"
    yield f"  assign {ready} = {stem}_TREADY;"
