// By hand, what cpp/fir.cpp does: a FIR filter of 16 taps in transposed form, one sample a cycle. The partial sum
// of tap 0 is the output register.
module fir_yardstick (
  input  logic               ap_clk,
  input  logic               ap_rst_n,
  input  logic signed [15:0] samples_TDATA,
  input  logic               samples_TVALID,
  output logic               samples_TREADY,
  output logic signed [35:0] filtered_TDATA,
  output logic               filtered_TVALID,
  input  logic               filtered_TREADY
);
  localparam int TAPS = 16;
  localparam logic [16*TAPS-1:0] TAP = {
    -16'sd301, 16'sd214, 16'sd1193, 16'sd512, -16'sd3027, -16'sd1777, 16'sd9801, 16'sd19467,
    16'sd9801, -16'sd1777, -16'sd3027, 16'sd512, 16'sd1193, 16'sd214, -16'sd301, -16'sd83
  };  // tap 0 last
  logic signed [35:0] partial [0:TAPS];
  logic advance;

  assign partial[TAPS] = '0;
  assign filtered_TDATA = partial[0];
  assign samples_TREADY = !filtered_TVALID || filtered_TREADY;
  assign advance = samples_TVALID && samples_TREADY;

  always_ff @(posedge ap_clk) begin
    if (!ap_rst_n) filtered_TVALID <= 1'b0;
    else if (samples_TREADY) filtered_TVALID <= samples_TVALID;
  end

  for (genvar i = 0; i < TAPS; i++) begin : tap
    always_ff @(posedge ap_clk) begin
      if (!ap_rst_n) partial[i] <= '0;
      else if (advance) partial[i] <= partial[i + 1] + samples_TDATA * $signed(TAP[16*i +: 16]);
    end
  end
endmodule
