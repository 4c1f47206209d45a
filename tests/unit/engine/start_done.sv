// Three runs of a design with ap_ctrl_hs; prints what it sends, and how often it was done at the end of each run.
module testbench;
  logic ap_clk = 0, ap_rst_n = 0, ap_start = 0;
  wire ap_done, ap_ready, ap_idle;
  logic [7:0] in_TDATA = 0;
  logic in_TVALID = 0;
  wire in_TREADY;
  wire [7:0] out_TDATA;
  wire out_TVALID;
  integer cycles = 0, runs = 0, sent = 0;

  top dut (.ap_clk(ap_clk), .ap_rst_n(ap_rst_n), .ap_start(ap_start), .ap_done(ap_done), .ap_ready(ap_ready),
    .ap_idle(ap_idle), .in_TDATA(in_TDATA), .in_TVALID(in_TVALID), .in_TREADY(in_TREADY),
    .out_TDATA(out_TDATA), .out_TVALID(out_TVALID), .out_TREADY(cycles[0]));

  always #5 ap_clk = !ap_clk;

  always @(posedge ap_clk) begin
    cycles <= cycles + 1;
    ap_rst_n <= cycles > 3;
    // Input waits all the time: nothing may be taken before ap_start, nor more than the runs need.
    in_TVALID <= cycles > 5;
    if (in_TVALID && in_TREADY) begin
      sent <= sent + 1;
      in_TDATA <= in_TDATA + 1;
    end
    if (out_TVALID && cycles[0]) $display("out %0d", out_TDATA);
    if (cycles == 20) $display("before start: idle %0d, taken %0d", ap_idle, sent);
    if (cycles == 20 || cycles == 200) ap_start <= 1;
    if (ap_done) begin
      runs <= runs + 1;
      $display("done %0d ready %0d taken %0d", runs + 1, ap_ready, sent);
      if (runs != 0) ap_start <= 0;  // the second run follows the first at once
    end
    if (cycles == 199) $display("between: idle %0d", ap_idle);
    if (cycles == 400) $finish;
  end
endmodule
