// Where a frame ends: after WORDS words. Looks at the input word of this cycle; `taken`: it goes to the core.
module asn_check_frame #(
  parameter int WORDS = 1
) (
  input  logic clk,
  input  logic rst_n,
  input  logic taken,
  output logic first,  // this word is the first of an inference
  output logic last    // and this one its last
);
  localparam int INDEX_BITS = WORDS > 1 ? $clog2(WORDS) : 1;

  logic [INDEX_BITS-1:0] index;

  assign first = index == '0;
  assign last = index == INDEX_BITS'(WORDS - 1);

  always_ff @(posedge clk) begin
    if (!rst_n) index <= '0;
    else if (taken) index <= last ? '0 : index + 1'b1;
  end
endmodule
