// What surrounds the core of any engine: AXI4-Lite registers, checked input messages, framed output messages,
// counters and reset. See docs/spec/registers.md and docs/spec/events.md. No combinational path leads through a
// stream, and one word a cycle goes through each. layer_...: what the inner layers do; the wrapper adds what it sees
// itself, the input of the first layer and the output of the last one.
module asn_wrapper #(
  parameter logic [255:0] MODEL_HASH = '0,
  parameter int INPUT_KIND = 0,
  parameter int INPUT_SIZE = 1,
  parameter int INPUT_WORDS = 1,
  parameter int INPUT_WORD_BITS = 32,
  parameter int OUTPUT_WORDS = 1,
  parameter int OUTPUT_WORD_BITS = 32,
  parameter int ADDRESS_BITS = 1,
  parameter int COUNT_BITS = 1,
  parameter int CLASSES = 1,
  parameter int SCORE_ROWS = 1,
  parameter int TIME_STEPS = 1,
  parameter int LAYERS = 1,
  parameter int LAYER_STREAMS = 1,  // that a layer reads, at most
  parameter int CLOCK_KHZ = 0,
  parameter int EARLY_EXIT = 0,  // 1: the last word of an inference says how many time steps it used
  parameter int LAYER_COUNTERS = 0  // 1: there are counters for each layer
) (
  input  logic              clk,
  input  logic              rst_n,
  input  logic [      11:0] s_axi_awaddr,
  input  logic              s_axi_awvalid,
  output logic              s_axi_awready,
  input  logic [      31:0] s_axi_wdata,
  input  logic [       3:0] s_axi_wstrb,
  input  logic              s_axi_wvalid,
  output logic              s_axi_wready,
  output logic [       1:0] s_axi_bresp,
  output logic              s_axi_bvalid,
  input  logic              s_axi_bready,
  input  logic [      11:0] s_axi_araddr,
  input  logic              s_axi_arvalid,
  output logic              s_axi_arready,
  output logic [      31:0] s_axi_rdata,
  output logic [       1:0] s_axi_rresp,
  output logic              s_axi_rvalid,
  input  logic              s_axi_rready,
  input  logic [INPUT_WORD_BITS-1:0] s_axis_tdata,
  input  logic              s_axis_tvalid,
  output logic              s_axis_tready,
  input  logic              s_axis_tlast,
  output logic [OUTPUT_WORD_BITS-1:0] m_axis_tdata,
  output logic              m_axis_tvalid,
  input  logic              m_axis_tready,
  output logic              m_axis_tlast,
  output logic              core_rst_n,
  output logic [INPUT_WORD_BITS-1:0] core_in_tdata,
  output logic              core_in_tvalid,
  input  logic              core_in_tready,
  output logic              core_in_tlast,
  input  logic [OUTPUT_WORD_BITS-1:0] core_out_tdata,
  input  logic              core_out_tvalid,
  output logic              core_out_tready,
  input  logic              core_out_tlast,
  input  logic [LAYER_STREAMS*LAYERS-1:0] layer_event_in,
  input  logic [LAYERS-1:0] layer_event_out,
  input  logic [LAYERS-1:0] layer_waits
);
  localparam int CAPABILITIES = LAYER_COUNTERS << asn2fpga_registers::CAPABILITIES_LAYER_COUNTERS |
                                EARLY_EXIT << asn2fpga_registers::CAPABILITIES_EARLY_EXIT;

  logic write, read, soft_reset, clear, stop, cut;
  logic [9:0] write_register, read_register;
  logic [31:0] write_data, read_data, layer_data, status, errors_now, batch;
  logic start, start_last, start_ready, done, in_flight, in_flight_last, alone, draining, in_message, held;
  logic short_message, missing_last, long_message, bad_event, event_order, framing_wrong, unexpected;
  logic input_waits, output_waits;
  logic [31:0] cycle, start_cycle, inference_cycles, input_stall_cycles, output_stall_cycles;
  logic [31:0] all_steps_used;
  logic [63:0] inferences;

  assign input_waits = s_axis_tvalid && !s_axis_tready;
  assign output_waits = m_axis_tvalid && !m_axis_tready;

  always_comb begin
    status = '0;
    status[asn2fpga_registers::STATUS_BUSY] = in_flight;
    status[asn2fpga_registers::STATUS_INPUT_WAITING] = input_waits;
    status[asn2fpga_registers::STATUS_OUTPUT_WAITING] = output_waits;
    status[asn2fpga_registers::STATUS_DRAINING] = draining;
    status[asn2fpga_registers::STATUS_IN_MESSAGE] = in_message;
    status[asn2fpga_registers::STATUS_IN_RESET] = held;
  end

  always_comb begin
    errors_now = '0;
    errors_now[asn2fpga_registers::ERRORS_SHORT_MESSAGE] = short_message;
    errors_now[asn2fpga_registers::ERRORS_MISSING_LAST] = missing_last;
    errors_now[asn2fpga_registers::ERRORS_LONG_MESSAGE] = long_message;
    errors_now[asn2fpga_registers::ERRORS_BAD_EVENT] = bad_event;
    errors_now[asn2fpga_registers::ERRORS_EVENT_ORDER] = event_order;
    errors_now[asn2fpga_registers::ERRORS_OUTPUT_FRAMING] = framing_wrong;
    errors_now[asn2fpga_registers::ERRORS_UNEXPECTED_OUTPUT] = unexpected;
  end

  asn_axi_lite u_axi_lite (
    .clk(clk), .rst_n(rst_n),
    .s_axi_awaddr(s_axi_awaddr), .s_axi_awvalid(s_axi_awvalid), .s_axi_awready(s_axi_awready),
    .s_axi_wdata(s_axi_wdata), .s_axi_wstrb(s_axi_wstrb),
    .s_axi_wvalid(s_axi_wvalid), .s_axi_wready(s_axi_wready),
    .s_axi_bresp(s_axi_bresp), .s_axi_bvalid(s_axi_bvalid), .s_axi_bready(s_axi_bready),
    .s_axi_araddr(s_axi_araddr), .s_axi_arvalid(s_axi_arvalid), .s_axi_arready(s_axi_arready),
    .s_axi_rdata(s_axi_rdata), .s_axi_rresp(s_axi_rresp),
    .s_axi_rvalid(s_axi_rvalid), .s_axi_rready(s_axi_rready),
    .write(write), .write_register(write_register), .write_data(write_data),
    .read(read), .read_register(read_register), .read_data(read_data)
  );

  asn_registers #(
    .MODEL_HASH(MODEL_HASH), .INPUT_KIND(INPUT_KIND), .INPUT_SIZE(INPUT_SIZE), .INPUT_WORDS(INPUT_WORDS),
    .INPUT_WORD_BITS(INPUT_WORD_BITS), .OUTPUT_WORD_BITS(OUTPUT_WORD_BITS),
    .CLASSES(CLASSES), .SCORE_ROWS(SCORE_ROWS), .TIME_STEPS(TIME_STEPS), .LAYERS(LAYERS), .CLOCK_KHZ(CLOCK_KHZ),
    .CAPABILITIES(CAPABILITIES)
  ) u_registers (
    .clk(clk), .rst_n(rst_n),
    .write(write), .write_register(write_register), .write_data(write_data),
    .read(read), .read_register(read_register), .read_data(read_data),
    .soft_reset(soft_reset), .clear(clear), .stop(stop), .cut(cut), .batch(batch),
    .status(status), .errors_now(errors_now),
    .inference_cycles(inference_cycles), .inferences(inferences),
    .input_stall_cycles(input_stall_cycles), .output_stall_cycles(output_stall_cycles),
    .all_steps_used(all_steps_used), .layer_data(layer_data)
  );

  asn_reset u_reset (
    .clk(clk), .rst_n(rst_n), .soft_reset(soft_reset), .stop(stop), .core_rst_n(core_rst_n), .held(held)
  );

  asn_input #(
    .INPUT_KIND(INPUT_KIND), .INPUT_SIZE(INPUT_SIZE), .INPUT_WORDS(INPUT_WORDS),
    .ADDRESS_BITS(ADDRESS_BITS), .COUNT_BITS(COUNT_BITS), .TIME_STEPS(TIME_STEPS),
    .WORD_BITS(INPUT_WORD_BITS)
  ) u_input (
    .clk(clk), .rst_n(core_rst_n), .held(held), .discard(stop), .batch(batch),
    .s_axis_tdata(s_axis_tdata), .s_axis_tvalid(s_axis_tvalid),
    .s_axis_tready(s_axis_tready), .s_axis_tlast(s_axis_tlast),
    .core_tdata(core_in_tdata), .core_tvalid(core_in_tvalid),
    .core_tready(core_in_tready), .core_tlast(core_in_tlast),
    .start(start), .start_last(start_last), .start_ready(start_ready),
    .answered(done && alone && cut && EARLY_EXIT != 0),
    .draining(draining), .in_message(in_message),
    .short_message(short_message), .missing_last(missing_last), .long_message(long_message),
    .bad_event(bad_event), .event_order(event_order)
  );

  asn_in_flight u_in_flight (
    .clk(clk), .rst_n(core_rst_n),
    .start(start), .start_last(start_last), .start_cycle(cycle), .start_ready(start_ready),
    .valid(in_flight), .alone(alone), .oldest_last(in_flight_last), .oldest_cycle(start_cycle), .done(done)
  );

  asn_output #(.WORDS(OUTPUT_WORDS), .WORD_BITS(OUTPUT_WORD_BITS)) u_output (
    .clk(clk), .rst_n(core_rst_n), .held(held),
    .core_tdata(core_out_tdata), .core_tvalid(core_out_tvalid),
    .core_tready(core_out_tready), .core_tlast(core_out_tlast),
    .m_axis_tdata(m_axis_tdata), .m_axis_tvalid(m_axis_tvalid),
    .m_axis_tready(m_axis_tready), .m_axis_tlast(m_axis_tlast),
    .in_flight(in_flight), .in_flight_last(in_flight_last), .done(done),
    .framing_wrong(framing_wrong), .unexpected(unexpected)
  );

  asn_counters #(.EARLY_EXIT(EARLY_EXIT)) u_counters (
    .clk(clk), .rst_n(rst_n), .clear(clear),
    .done(done), .start_cycle(start_cycle), .steps_used(m_axis_tdata[31:0]), .input_waits(input_waits), .output_waits(output_waits),
    .cycle(cycle), .inference_cycles(inference_cycles), .inferences(inferences),
    .input_stall_cycles(input_stall_cycles), .output_stall_cycles(output_stall_cycles),
    .all_steps_used(all_steps_used)
  );

  generate
    if (LAYER_COUNTERS != 0) begin : g_layer_counters
      logic [LAYER_STREAMS*LAYERS-1:0] event_in;
      logic [LAYERS-1:0] event_out, waits;

      always_comb begin
        event_in = layer_event_in;
        event_out = layer_event_out;
        waits = layer_waits;
        event_in[0] = core_in_tvalid && core_in_tready;
        waits[0] = core_in_tvalid && !core_in_tready;
        event_out[LAYERS-1] = core_out_tvalid && core_out_tready;
        if (held) {event_in, event_out, waits} = '0;  // what the core does while a reset begins
      end

      asn_layer_counters #(.LAYERS(LAYERS), .STREAMS(LAYER_STREAMS)) u_layer_counters (
        .clk(clk), .rst_n(rst_n), .clear(clear),
        .event_in(event_in), .event_out(event_out), .waits(waits),
        .read_register(read_register), .read_data(layer_data)
      );
    end else begin : g_no_layer_counters
      // verilator lint_off UNUSEDSIGNAL
      logic unused;
      assign unused = &{1'b0, layer_event_in, layer_event_out, layer_waits};
      // verilator lint_on UNUSEDSIGNAL
      assign layer_data = '0;
    end
  endgenerate
endmodule
