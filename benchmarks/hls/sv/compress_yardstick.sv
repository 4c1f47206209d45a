// By hand, what cpp/compress.cpp does: eight words of eight 3-bit counts a step become events, one a cycle, then
// the end of the step. The next word is taken in the cycle in which the last lane of this one leaves.
module compress_yardstick (
  input  logic        ap_clk,
  input  logic        ap_rst_n,
  input  logic [23:0] counts_TDATA,
  input  logic        counts_TVALID,
  output logic        counts_TREADY,
  output logic [9:0]  events_TDATA,
  output logic        events_TVALID,
  input  logic        events_TREADY
);
  logic [23:0] word;
  logic [7:0]  pending;  // lanes of the word still to be sent
  logic [2:0]  index;    // of the word
  logic        closing;  // the last word of the step is here: the end follows
  logic        ending;   // the end is being sent

  logic [7:0] spikes;
  logic [7:0] rest;
  logic [2:0] lane;
  logic       finished;
  always_comb begin
    for (int i = 0; i < 8; i++) spikes[i] = counts_TDATA[3*i +: 3] != '0;
    lane = '0;
    for (int i = 7; i >= 0; i--) if (pending[i]) lane = 3'(i);
    rest = pending & (pending - 8'd1);
  end

  assign events_TVALID = pending != '0 || ending;
  assign events_TDATA = ending ? 10'h200 : {1'b0, index, lane, word[3*lane +: 3]};
  assign finished = rest == '0 && (!events_TVALID || events_TREADY);
  assign counts_TREADY = finished && !closing;

  always_ff @(posedge ap_clk) begin
    if (!ap_rst_n) begin
      pending <= '0;
      index <= '1;
      closing <= 1'b0;
      ending <= 1'b0;
    end else if (finished) begin
      ending <= closing;
      closing <= 1'b0;
      pending <= '0;
      if (counts_TVALID && counts_TREADY) begin
        pending <= spikes;
        index <= index + 3'd1;
        closing <= index == 3'd6;
      end
    end else if (events_TREADY) begin
      pending <= rest;
    end
  end

  always_ff @(posedge ap_clk) if (counts_TREADY) word <= counts_TDATA;
endmodule
