// The registers that are not counters of layers: constants, control, status, sticky errors. read_data is there one
// cycle after `read`.
module asn_registers #(
  parameter logic [255:0] MODEL_HASH = '0,
  parameter int INPUT_KIND = 0,
  parameter int INPUT_SIZE = 1,
  parameter int INPUT_WORDS = 1,
  parameter int INPUT_WORD_BITS = 32,
  parameter int OUTPUT_WORD_BITS = 32,
  parameter int CLASSES = 1,
  parameter int SCORE_ROWS = 1,
  parameter int TIME_STEPS = 1,
  parameter int LAYERS = 1,
  parameter int CLOCK_KHZ = 0,
  parameter int CAPABILITIES = 0
) (
  input  logic        clk,
  input  logic        rst_n,
  input  logic        write,
  input  logic [ 9:0] write_register,
  input  logic [31:0] write_data,
  input  logic        read,
  input  logic [ 9:0] read_register,
  output logic [31:0] read_data,
  output logic        soft_reset,
  output logic        clear,
  output logic        stop,
  output logic        cut,
  output logic [31:0] batch,
  input  logic [31:0] status,
  input  logic [31:0] errors_now,
  input  logic [31:0] inference_cycles,
  input  logic [63:0] inferences,
  input  logic [31:0] input_stall_cycles,
  input  logic [31:0] output_stall_cycles,
  input  logic [31:0] all_steps_used,
  input  logic [31:0] layer_data
);
  logic [31:0] value;
  logic [31:0] errors;
  logic [31:0] errors_cleared;
  logic [31:0] inferences_low;
  logic [31:0] inferences_high;
  logic [31:0] hash_word;
  logic [9:0] hash_index;
  logic write_control;

  assign write_control = write && write_register == 10'(asn2fpga_registers::CONTROL);
  assign hash_index = read_register - 10'(asn2fpga_registers::MODEL_HASH);
  assign hash_word = MODEL_HASH[32*(7-32'(hash_index[2:0]))+:32];

  assign inferences_low = inferences[31:0];  // here, for Icarus knows no slices in always_comb

  always_comb begin
    case (read_register)
      10'(asn2fpga_registers::ID): value = asn2fpga_registers::ID_VALUE;
      10'(asn2fpga_registers::VERSION): value = asn2fpga_registers::VERSION_VALUE;
      10'(asn2fpga_registers::INPUT_KIND): value = INPUT_KIND;
      10'(asn2fpga_registers::INPUT_SIZE): value = INPUT_SIZE;
      10'(asn2fpga_registers::INPUT_WORDS): value = INPUT_WORDS;
      10'(asn2fpga_registers::CLASSES): value = CLASSES;
      10'(asn2fpga_registers::TIME_STEPS): value = TIME_STEPS;
      10'(asn2fpga_registers::LAYERS): value = LAYERS;
      10'(asn2fpga_registers::CLOCK_KHZ): value = CLOCK_KHZ;
      10'(asn2fpga_registers::CAPABILITIES): value = CAPABILITIES;
      10'(asn2fpga_registers::INPUT_WORD_BITS): value = INPUT_WORD_BITS;
      10'(asn2fpga_registers::OUTPUT_WORD_BITS): value = OUTPUT_WORD_BITS;
      10'(asn2fpga_registers::SCORE_ROWS): value = SCORE_ROWS;
      10'(asn2fpga_registers::CONTROL): value = {31'd0, stop} << asn2fpga_registers::CONTROL_STOP;
      10'(asn2fpga_registers::STATUS): value = status;
      10'(asn2fpga_registers::ERRORS): value = errors;
      10'(asn2fpga_registers::BATCH): value = batch;
      10'(asn2fpga_registers::INPUT): value = {31'd0, cut} << asn2fpga_registers::INPUT_CUT;
      10'(asn2fpga_registers::INFERENCE_CYCLES): value = inference_cycles;
      10'(asn2fpga_registers::INFERENCES_LOW): value = inferences_low;
      10'(asn2fpga_registers::INFERENCES_HIGH): value = inferences_high;
      10'(asn2fpga_registers::INPUT_STALL_CYCLES): value = input_stall_cycles;
      10'(asn2fpga_registers::OUTPUT_STALL_CYCLES): value = output_stall_cycles;
      10'(asn2fpga_registers::TIME_STEPS_USED): value = all_steps_used;
      default: value = hash_index < 10'(asn2fpga_registers::MODEL_HASH_COUNT) ? hash_word : layer_data;
    endcase
  end

  always_ff @(posedge clk) begin
    if (read) read_data <= value;
    if (read && read_register == 10'(asn2fpga_registers::INFERENCES_LOW)) inferences_high <= inferences[63:32];
  end

  always_comb begin
    errors_cleared = '0;
    if (write && write_register == 10'(asn2fpga_registers::ERRORS)) errors_cleared = write_data;
    if (clear) errors_cleared = '1;
  end

  always_ff @(posedge clk) begin
    if (!rst_n) begin
      soft_reset <= 1'b0;
      clear <= 1'b0;
      stop <= asn2fpga_registers::CONTROL_RESET[asn2fpga_registers::CONTROL_STOP];
      batch <= asn2fpga_registers::BATCH_RESET;
      cut <= asn2fpga_registers::INPUT_RESET[asn2fpga_registers::INPUT_CUT];
      errors <= '0;
    end else begin
      soft_reset <= write_control && write_data[asn2fpga_registers::CONTROL_SOFT_RESET];
      clear <= write_control && write_data[asn2fpga_registers::CONTROL_CLEAR];
      if (write_control) stop <= write_data[asn2fpga_registers::CONTROL_STOP];
      if (write && write_register == 10'(asn2fpga_registers::BATCH))
        batch <= write_data == '0 ? 32'd1 : write_data;
      if (write && write_register == 10'(asn2fpga_registers::INPUT))
        cut <= write_data[asn2fpga_registers::INPUT_CUT];
      errors <= (errors & ~errors_cleared) | errors_now;
    end
  end
endmodule
