// Ends of the streams of a kernel under test. The source sends the words of a file, the sink prints
// `NAME WORD CYCLE`. With `stalls` both are unwilling at random, else always willing.
module bench_source #(
  parameter int WIDTH = 8,
  parameter int COUNT = 1,
  parameter int SEED = 1,
  parameter FILE = "words.hex",
  parameter NAME = "kernel stream"
) (
  input  logic             clk,
  input  logic             rst_n,
  input  logic             stalls,
  input  logic [31:0]      cycle,
  output logic             valid,
  input  logic             ready,
  output logic [WIDTH-1:0] data
);
  logic [WIDTH-1:0] words [0:COUNT-1];
  initial $readmemh(FILE, words);
  logic [31:0] index;
  logic willing;

  bench_dice #(.SEED(SEED)) dice (.clk(clk), .rst_n(rst_n), .stalls(stalls), .willing(willing));
  assign data = valid ? words[index] : 'x;
  always_ff @(posedge clk) begin
    if (!rst_n) begin
      index <= 0;
      valid <= 1'b0;
    end else begin
      if (valid && ready) index <= index + 1;
      if (valid && ready && index == 0) $display("%s begins %0d", NAME, cycle);
      if (ready || !valid) valid <= willing && index + 32'(valid && ready) < COUNT;
    end
  end
endmodule

module bench_sink #(
  parameter int WIDTH = 8,
  parameter int COUNT = 1,  // words expected
  parameter int SEED = 1,
  parameter NAME = "kernel stream"
) (
  input  logic             clk,
  input  logic             rst_n,
  input  logic             stalls,
  input  logic [31:0]      cycle,
  input  logic             valid,
  output logic             ready,
  input  logic [WIDTH-1:0] data,
  output logic             done
);
  logic [31:0] index;
  bench_dice #(.SEED(SEED)) dice (.clk(clk), .rst_n(rst_n), .stalls(stalls), .willing(ready));
  assign done = index >= COUNT;
  always_ff @(posedge clk) begin
    if (!rst_n) index <= 0;
    else if (valid && ready) begin
      index <= index + 1;
      $display("%s %h %0d", NAME, data, cycle);
    end
  end
endmodule

module bench_dice #(
  parameter int SEED = 1
) (
  input  logic clk,
  input  logic rst_n,
  input  logic stalls,
  output logic willing
);
  logic [31:0] state;
  logic [31:0] next;
  always_comb begin
    next = state ^ (state << 13);
    next = next ^ (next >> 17);
    next = next ^ (next << 5);
  end
  always_ff @(posedge clk) begin
    state <= rst_n ? next : 32'(SEED) * 32'h9e3779b1 | 32'h1;
    willing <= rst_n && (!stalls || next[8]);
  end
endmodule
