"""A test bench of a design in one file: random words, random stalls, checks of its handshakes, waveforms.

It needs no file and no words of the user's, so it cannot tell whether results are right; it tells what holds
for every design: what is offered stays until it is taken, nothing is unknown, and words move.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from asn2fpga.engine.ir.dataflow import Dataflow
from asn2fpga.engine.ir.process import Port
from asn2fpga.rtl import MONITOR_BITS

CYCLES = 2000  # that are simulated unless +cycles=N says otherwise


def bench_name(top: str) -> str:
    """Name of the bench's module."""
    return f"{top}_bench"


def commands(top: str, files: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Of each simulator, what compiles and runs the bench, in the design's folder.

    The bench comes first: its time scale is that of all files.
    """
    bench, sources = bench_name(top), " ".join((f"waves/{bench_name(top)}.sv", *files))
    icarus = f"iverilog -g2012 -s {bench} -o waves/{bench} {sources} && vvp waves/{bench} -fst"
    build = f"verilator --binary --timing --trace-fst -Wno-fatal --top-module {bench} -Mdir waves/model"
    return (("Icarus", icarus), ("Verilator", f"{build} {sources} && waves/model/V{bench}"))


def emit_bench(design: Dataflow, clock_ns: float, quiet_cycles: int, files: Sequence[str]) -> str:
    """The bench; it says so if no word moves for `quiet_cycles`."""
    return "\n".join(_lines(design, clock_ns, quiet_cycles, files)) + "\n"


def _lines(design: Dataflow, clock_ns: float, quiet_cycles: int, files: Sequence[str]) -> Iterator[str]:
    bench = bench_name(design.top)
    yield f"// {bench}: random words into {design.top}, stalls on all streams, checks of its handshakes."
    for simulator, command in commands(design.top, files):
        yield f"// With {simulator}: {command}"
    yield "// Options to the last command: +cycles=N, +seed=N, +stalls=PERCENT."
    yield "`timescale 1ns / 1ps"
    yield f"module {bench};"
    yield from _head(clock_ns)
    streams = [(design.stems[name], port) for name, port in design.ports.items() if not port.is_value]
    for stem, port in streams:
        yield from _signals(stem, port)
    yield from _instance(design, streams)
    for stem, port in streams:
        yield from (_source(stem, port) if port.direction == "in" else _sink(stem, port))
    yield from _end([stem for stem, _ in streams], quiet_cycles)
    yield f'  initial begin $dumpfile("waves/{design.top}.fst"); $dumpvars(0, {bench}); end'
    yield "endmodule"


def _head(clock_ns: float) -> Iterator[str]:
    yield from f"""\
  logic ap_clk = 1'b0, ap_rst_n = 1'b0;
  int cycles = {CYCLES}, seed = 1, stalls = 25, cycle = 0, quiet = 0, errors = 0;
  logic [31:0] skipped;

  initial begin
    if ($value$plusargs("cycles=%d", cycles)) skipped = '0;
    if ($value$plusargs("seed=%d", seed)) skipped = '0;
    if ($value$plusargs("stalls=%d", stalls)) skipped = '0;
    repeat (seed) skipped = $urandom;
  end
  always #({clock_ns / 2:g}) ap_clk = !ap_clk;
  always @(posedge ap_clk) ap_rst_n <= 1'b1;

  task automatic complain(input string what);
    errors = errors + 1;
    $display("cycle %0d: %s", cycle, what);
  endtask
  function automatic logic willing();
    return int'($urandom % 100) >= stalls;
  endfunction""".split("\n")


def _signals(stem: str, port: Port) -> Iterator[str]:
    data = port.width - port.last_bits
    yield ""
    yield f"  logic [{data - 1}:0] {stem}_TDATA;"
    driven, found = ("TVALID", "TREADY") if port.direction == "in" else ("TREADY", "TVALID")
    yield f"  logic {stem}_{driven} = 1'b0, {stem}_{found};"
    if port.last_bits:
        yield f"  logic [0:0] {stem}_TLAST;"
        yield f"  logic [{data // 8 - 1}:0] {stem}_TKEEP, {stem}_TSTRB;"
    yield f"  int {stem}_words = 0;"


def _instance(design: Dataflow, streams: Sequence[tuple[str, Port]]) -> Iterator[str]:
    connections = [".ap_clk(ap_clk)", ".ap_rst_n(ap_rst_n)"]
    if design.handshake:
        yield "  logic ap_done, ap_ready, ap_idle;"
        connections += [".ap_start(1'b1)", *(f".ap_{end}(ap_{end})" for end in ("done", "ready", "idle"))]
    values = [(design.stems[name], port) for name, port in design.ports.items() if port.is_value]
    connections += [f".{stem}({port.width}'d1)" for stem, port in values]
    for stem, port in streams:
        ends = ("TDATA", "TVALID", "TREADY") + ("TLAST", "TKEEP", "TSTRB") * bool(port.last_bits)
        connections += [f".{stem}_{end}({stem}_{end})" for end in ends]
    if design.fifos:
        yield f"  logic [{MONITOR_BITS * len(design.fifos) - 1}:0] monitor;"
        connections.append(".monitor(monitor)")
    yield ""
    yield f"  {design.top} dut ("
    yield ",\n".join(f"    {connection}" for connection in connections)
    yield "  );"


def _source(stem: str, port: Port) -> Iterator[str]:
    """Words of random bits; one in eight is the last of a message."""
    data = port.width - port.last_bits
    words = ", ".join(["$urandom"] * -(-data // 32))
    yield ""
    yield "  always @(posedge ap_clk) begin"
    yield f"    if (!{stem}_TVALID || {stem}_TREADY) begin"
    yield f"      {stem}_TVALID <= ap_rst_n && willing();"
    yield f"      {stem}_TDATA <= {data}'({{{words}}});"
    if port.last_bits:
        yield f"      {stem}_TLAST <= $urandom % 8 == 0;"
        yield f"      {stem}_TKEEP <= '1;"
        yield f"      {stem}_TSTRB <= '1;"
    yield "    end"
    yield f"    if ({stem}_TVALID && {stem}_TREADY === 1'b1) {stem}_words <= {stem}_words + 1;"
    yield f'    if (ap_rst_n && {stem}_TREADY === 1\'bx) complain("{stem}_TREADY is unknown");'
    yield "  end"


def _sink(stem: str, port: Port) -> Iterator[str]:
    """Takes words, and looks at what is offered."""
    word = f"{{{stem}_TLAST, {stem}_TDATA}}" if port.last_bits else f"{stem}_TDATA"
    yield f"  logic {stem}_waits = 1'b0;"
    yield f"  logic [{port.width - 1}:0] {stem}_offered;"
    yield ""
    yield "  always @(posedge ap_clk) begin"
    yield f"    {stem}_TREADY <= willing();"
    yield f"    {stem}_waits <= ap_rst_n && {stem}_TVALID === 1'b1 && !{stem}_TREADY;"
    yield f"    {stem}_offered <= {word};"
    yield "    if (ap_rst_n) begin"
    yield f'      if ({stem}_TVALID === 1\'bx) complain("{stem}_TVALID is unknown");'
    yield f"      if ({stem}_TVALID === 1'b1 && ^{word} === 1'bx)"
    yield f'        complain("{stem}_TDATA has unknown bits");'
    yield f"      if ({stem}_waits && ({stem}_TVALID !== 1'b1 || {word} !== {stem}_offered))"
    yield f'        complain("{stem}: a word was withdrawn or changed while it waited");'
    yield f"      if ({stem}_TVALID === 1'b1 && {stem}_TREADY) {stem}_words <= {stem}_words + 1;"
    yield "    end"
    yield "  end"


def _end(stems: Sequence[str], quiet_cycles: int) -> Iterator[str]:
    moves = " || ".join(f"({stem}_TVALID && {stem}_TREADY)" for stem in stems)
    yield ""
    yield "  always @(posedge ap_clk) begin"
    yield "    cycle <= cycle + 1;"
    yield f"    quiet <= ({moves}) ? 0 : quiet + 1;"
    yield f'    if (quiet == {quiet_cycles}) complain("no word has moved for {quiet_cycles} cycles");'
    yield "    if (cycle == cycles) begin"
    yield from (f'      $display("{stem}: %0d words", {stem}_words);' for stem in stems)
    yield '      $display("%0d cycles, %0d errors", cycle, errors);'
    yield '      if (errors != 0) $fatal(1, "what was found wrong is told above");'
    yield "      $finish;"
    yield "    end"
    yield "  end"
