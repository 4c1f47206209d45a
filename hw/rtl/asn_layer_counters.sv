// Three counters a layer: events in, events out, cycles in which input waited for the layer. What is counted is one
// cycle late. Of a layer that reads several streams an event may come in on each of them: event_in has STREAMS bits a
// layer. read_data: the counter at read_register, 0 if there is none.
module asn_layer_counters #(
  parameter int LAYERS = 1,
  parameter int STREAMS = 1
) (
  input  logic              clk,
  input  logic              rst_n,
  input  logic              clear,
  input  logic [STREAMS*LAYERS-1:0] event_in,
  input  logic [LAYERS-1:0] event_out,
  input  logic [LAYERS-1:0] waits,
  input  logic [       9:0] read_register,
  output logic [      31:0] read_data
);
  localparam int START = asn2fpga_registers::LAYERS_START;
  localparam int STRIDE = asn2fpga_registers::LAYERS_STRIDE;
  localparam int KINDS = 3;

  logic [STREAMS*LAYERS-1:0] arrived;
  logic [(KINDS-1)*LAYERS-1:0] happened;
  logic [32*KINDS*LAYERS-1:0] counters;

  always_ff @(posedge clk) begin
    arrived <= event_in;
    happened <= {waits, event_out};
  end

  logic [32*KINDS*LAYERS-1:0] more;
  integer counted, stream, other;
  always_comb begin
    more = '0;
    for (counted = 0; counted < LAYERS; counted = counted + 1)
      for (stream = 0; stream < STREAMS; stream = stream + 1)
        more[32*counted+:32] = more[32*counted+:32] + 32'(arrived[STREAMS*counted+stream]);
    for (other = 0; other < (KINDS - 1) * LAYERS; other = other + 1)
      more[32*(LAYERS+other)+:32] = 32'(happened[other]);
  end

  integer number;
  always_ff @(posedge clk) begin
    for (number = 0; number < KINDS * LAYERS; number = number + 1) begin
      if (!rst_n || clear) counters[32*number+:32] <= '0;
      else counters[32*number+:32] <= counters[32*number+:32] + more[32*number+:32];
    end
  end

  integer layer;
  always_comb begin
    read_data = '0;
    for (layer = 0; layer < LAYERS; layer = layer + 1) begin
      if (read_register == 10'(START + layer * STRIDE + asn2fpga_registers::LAYER_EVENTS_IN))
        read_data = read_data | counters[32*layer+:32];
      if (read_register == 10'(START + layer * STRIDE + asn2fpga_registers::LAYER_EVENTS_OUT))
        read_data = read_data | counters[32*(LAYERS+layer)+:32];
      if (read_register == 10'(START + layer * STRIDE + asn2fpga_registers::LAYER_STALL_CYCLES))
        read_data = read_data | counters[32*(2*LAYERS+layer)+:32];
    end
  end
endmodule
