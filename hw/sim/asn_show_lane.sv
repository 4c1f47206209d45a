// One lane of a stream of packed words as a number, for a viewer of waveforms. It keeps its value until the next word.
module asn_show_lane #(
  parameter int WIDTH = 1,
  parameter int LANE = 0,
  parameter int COUNT_BITS = 1,
  parameter bit SIGNED = 1'b0
) (
  input logic             clk,
  input logic             valid,
  input logic             ready,
  // verilator lint_off UNUSEDSIGNAL
  input logic [WIDTH-1:0] data
  // verilator lint_on UNUSEDSIGNAL
);
  int count;

  // verilator tracing_off
  logic [COUNT_BITS-1:0] counted;
  int kept;
  // verilator tracing_on
  assign counted = data[LANE*COUNT_BITS+:COUNT_BITS];
  assign count = valid && ready ? (SIGNED ? int'($signed(counted)) : int'(counted)) : kept;

  always_ff @(posedge clk) kept <= count;
endmodule
