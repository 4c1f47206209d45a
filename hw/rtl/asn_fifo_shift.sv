// First-in first-out queue between two processes, for few words: DEPTH words of WIDTH bits, valid/ready on both
// sides. A shift register a bit with the newest word in front: one look-up table each up to 32 words (SRL), plain
// registers up to two. No combinational path leads from one side to the other. A word can be read the cycle after
// it was written.
module asn_fifo_shift #(
  parameter int WIDTH = 8,
  parameter int DEPTH = 2
) (
  input  logic             clk,
  input  logic             rst_n,
  input  logic             wr_valid,
  output logic             wr_ready,
  input  logic [WIDTH-1:0] wr_data,
  output logic             rd_valid,
  input  logic             rd_ready,
  output logic [WIDTH-1:0] rd_data
);
  localparam int INDEX_BITS = DEPTH > 2 ? $clog2(DEPTH) : 1;
  localparam int LENGTH = 1 << INDEX_BITS;
  localparam logic [INDEX_BITS-1:0] BEFORE_LAST = INDEX_BITS'(DEPTH > 1 ? DEPTH - 2 : 0);

  logic [INDEX_BITS-1:0] oldest;  // where the oldest word is, 0 if there is none
  logic full;
  logic push;
  logic pop;

  assign wr_ready = !full;
  assign push = wr_valid && wr_ready;
  assign pop = rd_valid && rd_ready;

  for (genvar bit_index = 0; bit_index < WIDTH; bit_index++) begin : g_bit
    logic [LENGTH-1:0] line;
    assign rd_data[bit_index] = line[oldest];
    always_ff @(posedge clk) begin
      if (push) line <= {line[LENGTH-2:0], wr_data[bit_index]};
    end
  end

  always_ff @(posedge clk) begin
    if (!rst_n) begin
      oldest <= '0;
      rd_valid <= 1'b0;
      full <= 1'b0;
    end else if (push != pop) begin
      if (push ? rd_valid : oldest != '0) oldest <= push ? oldest + 1'b1 : oldest - 1'b1;
      rd_valid <= push || oldest != '0;
      full <= push && (DEPTH == 1 || (rd_valid && oldest == BEFORE_LAST));
    end
  end
endmodule
