// Output messages: the scores of all inferences of one input message, TLAST on the last word only. WORDS words
// make an inference, whatever the core says; `framing_wrong` if its own TLAST disagrees.
module asn_output #(
  parameter int WORDS = 1,
  parameter int WORD_BITS = 32
) (
  input  logic        clk,
  input  logic        rst_n,
  input  logic        held,  // nothing moves
  input  logic [WORD_BITS-1:0] core_tdata,
  input  logic        core_tvalid,
  output logic        core_tready,
  input  logic        core_tlast,
  output logic [WORD_BITS-1:0] m_axis_tdata,
  output logic        m_axis_tvalid,
  input  logic        m_axis_tready,
  output logic        m_axis_tlast,
  input  logic        in_flight,  // an inference is in flight, and it is
  input  logic        in_flight_last,  // the last one of its message
  output logic        done,  // its last scores are taken in this cycle
  output logic        framing_wrong,
  output logic        unexpected
);
  localparam int INDEX_BITS = WORDS > 1 ? $clog2(WORDS) : 1;

  logic [INDEX_BITS-1:0] index;  // of the word
  logic last;  // word of an inference
  logic core_said_last;
  logic given;
  logic slice_valid;

  assign last = index == INDEX_BITS'(WORDS - 1);
  assign m_axis_tvalid = slice_valid && !held;
  assign given = m_axis_tvalid && m_axis_tready;
  assign m_axis_tlast = last && (in_flight_last || !in_flight);
  assign done = given && last && in_flight;
  assign framing_wrong = given && core_said_last != last;
  assign unexpected = given && !in_flight;

  always_ff @(posedge clk) begin
    if (!rst_n) index <= '0;
    else if (given) index <= last ? '0 : index + 1'b1;
  end

  asn_register_slice #(.WIDTH(WORD_BITS + 1)) u_slice (
    .clk(clk), .rst_n(rst_n),
    .in_valid(core_tvalid), .in_ready(core_tready), .in_data({core_tlast, core_tdata}),
    .out_valid(slice_valid), .out_ready(m_axis_tready), .out_data({core_said_last, m_axis_tdata})
  );
endmodule
