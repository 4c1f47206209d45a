// A stream of packed words between two processes, for a viewer of waveforms.
module asn_show_words #(
  parameter int WIDTH = 1
) (
  input logic             valid,
  input logic             ready,
  input logic             blocked,  // the producer waits for room
  input logic [WIDTH-1:0] data
);
  logic is_word;
  assign is_word = valid && ready;
endmodule
