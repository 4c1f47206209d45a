// Stream to memory: one message, up to the word with TLAST, into the buffer of `length` bytes from `address` on. Words are
// packed into beats of 64 bits and written over AXI3, in bursts of at most 16 beats that stay within 128 bytes. A burst
// begins when all its beats are here, so it never waits for the accelerator, and a flush never breaks one off.
//
// start: one cycle, while neither active nor flush. `address` is a multiple of 8, `length` one of the bytes of a word, and
// not 0. done: one cycle, when all is in memory; `moved` bytes. too_long: one cycle, for a word behind the buffer's end.
// failed: one cycle, with `response` of the memory. flush: no word is taken, what is here is thrown away; quiet when no
// burst is under way.
module asn_dma_receive #(
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
  output logic [LENGTH_BITS-1:0] moved,
  output logic                   too_long,
  output logic                   failed,
  output logic [            1:0] response,
  input  logic [  WORD_BITS-1:0] s_axis_tdata,
  input  logic                   s_axis_tvalid,
  output logic                   s_axis_tready,
  input  logic                   s_axis_tlast,
  output logic [           31:0] m_axi_awaddr,
  output logic [            3:0] m_axi_awlen,
  output logic                   m_axi_awvalid,
  input  logic                   m_axi_awready,
  output logic [           63:0] m_axi_wdata,
  output logic [            7:0] m_axi_wstrb,
  output logic                   m_axi_wlast,
  output logic                   m_axi_wvalid,
  input  logic                   m_axi_wready,
  input  logic [            1:0] m_axi_bresp,
  input  logic                   m_axi_bvalid,
  output logic                   m_axi_bready
);
  localparam int BEATS = 32;  // room for two bursts
  localparam int COUNT_BITS = $clog2(BEATS + 1);
  localparam int BEAT_BITS = 66;  // the data, and which halves of them are there
  localparam logic [LENGTH_BITS-1:0] WORD_BYTES = LENGTH_BITS'(WORD_BITS / 8);

  typedef enum logic [1:0] {IDLE, ADDRESS, DATA, RESPONSE} state_t;

  state_t state;
  logic taking;  // from the start to the word with TLAST
  logic storing;  // from the start until all is in memory
  logic [LENGTH_BITS-1:0] room;  // bytes of the buffer that are left
  logic [31:3] next_address;  // of the next burst
  logic [COUNT_BITS-1:0] count;  // beats in the queue
  logic [4:0] to_boundary;
  logic [4:0] burst;  // beats of the next burst
  logic begin_burst;
  logic [3:0] index;  // of the beat in its burst
  logic word_taken;
  logic beat_made;
  logic [BEAT_BITS-1:0] new_beat;
  logic queue_ready;
  logic beat_valid;
  logic beat_taken;
  logic [1:0] halves;

  assign s_axis_tready = taking && !flush && queue_ready && room != '0;
  assign word_taken = s_axis_tvalid && s_axis_tready;
  assign too_long = taking && !flush && room == '0 && s_axis_tvalid;
  assign to_boundary = 5'd16 - {1'b0, next_address[6:3]};
  assign burst = count < COUNT_BITS'(to_boundary) ? 5'(count) : to_boundary;
  assign begin_burst = state == IDLE && !flush && count != '0 && (!taking || count >= COUNT_BITS'(to_boundary));
  assign quiet = state == IDLE;
  assign done = storing && !taking && state == IDLE && count == '0 && !flush;
  assign failed = state == RESPONSE && m_axi_bvalid && m_axi_bresp[1];
  assign response = m_axi_bresp;
  assign m_axi_awvalid = state == ADDRESS;
  assign m_axi_wvalid = state == DATA && beat_valid;
  assign m_axi_wlast = index == m_axi_awlen;
  assign m_axi_wstrb = {{4{halves[1]}}, {4{halves[0]}}};
  assign m_axi_bready = state == RESPONSE;
  assign beat_taken = m_axi_wvalid && m_axi_wready;

  always_ff @(posedge clk) begin
    if (!rst_n || flush) begin
      taking <= 1'b0;
      storing <= 1'b0;
    end else if (start) begin
      taking <= 1'b1;
      storing <= 1'b1;
    end else begin
      if (word_taken && s_axis_tlast) taking <= 1'b0;
      if (done) storing <= 1'b0;
    end
  end

  always_ff @(posedge clk) begin
    if (start) begin
      room <= length;
      moved <= '0;
    end else if (word_taken) begin
      room <= room - WORD_BYTES;
      moved <= moved + WORD_BYTES;
    end
    if (start) next_address <= address;
    else if (begin_burst) next_address <= next_address + 29'(burst);
    if (begin_burst) begin
      m_axi_awaddr <= {next_address, 3'b000};
      m_axi_awlen <= 4'(burst - 5'd1);
    end
  end

  always_ff @(posedge clk) begin
    if (!rst_n) begin
      state <= IDLE;
      index <= '0;
    end else begin
      case (state)
        IDLE: if (begin_burst) state <= ADDRESS;
        ADDRESS: if (m_axi_awready) state <= DATA;
        DATA: if (beat_taken && m_axi_wlast) state <= RESPONSE;
        default: if (m_axi_bvalid) state <= IDLE;
      endcase
      if (begin_burst) index <= '0;
      else if (beat_taken) index <= index + 1'b1;
    end
  end

  // A burst that has begun still needs its beats; the queue is emptied behind it.
  logic empty_queue;
  assign empty_queue = flush && state == IDLE;

  always_ff @(posedge clk) begin
    if (!rst_n || empty_queue) count <= '0;
    else count <= count + COUNT_BITS'(beat_made) - COUNT_BITS'(beat_taken);
  end

  asn_fifo_distributed #(.WIDTH(BEAT_BITS), .DEPTH(BEATS)) u_beats (
    .clk(clk), .rst_n(rst_n && !empty_queue),
    .wr_valid(beat_made), .wr_ready(queue_ready), .wr_data(new_beat),
    .rd_valid(beat_valid), .rd_ready(beat_taken), .rd_data({halves, m_axi_wdata})
  );

  generate
    if (WORD_BITS == 64) begin : g_whole
      assign beat_made = word_taken;
      assign new_beat = {2'b11, s_axis_tdata};
    end else begin : g_halves
      logic upper;  // the next word is the upper half of the beat
      logic [31:0] lower;
      assign beat_made = word_taken && (upper || s_axis_tlast);
      assign new_beat = upper ? {2'b11, s_axis_tdata, lower} : {2'b01, 32'b0, s_axis_tdata};
      always_ff @(posedge clk) begin
        if (!rst_n || flush || start) upper <= 1'b0;
        else if (word_taken) upper <= !upper;
        if (word_taken) lower <= s_axis_tdata;
      end
    end
  endgenerate
endmodule
