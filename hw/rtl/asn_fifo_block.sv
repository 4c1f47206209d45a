// First-in first-out queue between two processes, for many words: DEPTH (at least 4) words of WIDTH bits,
// valid/ready on both sides. DEPTH - 1 words lie in block RAM, one in the RAM's output register, which is filled
// ahead, so that a word is read every cycle. No combinational path leads from one side to the other. A word can
// be read two cycles after it was written.
module asn_fifo_block #(
  parameter int WIDTH = 8,
  parameter int DEPTH = 512
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
  localparam int STORED = DEPTH - 1;
  localparam int INDEX_BITS = $clog2(STORED);
  localparam int COUNT_BITS = $clog2(STORED + 1);
  localparam logic [INDEX_BITS-1:0] LAST = INDEX_BITS'(STORED - 1);
  localparam bit WRAPS = STORED != 1 << INDEX_BITS;  // else the index comes back to 0 of itself

  (* ram_style = "block" *)
  logic [WIDTH-1:0] words [0:STORED-1];
  logic [INDEX_BITS-1:0] wr_index;
  logic [INDEX_BITS-1:0] rd_index;
  logic [COUNT_BITS-1:0] count;  // words in the RAM
  logic push;
  logic fetch;  // the next word goes to the output register

  assign wr_ready = count != COUNT_BITS'(STORED);
  assign push = wr_valid && wr_ready;
  assign fetch = count != '0 && (!rd_valid || rd_ready);

  always_ff @(posedge clk) begin
    if (push) words[wr_index] <= wr_data;
  end

  always_ff @(posedge clk) begin
    if (fetch) rd_data <= words[rd_index];
  end

  always_ff @(posedge clk) begin
    if (!rst_n) begin
      wr_index <= '0;
      rd_index <= '0;
      count <= '0;
      rd_valid <= 1'b0;
    end else begin
      if (push) wr_index <= WRAPS && wr_index == LAST ? '0 : wr_index + 1'b1;
      if (fetch) rd_index <= WRAPS && rd_index == LAST ? '0 : rd_index + 1'b1;
      if (push != fetch) count <= count + {{COUNT_BITS - 1{fetch}}, 1'b1};  // plus or minus one
      rd_valid <= fetch || (rd_valid && !rd_ready);
    end
  end
endmodule
