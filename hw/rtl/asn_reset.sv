// Reset of the core and of both streams: for CYCLES cycles after rst_n, after soft_reset and after stop.
module asn_reset #(
  parameter int CYCLES = 16
) (
  input  logic clk,
  input  logic rst_n,
  input  logic soft_reset,
  input  logic stop,
  output logic core_rst_n
);
  localparam int COUNT_BITS = $clog2(CYCLES + 1);

  logic [COUNT_BITS-1:0] left;

  always_ff @(posedge clk) begin
    if (!rst_n || soft_reset || stop) begin
      left <= COUNT_BITS'(CYCLES);
      core_rst_n <= 1'b0;
    end else if (left != '0) begin
      left <= left - 1'b1;
      core_rst_n <= 1'b0;
    end else begin
      core_rst_n <= 1'b1;
    end
  end
endmodule
