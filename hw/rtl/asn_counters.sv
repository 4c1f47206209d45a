// Counters of the whole accelerator.
module asn_counters #(
  parameter int EARLY_EXIT = 0  // 1: inferences say how many time steps they used
) (
  input  logic        clk,
  input  logic        rst_n,
  input  logic        clear,
  input  logic        done,  // an inference ends in this cycle
  input  logic [31:0] start_cycle,  // and began in that one
  input  logic [31:0] steps_used,  // by it
  input  logic        input_waits,
  input  logic        output_waits,
  output logic [31:0] cycle,
  output logic [31:0] inference_cycles,
  output logic [63:0] inferences,
  output logic [31:0] input_stall_cycles,
  output logic [31:0] output_stall_cycles,
  output logic [31:0] all_steps_used
);
  always_ff @(posedge clk) begin
    if (!rst_n) cycle <= '0;
    else cycle <= cycle + 32'd1;
  end

  always_ff @(posedge clk) begin
    if (!rst_n || clear) begin
      inference_cycles <= '0;
      inferences <= '0;
      input_stall_cycles <= '0;
      output_stall_cycles <= '0;
      all_steps_used <= '0;
    end else begin
      if (done) inference_cycles <= cycle - start_cycle + 32'd1;
      if (done) inferences <= inferences + 64'd1;
      if (done && EARLY_EXIT != 0) all_steps_used <= all_steps_used + steps_used;
      if (input_waits) input_stall_cycles <= input_stall_cycles + 32'd1;
      if (output_waits) output_stall_cycles <= output_stall_cycles + 32'd1;
    end
  end
endmodule
