// First-in first-out queue between two processes: DEPTH (at least 2) words of WIDTH bits in look-up table RAM,
// valid/ready on both sides. No combinational path leads from one side to the other. A word can be read the cycle
// after it was written.
module asn_fifo_distributed #(
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
  localparam int INDEX_BITS = $clog2(DEPTH);
  localparam int COUNT_BITS = $clog2(DEPTH + 1);
  localparam logic [INDEX_BITS-1:0] LAST = INDEX_BITS'(DEPTH - 1);
  localparam bit WRAPS = DEPTH != 1 << INDEX_BITS;  // else the index comes back to 0 of itself

  (* ram_style = "distributed" *)
  logic [WIDTH-1:0] words [0:DEPTH-1];
  logic [INDEX_BITS-1:0] wr_index;
  logic [INDEX_BITS-1:0] rd_index;
  logic [COUNT_BITS-1:0] count;  // words in the queue
  logic push;
  logic pop;

  assign wr_ready = count != COUNT_BITS'(DEPTH);
  assign rd_valid = count != '0;
  assign rd_data = words[rd_index];
  assign push = wr_valid && wr_ready;
  assign pop = rd_valid && rd_ready;

  always_ff @(posedge clk) begin
    if (push) words[wr_index] <= wr_data;
  end

  always_ff @(posedge clk) begin
    if (!rst_n) begin
      wr_index <= '0;
      rd_index <= '0;
      count <= '0;
    end else begin
      if (push) wr_index <= WRAPS && wr_index == LAST ? '0 : wr_index + 1'b1;
      if (pop) rd_index <= WRAPS && rd_index == LAST ? '0 : rd_index + 1'b1;
      if (push != pop) count <= count + {{COUNT_BITS - 1{pop}}, 1'b1};  // plus or minus one
    end
  end
endmodule
