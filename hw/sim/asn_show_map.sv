// The packed words of a map as numbers, for a viewer of waveforms: pixel by pixel, of each its groups of channels, of
// each of these its time steps, see docs/spec/maps.md: where a word belongs. STEPS: time steps that follow each other in
// the words of a pixel; ROUNDS: times that the map is sent in an inference, one time step each, where it is sent step by
// step. One of the two is 1. Numbers keep their last value until the next word. asn_show_lane shows its counts.
module asn_show_map #(
  parameter int WIDTH = 1,
  parameter int LANES = 1,
  parameter int STEPS = 1,
  parameter int ROUNDS = 1,
  parameter int CHANNELS = 1,
  parameter int ROWS = 1,
  parameter int COLUMNS = 1
) (
  input logic             clk,
  input logic             rst_n,
  input logic             valid,
  input logic             ready,
  input logic             blocked,  // the producer waits for room
  input logic [WIDTH-1:0] data
);
  logic is_word;
  int vector, time_step, channel, row, column;  // channel: of the lowest lane

  assign is_word = valid && ready;

  // verilator tracing_off
  int next_vector, next_round, next_step, next_channel, next_row, next_column;
  int kept_vector, kept_step, kept_channel, kept_row, kept_column;
  logic last_step, last_channel, last_column, last_row, last_round;
  assign last_step = next_step == STEPS - 1;
  assign last_channel = last_step && next_channel + LANES >= CHANNELS;
  assign last_column = last_channel && next_column == COLUMNS - 1;
  assign last_row = last_column && next_row == ROWS - 1;
  assign last_round = last_row && next_round == ROUNDS - 1;
  // verilator tracing_on

  assign vector = is_word ? next_vector : kept_vector;
  assign time_step = is_word ? next_round + next_step : kept_step;
  assign channel = is_word ? next_channel : kept_channel;
  assign row = is_word ? next_row : kept_row;
  assign column = is_word ? next_column : kept_column;

  always_ff @(posedge clk) begin
    if (!rst_n) begin
      next_vector <= 0;
      next_round <= 0;
      next_step <= 0;
      next_channel <= 0;
      next_row <= 0;
      next_column <= 0;
    end else if (is_word) begin
      next_step <= last_step ? 0 : next_step + 1;
      if (last_step) next_channel <= last_channel ? 0 : next_channel + LANES;
      if (last_channel) next_column <= last_column ? 0 : next_column + 1;
      if (last_column) next_row <= last_row ? 0 : next_row + 1;
      if (last_row) next_round <= last_round ? 0 : next_round + 1;
      if (last_round) next_vector <= next_vector + 1;
    end
  end

  always_ff @(posedge clk) begin
    kept_vector <= vector;
    kept_step <= time_step;
    kept_channel <= channel;
    kept_row <= row;
    kept_column <= column;
  end
endmodule
