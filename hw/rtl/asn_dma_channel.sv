// Registers of one channel of the DMA, as registers.rdl describes them; `base` is the number of its first register.
//
// start: one cycle, for a transfer that is possible. flush: what the channel does is thrown away, in a reset and after an
// error. LENGTH reads as `moved`.
module asn_dma_channel #(
  parameter int WORD_BITS = 32,
  parameter int LENGTH_BITS = 26,
  parameter int BASE = 0,
  parameter int REGISTER_BITS = 10
) (
  input  logic                     clk,
  input  logic                     rst_n,
  input  logic                     resetting,
  input  logic                     write,
  input  logic [REGISTER_BITS-1:0] write_register,
  input  logic [             31:0] write_data,
  input  logic [REGISTER_BITS-1:0] read_register,
  output logic [             31:0] read_data,
  output logic                     asks_for_reset,
  output logic                     start,
  output logic [             31:3] address,
  output logic [  LENGTH_BITS-1:0] length,
  output logic                     flush,
  input  logic                     done,
  input  logic                     impossible,  // the transfer that goes on
  input  logic                     failed,
  input  logic [              1:0] response,  // of the memory, with failed
  input  logic [  LENGTH_BITS-1:0] moved
);
  // The registers of the other channel lie BASE registers up.
  localparam logic [REGISTER_BITS-1:0] CONTROL = REGISTER_BITS'(BASE + asn2fpga_dma_registers::SEND_CONTROL);
  localparam logic [REGISTER_BITS-1:0] STATUS = REGISTER_BITS'(BASE + asn2fpga_dma_registers::SEND_STATUS);
  localparam logic [REGISTER_BITS-1:0] ADDRESS = REGISTER_BITS'(BASE + asn2fpga_dma_registers::SEND_ADDRESS);
  localparam logic [REGISTER_BITS-1:0] LENGTH = REGISTER_BITS'(BASE + asn2fpga_dma_registers::SEND_LENGTH);
  localparam logic [31:0] PART_OF_WORD = 32'(WORD_BITS / 8 - 1);

  logic run;
  logic active;
  logic idle;
  logic internal_error;
  logic slave_error;
  logic decode_error;
  logic any_error;
  logic [31:0] buffer;  // its address
  logic asks;
  logic is_possible;

  assign any_error = internal_error || slave_error || decode_error;
  assign flush = resetting || any_error;
  assign asks_for_reset = write && write_register == CONTROL && write_data[asn2fpga_dma_registers::SEND_CONTROL_SOFT_RESET];
  assign asks = write && write_register == LENGTH && write_data[LENGTH_BITS-1:0] != '0 && run && !active && !flush;
  assign is_possible = buffer[2:0] == '0 && (write_data & PART_OF_WORD) == '0;
  assign start = asks && is_possible;
  assign address = buffer[31:3];
  assign length = write_data[LENGTH_BITS-1:0];

  always_ff @(posedge clk) begin
    if (!rst_n || resetting) begin
      run <= 1'b0;
      active <= 1'b0;
      idle <= 1'b0;
      internal_error <= 1'b0;
      slave_error <= 1'b0;
      decode_error <= 1'b0;
    end else begin
      if (write && write_register == CONTROL) run <= write_data[asn2fpga_dma_registers::SEND_CONTROL_RUN] && !any_error;
      if (start) active <= 1'b1;
      if (asks) idle <= 1'b0;
      if (done) begin
        active <= 1'b0;
        idle <= 1'b1;
      end
      if ((asks && !is_possible) || impossible || failed) begin
        active <= 1'b0;
        run <= 1'b0;
        internal_error <= !failed;
        slave_error <= failed && response == 2'b10;
        decode_error <= failed && response == 2'b11;
      end
    end
  end

  always_ff @(posedge clk) begin
    if (write && write_register == ADDRESS) buffer <= write_data;
  end

  always_comb begin
    read_data = '0;
    case (read_register)
      CONTROL: begin
        read_data[asn2fpga_dma_registers::SEND_CONTROL_RUN] = run;
        read_data[asn2fpga_dma_registers::SEND_CONTROL_SOFT_RESET] = resetting;
      end
      STATUS: begin
        read_data[asn2fpga_dma_registers::SEND_STATUS_HALTED] = !run && !active;
        read_data[asn2fpga_dma_registers::SEND_STATUS_IDLE] = idle && (run || active);
        read_data[asn2fpga_dma_registers::SEND_STATUS_INTERNAL_ERROR] = internal_error;
        read_data[asn2fpga_dma_registers::SEND_STATUS_SLAVE_ERROR] = slave_error;
        read_data[asn2fpga_dma_registers::SEND_STATUS_DECODE_ERROR] = decode_error;
      end
      ADDRESS: read_data = buffer;
      LENGTH: read_data = 32'(moved);
      default: ;
    endcase
  end
endmodule
