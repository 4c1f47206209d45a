// One place of a stream of event words as numbers, for a viewer of waveforms: { end | address | count | .. }, see
// docs/spec/events.md. Numbers keep their last value until the next event; `is_event` marks the cycle of each. The
// place of an address is address / STRIDE % SIZE of each axis.
module asn_show_events #(
  parameter int WIDTH = 3,
  parameter int ADDRESS_BITS = 1,
  parameter int COUNT_BITS = 1,
  parameter bit SIGNED = 1'b0,
  parameter int PLACE = 0,  // of the word, the lowest first
  parameter int STEPS = 1,  // ends of step of an inference
  parameter int CHANNELS = 1,
  parameter int CHANNEL_STRIDE = 1,
  parameter int ROWS = 1,
  parameter int ROW_STRIDE = 1,
  parameter int COLUMNS = 1,
  parameter int COLUMN_STRIDE = 1
) (
  input logic             clk,
  input logic             rst_n,
  input logic             valid,
  input logic             ready,
  input logic             blocked,  // the producer waits for room
  input logic [WIDTH-1:0] data
);
  logic is_end, is_event;
  int vector, time_step, address, channel, row, column, count;

  // verilator tracing_off
  localparam int START = PLACE * (ADDRESS_BITS + COUNT_BITS);
  logic [COUNT_BITS-1:0] counted;
  int kept_address, kept_count;
  assign counted = data[START+:COUNT_BITS];
  // verilator tracing_on

  assign is_end = valid && ready && data[WIDTH-1];
  assign is_event = valid && ready && !data[WIDTH-1] && (PLACE == 0 || counted != '0);
  assign address = is_event ? int'(data[START+COUNT_BITS+:ADDRESS_BITS]) : kept_address;
  assign count = is_event ? (SIGNED ? int'($signed(counted)) : int'(counted)) : kept_count;
  assign channel = address / CHANNEL_STRIDE % CHANNELS;
  assign row = address / ROW_STRIDE % ROWS;
  assign column = address / COLUMN_STRIDE % COLUMNS;

  always_ff @(posedge clk) begin
    if (!rst_n) begin
      vector <= 0;
      time_step <= 0;
    end else if (is_end) begin
      time_step <= time_step == STEPS - 1 ? 0 : time_step + 1;
      if (time_step == STEPS - 1) vector <= vector + 1;
    end
  end

  always_ff @(posedge clk) begin
    kept_address <= address;
    kept_count <= count;
  end
endmodule
