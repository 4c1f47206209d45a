// moving_sum_top: 1 processes, 0 FIFOs (moving_sum.cpp:27)
module moving_sum_top (
  input  logic ap_clk,
  input  logic ap_rst_n,
  input  logic [16:0] words_TDATA,
  input  logic words_TVALID,
  output logic words_TREADY,
  output logic [17:0] sums_TDATA,
  output logic sums_TVALID,
  input  logic sums_TREADY
);

  moving_sum u_moving_sum (
    .ap_clk(ap_clk),
    .ap_rst_n(ap_rst_n),
    .words_valid(words_TVALID),
    .words_ready(words_TREADY),
    .words_data(words_TDATA),
    .sums_valid(sums_TVALID),
    .sums_ready(sums_TREADY),
    .sums_data(sums_TDATA)
  );

endmodule
