// moving_sum: moving_sum.cpp:10
//   moving_sum_loop (moving_sum.cpp:16): initiation interval 1, 1 stages
module moving_sum (
  input  logic ap_clk,
  input  logic ap_rst_n,
  input  logic words_valid,
  output logic words_ready,
  input  logic [16:0] words_data,
  output logic sums_valid,
  input  logic sums_ready,
  output logic [17:0] sums_data
);
  // Values keep their C++ width; synthesis drops the bits that nobody reads.
  // verilator lint_off UNUSEDSIGNAL
  logic moving_sum_block_v0;
  logic moving_sum_block_go0;
  logic moving_sum_block_v1;
  logic moving_sum_block_go1;
  logic moving_sum_block_v2;
  logic moving_sum_block_go2;
  logic moving_sum_block_v3;
  logic moving_sum_block_go3;
  logic moving_sum_block_enter;
  logic moving_sum_loop_v0;
  logic moving_sum_loop_go0;
  logic moving_sum_loop_enter;
  logic moving_sum_loop_exit;
  (* ram_style = "distributed" *)
  logic [15:0] history [0:3];
  logic [1:0] history_raddr;
  logic [15:0] history_rdata;
  logic history_wen;
  logic [1:0] history_waddr;
  logic [15:0] history_wdata;
  logic [17:0] sum;
  logic [1:0] oldest;
  logic [16:0] read;
  logic [17:0] add;
  logic [15:0] load;
  logic [17:0] sub;
  logic [1:0] add_1;

  // moving_sum_block (moving_sum.cpp:14)
  assign moving_sum_block_go0 = moving_sum_block_v0;
  assign moving_sum_block_go1 = moving_sum_block_v1;
  assign moving_sum_block_go2 = moving_sum_block_v2;
  assign moving_sum_block_go3 = moving_sum_block_v3;

  // moving_sum_loop (moving_sum.cpp:16)
  // moving_sum.cpp:18
  assign read = words_data;
  // moving_sum.cpp:19
  assign add = {2'd0, read[15:0]} + sum;
  assign load = history_rdata;
  assign sub = add - {2'd0, load};
  // moving_sum.cpp:21
  assign add_1 = oldest + 2'd1;
  assign moving_sum_loop_go0 = moving_sum_loop_v0 && words_valid && sums_ready;
  assign moving_sum_loop_exit = read[16];

  // Memories
  initial for (int i = 0; i < 4; i++) history[i] = 16'd0;
  assign history_raddr = oldest;
  assign history_rdata = history[history_raddr];
  // history: a load in the cycle in which its word is stored gives the old word.
  assign history_wen = ap_rst_n && (moving_sum_block_go0 || moving_sum_block_go1 || moving_sum_block_go2 || moving_sum_block_go3 || moving_sum_loop_go0);
  assign history_waddr = moving_sum_block_v3 ? 2'd3 : (moving_sum_block_v2 ? 2'd2 : (moving_sum_block_v1 ? 2'd1 : (moving_sum_block_v0 ? 2'd0 : oldest)));
  assign history_wdata = moving_sum_block_v3 ? 16'd0 : (moving_sum_block_v2 ? 16'd0 : (moving_sum_block_v1 ? 16'd0 : (moving_sum_block_v0 ? 16'd0 : read[15:0])));
  always @(posedge ap_clk) if (history_wen) history[history_waddr] <= history_wdata;

  // Streams
  assign words_ready = (moving_sum_loop_v0 && sums_ready);
  assign sums_valid = (moving_sum_loop_v0 && words_valid);
  assign sums_data = sub;

  // Control
  assign moving_sum_block_enter = (moving_sum_loop_go0 && read[16]);
  assign moving_sum_loop_enter = moving_sum_block_go3;
  always_ff @(posedge ap_clk) begin
    if (!ap_rst_n) begin
      moving_sum_block_v0 <= 1'b1;
      moving_sum_block_v1 <= 1'b0;
      moving_sum_block_v2 <= 1'b0;
      moving_sum_block_v3 <= 1'b0;
      moving_sum_loop_v0 <= 1'b0;
    end else begin
      if (moving_sum_block_enter) moving_sum_block_v0 <= 1'b1;
      else if (moving_sum_block_go0) moving_sum_block_v0 <= 1'b0;
      if (moving_sum_block_go0) moving_sum_block_v1 <= 1'b1;
      else if (moving_sum_block_go1) moving_sum_block_v1 <= 1'b0;
      if (moving_sum_block_go1) moving_sum_block_v2 <= 1'b1;
      else if (moving_sum_block_go2) moving_sum_block_v2 <= 1'b0;
      if (moving_sum_block_go2) moving_sum_block_v3 <= 1'b1;
      else if (moving_sum_block_go3) moving_sum_block_v3 <= 1'b0;
      if (moving_sum_loop_enter) moving_sum_loop_v0 <= 1'b1;
      else if (moving_sum_loop_go0) moving_sum_loop_v0 <= !moving_sum_loop_exit;
    end
  end
  always_ff @(posedge ap_clk) begin
    if (moving_sum_block_go3) begin
      sum <= 18'd0;
      oldest <= 2'd0;
    end
    if (moving_sum_loop_go0 && !(read[16])) begin
      sum <= sub;
      oldest <= add_1;
    end
  end

endmodule
