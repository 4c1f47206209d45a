// Runs of a design with ap_ctrl_hs and an argument: another value for each run, given until ap_ready.
module testbench;
  logic ap_clk = 0, ap_rst_n = 0;
  wire ap_done, ap_ready, ap_idle, in_TREADY, out_TVALID;
  logic [7:0] in_TDATA = 0;
  wire [15:0] out_TDATA;
  integer cycles = 0, runs = 0;

  top dut (.ap_clk(ap_clk), .ap_rst_n(ap_rst_n), .ap_start(ap_rst_n), .ap_done(ap_done), .ap_ready(ap_ready),
    .ap_idle(ap_idle), .in_TDATA(in_TDATA), .in_TVALID(1'b1), .in_TREADY(in_TREADY),
    .out_TDATA(out_TDATA), .out_TVALID(out_TVALID), .out_TREADY(cycles[0]), .factor(runs + 2));

  always #5 ap_clk = !ap_clk;

  always @(posedge ap_clk) begin
    cycles <= cycles + 1;
    ap_rst_n <= cycles > 3;
    if (in_TREADY) in_TDATA <= in_TDATA + 1;
    if (ap_rst_n && out_TVALID && cycles[0]) $display("out %0d", out_TDATA);
    if (ap_ready) runs <= runs + 1;
    if (cycles == 100) $finish;
  end
endmodule
