// ap_ctrl_hs of a dataflow design: ap_start starts every process once, ap_done says that all have returned.
// ap_start must stay high until ap_ready, which comes with ap_done; still high after it, it starts the next run.
module asn_control #(
  parameter int PROCESSES = 1
) (
  input  logic                 clk,
  input  logic                 rst_n,
  input  logic                 ap_start,
  output logic                 ap_done,   // high for one cycle
  output logic                 ap_ready,
  output logic                 ap_idle,
  output logic [PROCESSES-1:0] start_valid,
  input  logic [PROCESSES-1:0] start_ready,
  input  logic [PROCESSES-1:0] done_valid,
  output logic [PROCESSES-1:0] done_ready
);
  logic running;
  logic [PROCESSES-1:0] returned;

  assign ap_done = running && (&returned);
  assign ap_ready = ap_done;
  assign ap_idle = !running && !ap_start;
  assign done_ready = ~returned & {PROCESSES{running}};

  always_ff @(posedge clk) begin
    if (!rst_n) begin
      running <= 1'b0;
      start_valid <= '0;
      returned <= '0;
    end else if (!running) begin
      running <= ap_start;
      start_valid <= {PROCESSES{ap_start}};
      returned <= '0;
    end else begin
      running <= !ap_done;
      start_valid <= start_valid & ~start_ready;
      returned <= returned | (done_valid & done_ready);
    end
  end
endmodule
