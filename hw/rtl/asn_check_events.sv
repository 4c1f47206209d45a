// Where the events of an inference end, and whether a word is one: { end : 1 | 0 | address | count } with an address
// below SIZE that rises within a time step and a count other than 0; TIME_STEPS ends, bare ones, make an inference.
// Looks at the input word of this cycle; `taken`: it goes to the core.
module asn_check_events #(
  parameter int SIZE = 2,
  parameter int ADDRESS_BITS = 1,
  parameter int COUNT_BITS = 1,
  parameter int TIME_STEPS = 1
) (
  input  logic        clk,
  input  logic        rst_n,
  input  logic        taken,
  input  logic [31:0] data,
  output logic        first,  // this word is the first of an inference
  output logic        last,  // and this one its last
  output logic        bad_event,
  output logic        bad_order
);
  localparam int STEP_BITS = TIME_STEPS > 1 ? $clog2(TIME_STEPS) : 1;
  localparam int PAD_BITS = 31 - ADDRESS_BITS - COUNT_BITS;

  logic ends;
  logic [PAD_BITS-1:0] pad;
  logic [ADDRESS_BITS-1:0] address;
  logic [COUNT_BITS-1:0] count;
  logic [STEP_BITS-1:0] time_step;
  logic [ADDRESS_BITS-1:0] previous;
  logic step_begun;  // `previous` is an address of this time step

  assign {ends, pad, address, count} = data;
  assign last = ends && time_step == STEP_BITS'(TIME_STEPS - 1);
  assign bad_event = ends ? data[30:0] != '0
      : pad != '0 || count == '0 || 32'(address) >= 32'(SIZE);
  assign bad_order = !bad_event && !ends && step_begun && address <= previous;

  always_ff @(posedge clk) begin
    if (!rst_n) begin
      first <= 1'b1;
      time_step <= '0;
      step_begun <= 1'b0;
    end else if (taken) begin
      first <= last;
      step_begun <= !ends;
      if (ends) time_step <= last ? '0 : time_step + 1'b1;
    end
  end

  always_ff @(posedge clk) begin
    if (taken) previous <= address;
  end
endmodule
