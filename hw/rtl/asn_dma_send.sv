// Memory to stream: one message of `length` bytes from `address` on, read over AXI3 in bursts of at most 16 beats of 64
// bits that stay within 128 bytes, so that none crosses 4 KiB. Several bursts are under way; what was asked for always
// has room, so the memory is never kept waiting.
//
// start: one cycle, while neither active nor flush. `address` is a multiple of 8, `length` one of the bytes of a word, and
// not 0. done: one cycle, with the last word. failed: one cycle, with `response` of the memory (AXI's SLVERR or DECERR).
// flush: what is under way is thrown away; quiet when nothing is left of it on the bus.
module asn_dma_send #(
  parameter int WORD_BITS = 32,  // 32 or 64
  parameter int LENGTH_BITS = 26
) (
  input  logic                   clk,
  input  logic                   rst_n,
  input  logic                   start,
  input  logic [           31:3] address,
  input  logic [LENGTH_BITS-1:0] length,
  input  logic                   flush,
  output logic                   quiet,
  output logic                   done,
  output logic                   failed,
  output logic [            1:0] response,
  output logic [           31:0] m_axi_araddr,
  output logic [            3:0] m_axi_arlen,
  output logic                   m_axi_arvalid,
  input  logic                   m_axi_arready,
  input  logic [           63:0] m_axi_rdata,
  input  logic [            1:0] m_axi_rresp,
  input  logic                   m_axi_rvalid,
  output logic                   m_axi_rready,
  output logic [  WORD_BITS-1:0] m_axis_tdata,
  output logic                   m_axis_tvalid,
  input  logic                   m_axis_tready,
  output logic                   m_axis_tlast
);
  localparam int BEATS = 64;  // room for four bursts
  localparam int COUNT_BITS = $clog2(BEATS + 1);
  localparam int LEFT_BITS = LENGTH_BITS - 2;
  localparam int WORD_SHIFT = $clog2(WORD_BITS / 8);

  logic [31:3] next_address;  // of the next burst
  logic [LEFT_BITS-1:0] beats_left;  // to ask for
  logic [LEFT_BITS-1:0] words_left;  // to send
  logic [4:0] burst;  // beats of the next burst
  logic [4:0] to_boundary;
  logic [COUNT_BITS-1:0] reserved;  // beats in the queue, and on their way to it
  logic [COUNT_BITS-1:0] expected;  // beats on their way
  logic ask;
  logic arrives;
  logic beat_valid;
  logic beat_taken;
  logic [63:0] beat;
  logic word_taken;

  assign to_boundary = 5'd16 - {1'b0, next_address[6:3]};
  assign burst = beats_left < LEFT_BITS'(to_boundary) ? beats_left[4:0] : to_boundary;
  assign ask = !flush && beats_left != '0 && !m_axi_arvalid && reserved <= COUNT_BITS'(BEATS - 16);
  assign m_axi_rready = 1'b1;
  assign arrives = m_axi_rvalid;
  assign quiet = !m_axi_arvalid && expected == '0;
  assign failed = arrives && m_axi_rresp[1] && !flush;
  assign response = m_axi_rresp;
  assign m_axis_tvalid = beat_valid && !flush && words_left != '0;
  assign m_axis_tlast = words_left == LEFT_BITS'(1);
  assign word_taken = m_axis_tvalid && m_axis_tready;
  assign done = word_taken && m_axis_tlast;

  always_ff @(posedge clk) begin
    if (start) begin
      next_address <= address;
    end else if (ask) begin
      next_address <= next_address + 29'(burst);
    end
    if (ask) begin
      m_axi_araddr <= {next_address, 3'b000};
      m_axi_arlen <= 4'(burst - 5'd1);
    end
  end

  always_ff @(posedge clk) begin
    if (!rst_n) begin
      m_axi_arvalid <= 1'b0;
      expected <= '0;
    end else begin
      if (ask) m_axi_arvalid <= 1'b1;
      else if (m_axi_arready) m_axi_arvalid <= 1'b0;
      expected <= expected + (ask ? COUNT_BITS'(burst) : '0) - COUNT_BITS'(arrives);
    end
  end

  always_ff @(posedge clk) begin
    if (!rst_n || flush) begin
      beats_left <= '0;
      words_left <= '0;
      reserved <= '0;
    end else begin
      if (start) beats_left <= LEFT_BITS'(length >> 3) + LEFT_BITS'(|length[2:0]);
      else if (ask) beats_left <= beats_left - LEFT_BITS'(burst);
      if (start) words_left <= LEFT_BITS'(length >> WORD_SHIFT);
      else if (word_taken) words_left <= words_left - 1'b1;
      reserved <= reserved + (ask ? COUNT_BITS'(burst) : '0) - COUNT_BITS'(beat_taken);
    end
  end

  // verilator lint_off PINCONNECTEMPTY
  asn_fifo_distributed #(.WIDTH(64), .DEPTH(BEATS)) u_beats (
    .clk(clk), .rst_n(rst_n && !flush),
    .wr_valid(arrives), .wr_ready(), .wr_data(m_axi_rdata),
    .rd_valid(beat_valid), .rd_ready(beat_taken), .rd_data(beat)
  );
  // verilator lint_on PINCONNECTEMPTY

  generate
    if (WORD_BITS == 64) begin : g_whole
      assign m_axis_tdata = beat;
      assign beat_taken = word_taken;
    end else begin : g_halves
      logic upper;  // the next word is the upper half of the beat
      assign m_axis_tdata = upper ? beat[63:32] : beat[31:0];
      assign beat_taken = word_taken && (upper || m_axis_tlast);
      always_ff @(posedge clk) begin
        if (!rst_n || flush || start) upper <= 1'b0;
        else if (word_taken) upper <= !upper;
      end
    end
  endgenerate
endmodule
