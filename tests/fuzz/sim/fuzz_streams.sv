// Ends of streams under test: a source that sends the words of a file, a sink that prints what it gets. Both
// stall at random; `density` of 256 is the chance of being willing in a cycle, renewed in bursts.
module fuzz_source #(
  parameter int WIDTH = 8,
  parameter int COUNT = 1,
  parameter int SEED = 1,
  parameter FILE = "words.hex"
) (
  input  logic             clk,
  input  logic             rst_n,
  input  logic [31:0]      seed,
  input  logic [8:0]       density,
  output logic             valid,
  input  logic             ready,
  output logic [WIDTH-1:0] data,
  output logic             moved
);
  logic [WIDTH-1:0] words [0:COUNT-1];
  initial $readmemh(FILE, words);
  int index;
  logic willing;

  fuzz_dice #(.SEED(SEED)) dice (.clk(clk), .rst_n(rst_n), .seed(seed), .density(density), .willing(willing));
  assign data = valid ? words[index] : 'x;
  assign moved = valid && ready;
  always_ff @(posedge clk) begin
    if (!rst_n) begin
      index <= 0;
      valid <= 1'b0;
    end else begin
      if (moved) index <= index + 1;
      if (moved || !valid) valid <= willing && index + int'(moved) < COUNT;
    end
  end
endmodule

module fuzz_sink #(
  parameter int WIDTH = 8,
  parameter int SEED = 1,
  parameter NAME = "program stream"
) (
  input  logic             clk,
  input  logic             rst_n,
  input  logic [31:0]      seed,
  input  logic [8:0]       density,
  input  logic             valid,
  output logic             ready,
  input  logic [WIDTH-1:0] data,
  output logic             moved
);
  fuzz_dice #(.SEED(SEED)) dice (.clk(clk), .rst_n(rst_n), .seed(seed), .density(density), .willing(ready));
  assign moved = valid && ready && rst_n;
  logic waited;
  logic [WIDTH-1:0] offered;
  always_ff @(posedge clk) begin
    waited <= rst_n && valid && !ready;
    offered <= data;
    if (moved) $display("%s %h", NAME, data);
    if (rst_n && waited && !valid) $display("%s withdrawn", NAME);
    if (rst_n && waited && offered !== data) $display("%s changed", NAME);
  end
endmodule

module fuzz_dice #(
  parameter int SEED = 1
) (
  input  logic        clk,
  input  logic        rst_n,
  input  logic [31:0] seed,
  input  logic [8:0]  density,
  output logic        willing
);
  logic [31:0] state;
  logic [31:0] next;
  always_comb begin
    next = state ^ (state << 13);
    next = next ^ (next >> 17);
    next = next ^ (next << 5);
  end
  always_ff @(posedge clk) begin
    if (!rst_n) begin
      state <= (seed ^ (32'(SEED) * 32'h9e3779b1)) | 32'h1;
      willing <= 1'b0;
    end else begin
      state <= next;
      willing <= {1'b0, next[15:8]} < density;
    end
  end
endmodule
