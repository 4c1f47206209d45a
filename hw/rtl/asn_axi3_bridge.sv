// AXI3 slave for a processor (M_AXI_GP0 of a Zynq-7000) in front of two AXI4-Lite slaves, which share address and data:
// 0 at FIRST, 1 at SECOND, 4 KiB each. One access of each direction at a time; a burst becomes single words, in order.
// Where neither lies the answer is DECERR, and SLVERR to a burst that wraps, so that the processor never hangs.
module asn_axi3_bridge #(
  parameter int ID_BITS = 12,
  parameter logic [31:12] FIRST = 20'h43c00,
  parameter logic [31:12] SECOND = 20'h40400
) (
  input  logic               clk,
  input  logic               rst_n,
  input  logic [ID_BITS-1:0] s_axi_awid,
  input  logic [       31:0] s_axi_awaddr,
  input  logic [        3:0] s_axi_awlen,
  input  logic [        1:0] s_axi_awsize,
  input  logic [        1:0] s_axi_awburst,
  input  logic               s_axi_awvalid,
  output logic               s_axi_awready,
  input  logic [       31:0] s_axi_wdata,
  input  logic [        3:0] s_axi_wstrb,
  input  logic               s_axi_wlast,
  input  logic               s_axi_wvalid,
  output logic               s_axi_wready,
  output logic [ID_BITS-1:0] s_axi_bid,
  output logic [        1:0] s_axi_bresp,
  output logic               s_axi_bvalid,
  input  logic               s_axi_bready,
  input  logic [ID_BITS-1:0] s_axi_arid,
  input  logic [       31:0] s_axi_araddr,
  input  logic [        3:0] s_axi_arlen,
  input  logic [        1:0] s_axi_arsize,
  input  logic [        1:0] s_axi_arburst,
  input  logic               s_axi_arvalid,
  output logic               s_axi_arready,
  output logic [ID_BITS-1:0] s_axi_rid,
  output logic [       31:0] s_axi_rdata,
  output logic [        1:0] s_axi_rresp,
  output logic               s_axi_rlast,
  output logic               s_axi_rvalid,
  input  logic               s_axi_rready,
  output logic [       11:0] m_axi_awaddr,
  output logic [        1:0] m_axi_awvalid,
  input  logic [        1:0] m_axi_awready,
  output logic [       31:0] m_axi_wdata,
  output logic [        3:0] m_axi_wstrb,
  output logic [        1:0] m_axi_wvalid,
  input  logic [        1:0] m_axi_wready,
  input  logic [        1:0] m_axi_bvalid,
  output logic [        1:0] m_axi_bready,
  output logic [       11:0] m_axi_araddr,
  output logic [        1:0] m_axi_arvalid,
  input  logic [        1:0] m_axi_arready,
  input  logic [       31:0] m_axi_rdata_0,
  input  logic [       31:0] m_axi_rdata_1,
  input  logic [        1:0] m_axi_rvalid,
  output logic [        1:0] m_axi_rready
);
  localparam logic [1:0] OKAY = 2'b00;
  localparam logic [1:0] SLVERR = 2'b10;
  localparam logic [1:0] DECERR = 2'b11;
  localparam logic [1:0] FIXED = 2'b00;
  localparam logic [1:0] WRAP = 2'b10;

  function automatic logic [1:0] target_of(input logic [31:12] page);
    target_of = {page == SECOND, page == FIRST};
  endfunction

  function automatic logic [1:0] answer_of(input logic [1:0] target, input logic [1:0] burst);
    answer_of = target == 2'b00 ? DECERR : burst == WRAP ? SLVERR : OKAY;
  endfunction

  function automatic logic [11:0] step_of(input logic [1:0] size, input logic [1:0] burst);
    step_of = burst == FIXED ? 12'd0 : 12'd1 << size;
  endfunction

  // ---- writes: the address, then of each word its data, both to the slave, its answer -----------------------------
  typedef enum logic [1:0] {WRITE_IDLE, WRITE_DATA, WRITE_WORD, WRITE_ANSWER} write_state_t;

  write_state_t write_state;
  logic [1:0] write_target;  // bit of the slave; of neither for an error
  logic [11:0] write_step;
  logic write_last;
  logic [1:0] address_given;
  logic [1:0] data_given;

  assign s_axi_awready = write_state == WRITE_IDLE;
  assign s_axi_wready = write_state == WRITE_DATA;
  assign s_axi_bvalid = write_state == WRITE_ANSWER;
  assign m_axi_awvalid = write_state == WRITE_WORD ? write_target & ~address_given : 2'b00;
  assign m_axi_wvalid = write_state == WRITE_WORD ? write_target & ~data_given : 2'b00;
  assign m_axi_bready = 2'b11;

  always_ff @(posedge clk) begin
    if (!rst_n) begin
      write_state <= WRITE_IDLE;
    end else begin
      case (write_state)
        WRITE_IDLE: if (s_axi_awvalid) write_state <= WRITE_DATA;
        WRITE_DATA:
        if (s_axi_wvalid) begin
          if (s_axi_bresp == OKAY) write_state <= WRITE_WORD;
          else if (s_axi_wlast) write_state <= WRITE_ANSWER;
        end
        WRITE_WORD: if (|(m_axi_bvalid & write_target)) write_state <= write_last ? WRITE_ANSWER : WRITE_DATA;
        default: if (s_axi_bready) write_state <= WRITE_IDLE;
      endcase
    end
  end

  always_ff @(posedge clk) begin
    if (write_state == WRITE_IDLE) begin
      s_axi_bid <= s_axi_awid;
      s_axi_bresp <= answer_of(target_of(s_axi_awaddr[31:12]), s_axi_awburst);
      write_target <= target_of(s_axi_awaddr[31:12]);
      write_step <= step_of(s_axi_awsize, s_axi_awburst);
      m_axi_awaddr <= s_axi_awaddr[11:0];
    end else if (write_state == WRITE_WORD && |(m_axi_bvalid & write_target)) begin
      m_axi_awaddr <= m_axi_awaddr + write_step;
    end
    if (write_state == WRITE_DATA) begin
      m_axi_wdata <= s_axi_wdata;
      m_axi_wstrb <= s_axi_wstrb;
      write_last <= s_axi_wlast;
      address_given <= '0;
      data_given <= '0;
    end else begin
      address_given <= address_given | (m_axi_awvalid & m_axi_awready);
      data_given <= data_given | (m_axi_wvalid & m_axi_wready);
    end
  end

  // ---- reads: the address, then of each word the address to the slave, and its data back ---------------------------
  typedef enum logic [1:0] {READ_IDLE, READ_ASK, READ_WAIT, READ_ANSWER} read_state_t;

  read_state_t read_state;
  logic [1:0] read_target;
  logic [11:0] read_step;
  logic [3:0] reads_left;  // after this word

  assign s_axi_arready = read_state == READ_IDLE;
  assign s_axi_rvalid = read_state == READ_ANSWER;
  assign s_axi_rlast = reads_left == '0;
  assign m_axi_arvalid = read_state == READ_ASK && s_axi_rresp == OKAY ? read_target : 2'b00;
  assign m_axi_rready = 2'b11;

  always_ff @(posedge clk) begin
    if (!rst_n) begin
      read_state <= READ_IDLE;
    end else begin
      case (read_state)
        READ_IDLE: if (s_axi_arvalid) read_state <= READ_ASK;
        READ_ASK:
        if (s_axi_rresp != OKAY) read_state <= READ_ANSWER;
        else if (|(m_axi_arready & read_target)) read_state <= READ_WAIT;
        READ_WAIT: if (|(m_axi_rvalid & read_target)) read_state <= READ_ANSWER;
        default: if (s_axi_rready) read_state <= s_axi_rlast ? READ_IDLE : READ_ASK;
      endcase
    end
  end

  always_ff @(posedge clk) begin
    if (read_state == READ_IDLE) begin
      s_axi_rid <= s_axi_arid;
      s_axi_rresp <= answer_of(target_of(s_axi_araddr[31:12]), s_axi_arburst);
      read_target <= target_of(s_axi_araddr[31:12]);
      read_step <= step_of(s_axi_arsize, s_axi_arburst);
      reads_left <= s_axi_arlen;
      m_axi_araddr <= s_axi_araddr[11:0];
      s_axi_rdata <= '0;
    end else if (read_state == READ_WAIT) begin
      s_axi_rdata <= read_target[0] ? m_axi_rdata_0 : m_axi_rdata_1;
    end else if (read_state == READ_ANSWER && s_axi_rready) begin
      reads_left <= reads_left - 1'b1;
      m_axi_araddr <= m_axi_araddr + read_step;
    end
  end

  // The beats of a write are counted by WLAST.
  // verilator lint_off UNUSEDSIGNAL
  logic [3:0] unused;
  assign unused = s_axi_awlen;
  // verilator lint_on UNUSEDSIGNAL
endmodule
