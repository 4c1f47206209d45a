// The sending side of an AXI4-Stream: the words of a file, { TLAST | TDATA } each. A word that is offered stays until
// it is taken.
module asn_bench_source #(
  parameter int BITS = 32,
  parameter int WORDS = 1,
  parameter FILE = "input.hex"
) (
  input  logic            clk,
  input  logic            rst_n,
  input  logic            stalls,
  output logic [BITS-1:0] tdata,
  output logic            tvalid,
  input  logic            tready,
  output logic            tlast
);
  logic [BITS:0] words[0:WORDS-1];
  int index;

  initial $readmemh(FILE, words);

  always_ff @(posedge clk) begin
    if (!rst_n) begin
      index <= 0;
      tvalid <= 1'b0;
    end else if (!tvalid || tready) begin
      tvalid <= index < WORDS && !stalls;
      if (index < WORDS && !stalls) begin
        {tlast, tdata} <= words[index];
        index <= index + 1;
      end
    end
  end
endmodule
