// By hand, what cpp/run_length.cpp does, without the cycle that closes a message: the last run leaves while the
// first byte of the next message comes in.
module run_length_yardstick (
  input  logic        ap_clk,
  input  logic        ap_rst_n,
  input  logic [8:0]  symbols_TDATA,
  input  logic        symbols_TVALID,
  output logic        symbols_TREADY,
  output logic [16:0] runs_TDATA,
  output logic        runs_TVALID,
  input  logic        runs_TREADY
);
  logic       begun;  // value and repeats describe a run
  logic       last;   // it is the message's last one
  logic [7:0] value;
  logic [7:0] repeats;
  logic       same;

  assign same = symbols_TDATA[7:0] == value && repeats != 8'hff && !last;
  assign runs_TDATA = {last, repeats, value};
  assign runs_TVALID = begun && (last || (symbols_TVALID && !same));
  assign symbols_TREADY = !begun || same || runs_TREADY;

  always_ff @(posedge ap_clk) begin
    if (!ap_rst_n) begin
      begun <= 1'b0;
      last <= 1'b0;
    end else if (symbols_TVALID && symbols_TREADY) begin
      begun <= 1'b1;
      last <= symbols_TDATA[8];
    end else if (last && runs_TREADY) begin
      begun <= 1'b0;
      last <= 1'b0;
    end
    if (symbols_TVALID && symbols_TREADY) begin
      value <= symbols_TDATA[7:0];
      repeats <= begun && same ? repeats + 8'd1 : 8'd0;
    end
  end
endmodule
