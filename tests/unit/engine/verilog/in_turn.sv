// A partner that takes as many words of `y` as it has taken of `x`, later; a word of `x` that is offered again, it takes
// again. It sends words of `a` and takes those of `z` at any time. Stops after 24 words of `y`.
module in_turn;
  logic clk = 1'b0, rst_n = 1'b0;
  logic [7:0] a_data = 8'd1, x_data, y_data, z_data;
  logic a_ready, x_valid, x_ready, y_valid, y_ready, z_valid;
  int taken_x = 0, taken_y = 0, cycles = 0;

  top dut (
    .ap_clk(clk), .ap_rst_n(rst_n),
    .a_TDATA(a_data), .a_TVALID(1'b1), .a_TREADY(a_ready),
    .x_TDATA(x_data), .x_TVALID(x_valid), .x_TREADY(x_ready),
    .y_TDATA(y_data), .y_TVALID(y_valid), .y_TREADY(y_ready),
    .z_TDATA(z_data), .z_TVALID(z_valid), .z_TREADY(1'b1)
  );

  assign x_ready = cycles % 3 != 0;
  assign y_ready = taken_x > taken_y && cycles % 4 == 0;

  always #1 clk = !clk;
  always @(posedge clk) begin
    rst_n <= 1'b1;
    cycles <= cycles + 1;
    if (rst_n && a_ready) a_data <= a_data + 8'd3;
    if (rst_n && x_valid && x_ready) begin
      $display("x %0d", x_data);
      taken_x <= taken_x + 1;
    end
    if (rst_n && y_valid && y_ready) begin
      $display("y %0d", y_data);
      taken_y <= taken_y + 1;
      if (taken_y == 23) $finish;
    end
    if (cycles == 1000) begin
      $display("stopped");
      $finish;
    end
  end
endmodule
