// Reset of a whole design from the processing system's, which knows no clock of ours: low from power-up on, until
// `reset_n` was high for some cycles.
module asn_clock_reset (
  input  logic clk,
  input  logic reset_n,
  output logic rst_n
);
  (* ASYNC_REG = "TRUE" *)
  logic [3:0] stages;  // the first may be undecided
  logic released;

  initial begin
    stages = '0;
    released = 1'b0;
  end

  assign rst_n = released;

  always @(posedge clk) begin  // not always_ff: the initial values are set elsewhere
    stages <= {stages[2:0], reset_n};
    released <= &stages[3:1];
  end
endmodule
