"""SystemVerilog of the dataflow top: processes joined by FIFOs, AXI4-Stream ports as Vitis spells them."""

from __future__ import annotations

from collections.abc import Iterator

from asn2fpga.engine.ir.dataflow import DONE, START, Dataflow, Fifo, Instance
from asn2fpga.engine.ir.process import Port
from asn2fpga.engine.target.bind import fifo_module
from asn2fpga.rtl import MONITOR_BITS


def emit_top(design: Dataflow) -> str:
    """The top module."""
    return "\n".join(_lines(design)) + "\n"


def _lines(design: Dataflow) -> Iterator[str]:
    yield f"// {design.top}: {len(design.instances)} processes, {len(design.fifos)} FIFOs ({design.location})"
    yield f"module {design.top} ("
    yield ",\n".join(_ports(design))
    yield ");"
    for fifo in design.fifos:
        for side in ("wr", "rd"):
            yield f"  logic {fifo.name}_{side}_valid;"
            yield f"  logic {fifo.name}_{side}_ready;"
            yield f"  logic [{fifo.width - 1}:0] {fifo.name}_{side}_data;"
    for name, port in design.ports.items():
        yield from _axis_unused(name, port)
    if design.handshake:
        yield from _control(len(design.instances))
    for number, instance in enumerate(design.instances):
        yield from _instance(design, number, instance)
    for fifo in design.fifos:
        yield from _fifo(fifo)
    yield from _monitor(design)
    yield ""
    yield "endmodule"


def _ports(design: Dataflow) -> list[str]:
    ports = ["  input  logic ap_clk", "  input  logic ap_rst_n"]
    if design.handshake:
        ports.append("  input  logic ap_start")
        ports += [f"  output logic ap_{end}" for end in ("done", "ready", "idle")]
    ports += [line for name, port in design.ports.items() for line in _axis_ports(name, port)]
    if design.fifos:
        ports.append(f"  output logic [{MONITOR_BITS * len(design.fifos) - 1}:0] monitor")
    return ports


def _monitor(design: Dataflow) -> Iterator[str]:
    """What counters outside look at: three bits a FIFO, the first FIFO lowest."""
    if not design.fifos:
        return
    yield ""
    yield "  // Of each FIFO: a word waits, is taken, is put in (the latter two: top bit 0, no end of step)."
    bits = (line for fifo in reversed(design.fifos) for line in _monitor_bits(fifo))
    yield "  assign monitor = {"
    yield ",\n".join(f"    {bit}" for bit in bits)
    yield "  };"


def _monitor_bits(fifo: Fifo) -> list[str]:
    name, top = fifo.name, fifo.width - 1
    return [
        f"{name}_rd_valid && !{name}_rd_ready",
        f"{name}_rd_valid && {name}_rd_ready && !{name}_rd_data[{top}]",
        f"{name}_wr_valid && {name}_wr_ready && !{name}_wr_data[{top}]",
    ]


def _instance(design: Dataflow, number: int, instance: Instance) -> Iterator[str]:
    connections = [".ap_clk(ap_clk)", ".ap_rst_n(ap_rst_n)"]
    for port in instance.process.ports:
        if port.name in instance.streams:
            connections += _connections(design, port, instance.streams[port.name])
    if design.handshake:
        connections += _tokens(number)
    yield ""
    yield f"  {instance.process.name} {instance.name} ("
    yield ",\n".join(f"    {connection}" for connection in connections)
    yield "  );"


def _fifo(fifo: Fifo) -> Iterator[str]:
    yield ""
    module, size = fifo_module(fifo.depth, fifo.width), f".WIDTH({fifo.width}), .DEPTH({fifo.depth})"
    yield f"  {module} #({size}) u_{fifo.name} ("
    yield "    .clk(ap_clk), .rst_n(ap_rst_n),"
    for side, comma in (("wr", ","), ("rd", "")):
        ends = (f".{side}_{end}({fifo.name}_{side}_{end})" for end in ("valid", "ready", "data"))
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
    yield f"  asn_control #(.PROCESSES({processes})) u_control ("
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


def _axis_ports(name: str, port: Port) -> list[str]:
    forth, back = ("input ", "output") if port.direction == "in" else ("output", "input ")
    data = port.width - port.last_bits
    lines = [
        f"  {forth} logic [{data - 1}:0] {name}_TDATA",
        f"  {forth} logic {name}_TVALID",
        f"  {back} logic {name}_TREADY",
    ]
    if port.last_bits:
        lines.append(f"  {forth} logic [0:0] {name}_TLAST")
        lines.append(f"  {forth} logic [{data // 8 - 1}:0] {name}_TKEEP")
        lines.append(f"  {forth} logic [{data // 8 - 1}:0] {name}_TSTRB")
    return lines


def _axis_unused(name: str, port: Port) -> Iterator[str]:
    """TKEEP and TSTRB: every byte counts."""
    if not port.last_bits:
        return
    if port.direction == "out":
        yield f"  assign {name}_TKEEP = '1;"
        yield f"  assign {name}_TSTRB = '1;"
    else:
        yield "  // Messages are whole words: TKEEP and TSTRB carry nothing."
        yield "  // verilator lint_off UNUSEDSIGNAL"
        yield f"  wire unused_{name} = &{{1'b0, {name}_TKEEP, {name}_TSTRB}};"
        yield "  // verilator lint_on UNUSEDSIGNAL"


def _connections(design: Dataflow, port: Port, stream: str) -> list[str]:
    if stream not in design.ports:
        side = "rd" if port.direction == "in" else "wr"
        return [f".{port.name}_{end}({stream}_{side}_{end})" for end in ("valid", "ready", "data")]
    data = f"{{{stream}_TLAST, {stream}_TDATA}}" if port.last_bits else f"{stream}_TDATA"
    return [
        f".{port.name}_valid({stream}_TVALID)",
        f".{port.name}_ready({stream}_TREADY)",
        f".{port.name}_data({data})",
    ]
