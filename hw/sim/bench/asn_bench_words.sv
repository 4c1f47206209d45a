// Judge of a map: the packed words of a file, in order. Behind the last inference may come the words with which each one
// begins, since a map whose first rows look at padding alone sends them before the next input.
module asn_bench_words #(
  parameter int WIDTH = 1,
  parameter int WORDS = 1,
  parameter int PER_VECTOR = 1,
  parameter FILE = "words.hex",
  parameter NAME = "words"
) (
  input  logic             clk,
  input  logic             rst_n,
  input  logic             valid,
  input  logic             ready,
  input  logic [WIDTH-1:0] data,
  output int               taken,
  output logic             complete
);
  logic [WIDTH-1:0] words[0:WORDS-1];

  initial $readmemh(FILE, words);

  assign complete = taken >= WORDS;

  always @(posedge clk) begin
    if (!rst_n) taken <= 0;
    else if (valid === 1'bx || (valid && ready === 1'bx)) $fatal(1, "FAIL: %s: valid or ready is unknown", NAME);
    else if (valid && ready) begin
      taken <= taken + 1;
      if (data !== words[taken%WORDS])
        $fatal(1, "FAIL: %s, vector %0d, word %0d: expected %h, got %h", NAME, taken / PER_VECTOR,
               taken % PER_VECTOR, words[taken%WORDS], data);
    end
  end
endmodule
