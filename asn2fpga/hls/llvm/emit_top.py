"""SystemVerilog of the dataflow top: processes joined by FIFOs, AXI4-Stream ports as Vitis spells them."""

from __future__ import annotations

from collections.abc import Iterator

from asn2fpga.hls.llvm.dataflow import Dataflow
from asn2fpga.hls.llvm.ir import Port


def emit_top(design: Dataflow) -> str:
    """The top module."""
    return "\n".join(_lines(design)) + "\n"


def _lines(design: Dataflow) -> Iterator[str]:
    yield f"// {design.top}: {len(design.instances)} processes, {len(design.fifos)} FIFOs ({design.location})"
    yield f"module {design.top} ("
    ports = ["  input  logic ap_clk", "  input  logic ap_rst_n"]
    for name, port in design.ports.items():
        ports += _axis_ports(name, port)
    yield ",\n".join(ports)
    yield ");"
    for fifo in design.fifos:
        for side in ("wr", "rd"):
            yield f"  logic {fifo.name}_{side}_valid;"
            yield f"  logic {fifo.name}_{side}_ready;"
            yield f"  logic [{fifo.width - 1}:0] {fifo.name}_{side}_data;"
    for name, port in design.ports.items():
        yield from _axis_unused(name, port)
    for instance in design.instances:
        connections = [".ap_clk(ap_clk)", ".ap_rst_n(ap_rst_n)"]
        for port in instance.process.ports:
            connections += _connections(design, port, instance.streams[port.name])
        yield ""
        yield f"  {instance.process.name} u_{instance.process.name} ("
        yield ",\n".join(f"    {connection}" for connection in connections)
        yield "  );"
    for fifo in design.fifos:
        yield ""
        yield f"  asn_fifo #(.WIDTH({fifo.width}), .DEPTH({fifo.depth})) u_{fifo.name} ("
        yield "    .clk(ap_clk), .rst_n(ap_rst_n),"
        for side, comma in (("wr", ","), ("rd", "")):
            ends = (f".{side}_{end}({fifo.name}_{side}_{end})" for end in ("valid", "ready", "data"))
            yield f"    {', '.join(ends)}{comma}"
        yield "  );"
    yield ""
    yield "endmodule"


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
