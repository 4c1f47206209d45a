// A partner that sends a word of `a` only after it has taken one of `y`, and one of `b` only after that of `a`
// was taken. Stops after 24 words of `y`.
module answering;
  logic clk = 1'b0, rst_n = 1'b0;
  logic [7:0] a_data, b_data, y_data;
  logic a_valid, a_ready, b_valid, b_ready, y_valid, y_ready;
  logic owes_a = 1'b0, owes_b = 1'b0;
  int taken = 0, cycles = 0;

  top dut (
    .ap_clk(clk), .ap_rst_n(rst_n),
    .a_TDATA(a_data), .a_TVALID(a_valid), .a_TREADY(a_ready),
    .b_TDATA(b_data), .b_TVALID(b_valid), .b_TREADY(b_ready),
    .y_TDATA(y_data), .y_TVALID(y_valid), .y_TREADY(y_ready)
  );

  assign y_ready = !owes_a && !owes_b && cycles % 3 != 0;
  assign a_valid = owes_a;
  assign b_valid = owes_b;
  assign a_data = taken[7:0];
  assign b_data = 8'(taken * 7);

  always #1 clk = !clk;
  always @(posedge clk) begin
    rst_n <= 1'b1;
    cycles <= cycles + 1;
    if (rst_n && y_valid && y_ready) begin
      $display("y %0d", y_data);
      taken <= taken + 1;
      owes_a <= 1'b1;
      if (taken == 23) $finish;
    end
    if (a_valid && a_ready) begin
      owes_a <= 1'b0;
      owes_b <= 1'b1;
    end
    if (b_valid && b_ready) owes_b <= 1'b0;
    if (cycles == 1000) begin
      $display("stopped");
      $finish;
    end
  end
endmodule
