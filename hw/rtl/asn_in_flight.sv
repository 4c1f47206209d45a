// The inferences between their first input word and their last score, oldest first: when each began, and whether it
// is the last one of its message. With DEPTH of them in flight the next one has to wait.
module asn_in_flight #(
  parameter int DEPTH = 64  // a power of two
) (
  input  logic        clk,
  input  logic        rst_n,
  input  logic        start,
  input  logic        start_last,
  input  logic [31:0] start_cycle,
  output logic        start_ready,
  output logic        valid,
  output logic        alone,  // there is one
  output logic        oldest_last,
  output logic [31:0] oldest_cycle,
  input  logic        done
);
  localparam int INDEX_BITS = $clog2(DEPTH);

  (* ram_style = "distributed" *)
  logic [32:0] entries [0:DEPTH-1];
  logic [INDEX_BITS:0] started;
  logic [INDEX_BITS:0] finished;

  assign start_ready = started != {!finished[INDEX_BITS], finished[INDEX_BITS-1:0]};
  assign valid = started != finished;
  assign alone = started == finished + 1'b1;
  assign {oldest_last, oldest_cycle} = entries[finished[INDEX_BITS-1:0]];

  always_ff @(posedge clk) begin
    if (start) entries[started[INDEX_BITS-1:0]] <= {start_last, start_cycle};
  end

  always_ff @(posedge clk) begin
    if (!rst_n) begin
      started <= '0;
      finished <= '0;
    end else begin
      if (start) started <= started + 1'b1;
      if (done) finished <= finished + 1'b1;
    end
  end
endmodule
