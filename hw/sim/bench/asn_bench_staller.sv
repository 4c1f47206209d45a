// When one side of a stream stalls: in phases of never, seldom, often and nearly always, of 1 to 256 cycles each, the
// same for the same seed in every simulator. Never with seed 0.
module asn_bench_staller #(
  parameter bit [31:0] SALT = 1  // another one for each side
) (
  input  logic        clk,
  input  logic        rst_n,
  input  logic [31:0] seed,
  output logic        stalls
);
  logic [31:0] state, next;
  logic [7:0] left;
  logic [6:0] level;

  // xorshift of 32 bits
  always_comb begin
    next = state ^ (state << 13);
    next = next ^ (next >> 17);
    next = next ^ (next << 5);
  end

  always_ff @(posedge clk) begin
    if (!rst_n) begin
      state <= {seed[15:0], seed[31:16]} ^ (SALT * 32'h9e3779b9);
      left <= '0;
      level <= '0;
      stalls <= 1'b0;
    end else if (seed != '0) begin
      state <= next;
      left <= left == '0 ? next[15:8] : left - 8'd1;
      if (left == '0) begin
        case (next[17:16])
          2'd0: level <= 7'd0;
          2'd1: level <= 7'd16;
          2'd2: level <= 7'd64;
          default: level <= 7'd120;
        endcase
      end
      stalls <= next[30:24] < level;
    end
  end
endmodule
