// The taking side of an AXI4-Stream, and its judge: the words of a file, { TLAST | TDATA } each, no other one, TKEEP and
// TSTRB all ones, and a word that is offered stays as it is until it is taken.
module asn_bench_sink #(
  parameter int BITS = 32,
  parameter int WORDS = 1,
  parameter int PER_VECTOR = 1,
  parameter FILE = "output.hex"
) (
  input  logic              clk,
  input  logic              rst_n,
  input  logic              stalls,
  input  logic [  BITS-1:0] tdata,
  input  logic              tvalid,
  output logic              tready,
  input  logic              tlast,
  input  logic [BITS/8-1:0] tkeep,
  input  logic [BITS/8-1:0] tstrb,
  output int                taken,
  output logic              complete
);
  logic [BITS:0] words[0:WORDS-1];
  logic [BITS:0] offered;
  logic waited;

  initial $readmemh(FILE, words);

  assign tready  = rst_n && !stalls;
  assign complete = taken == WORDS;

  always @(posedge clk) begin
    if (!rst_n) begin
      taken <= 0;
      waited <= 1'b0;
    end else begin
      waited <= tvalid && !tready;
      offered <= {tlast, tdata};
      if (waited && (tvalid !== 1'b1 || offered !== {tlast, tdata}))
        $fatal(1, "FAIL: m_axis: word %0d changed before it was taken", taken);
      if (tvalid === 1'bx) $fatal(1, "FAIL: m_axis: TVALID is unknown");
      if (tvalid && tready) begin
        taken <= taken + 1;
        if (taken == WORDS) $fatal(1, "FAIL: m_axis: a word more than %0d", WORDS);
        else if ({tlast, tdata} !== words[taken])
          $fatal(1, "FAIL: m_axis, vector %0d, word %0d: expected TLAST and TDATA %h, got %h",
                 taken / PER_VECTOR, taken % PER_VECTOR, words[taken], {tlast, tdata});
        if (tkeep !== '1 || tstrb !== '1) $fatal(1, "FAIL: m_axis, word %0d: TKEEP or TSTRB not all ones", taken);
      end
    end
  end
endmodule
