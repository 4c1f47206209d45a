// Words always there, room always there: the cycle in which each word of `out` leaves.
module runs;
  logic clk = 1'b0, rst_n = 1'b0;
  logic [31:0] in_data, out_data;
  logic in_ready, out_valid;
  int cycles = 0, words = 0;

  top dut (
    .ap_clk(clk), .ap_rst_n(rst_n),
    .in_TDATA(in_data), .in_TVALID(1'b1), .in_TREADY(in_ready),
    .out_TDATA(out_data), .out_TVALID(out_valid), .out_TREADY(1'b1)
  );

  assign in_data = words;
  always #1 clk = !clk;
  always @(posedge clk) begin
    rst_n <= 1'b1;
    cycles <= cycles + 1;
    if (rst_n && in_ready) words <= words + 1;
    if (rst_n && out_valid) $display("out %0d", cycles);
    if (cycles == 4000) $finish;
  end
endmodule
