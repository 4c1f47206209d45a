// Reset of the core and of both streams: for CYCLES cycles after rst_n, after soft_reset and after stop. `held` is
// there at once: from the cycle in which the write is answered no stream moves, until all is as after a reset.
module asn_reset #(
  parameter int CYCLES = 16
) (
  input  logic clk,
  input  logic rst_n,
  input  logic soft_reset,
  input  logic stop,
  output logic core_rst_n,
  output logic held
);
  localparam int COUNT_BITS = $clog2(CYCLES + 1);

  logic [COUNT_BITS-1:0] left;

  assign held = soft_reset || stop || !core_rst_n;

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
