// Fast co-simulation: drives a verilated harness with a file of input messages and records every word that
// moves on every stream. No Python in the loop; verify/fast.py writes the inputs and reads the results.
//
// usage: Vharness VECTORS OUT WORDS SEED MODE QUIET ANSWER REST
//   VECTORS   uint32 little endian: messages, messages + 1 offsets, units (32 bits each, a word's lowest first)
//   OUT       folder for the results: <stream>.u32 = rows of (cycle, data words), active.u32 = one row a
//             message of (first input cycle, last output cycle, first cycle after the answer before, idle
//             cycles of each stream, blocked ones, and both again from that cycle to the input) and one for the rest
//             after the last answer, whose input is the end, states.u8 = of the first message, a row a cycle with a byte for each stream
//             (1 a word moved, 2 the consumer waited for data, 4 the producer waited for room), summary.json;
//             meanwhile progress: a byte for each message that was answered
//   WORDS     output words of a message
//   MODE      stream    messages back to back, nobody stalls
//             stall     messages back to back, both sides stall at random
//             isolated  the next message starts when the core has been quiet for a while
//   QUIET     cycles without any word moving that count as a deadlock
//   ANSWER    cycles until the next answer, whatever moves, that count as too many
//   REST      cycles without any word moving after which the core is at rest: an early answer is not the end
// exit status: 0 done, 1 given up (see summary.json), 2 bad use.
#include "Vharness.h"
#include "port.h"
#include "probes.h"
#include "verilated.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

const uint64_t RESET_CYCLES = 8;
const uint64_t DRAIN_CYCLES = 100000;  // at most so long we wait for rest after the last message
const uint64_t STATE_CYCLES = 200000;  // of the first message at most so many are written cycle by cycle
enum { INPUT = 0, OUTPUT = 1 };

// xorshift64*: the same stalls for the same seed on every machine.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed * 2685821657736338717ull + 88172645463325252ull) {}
  uint32_t below(uint32_t bound) {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return uint32_t(((state_ * 2685821657736338717ull) >> 33) % bound);
  }

 private:
  uint64_t state_;
};

// Stalls in phases: never, seldom, often or nearly always, for 1 to 256 cycles each.
class Staller {
 public:
  Staller(uint64_t seed, bool enabled) : random_(seed), enabled_(enabled) {}
  bool stalls() {
    if (!enabled_) return false;
    if (left_ == 0) {
      left_ = 1 + random_.below(256);
      const uint32_t levels[4] = {0, 16, 64, 120};
      level_ = levels[random_.below(4)];
    }
    left_--;
    return random_.below(128) < level_;
  }

 private:
  Random random_;
  bool enabled_;
  uint32_t left_ = 0;
  uint32_t level_ = 0;
};

struct Messages {
  std::vector<uint32_t> offsets;
  std::vector<uint32_t> units;
  size_t count() const { return offsets.size() - 1; }
};

bool read_words(FILE* file, std::vector<uint32_t>& words, size_t count) {
  words.resize(count);
  return fread(words.data(), sizeof(uint32_t), count, file) == count;
}

bool read_messages(const char* path, Messages& messages) {
  FILE* file = fopen(path, "rb");
  if (!file) return false;
  std::vector<uint32_t> count;
  bool good = read_words(file, count, 1) && read_words(file, messages.offsets, count[0] + 1) &&
              read_words(file, messages.units, messages.offsets.back());
  fclose(file);
  return good;
}

template <class ITEM>
bool write_all(const std::string& path, const std::vector<ITEM>& items) {
  FILE* file = fopen(path.c_str(), "wb");
  if (!file) return false;
  const bool written = fwrite(items.data(), sizeof(ITEM), items.size(), file) == items.size();
  return fclose(file) == 0 && written;
}

// What happened on one stream.
struct Stream {
  bool valid = false;
  bool ready = false;
  bool blocked = false;  // the FIFO is full and its producer waits
  uint32_t idle_cycles = 0;     // of the message in flight: the consumer waited for data
  uint32_t blocked_cycles = 0;  // of the message in flight: the producer waited for room
  uint32_t idle_before = 0;     // the same from the answer before to the first word of the message
  uint32_t blocked_before = 0;
  std::vector<uint32_t> record;
};

class Observer {
 public:
  static const size_t ROW = 3 + 4 * STREAM_COUNT;  // of active.u32

  explicit Observer(size_t messages) : streams(STREAM_COUNT), times_((messages + 1) * ROW) {}

  template <class DATA>
  void stream(int number, bool valid, bool ready, bool blocked, const DATA& data) {
    Stream& stream = streams[number];
    stream.valid = valid;
    stream.ready = ready;
    stream.blocked = blocked;
    if (valid && ready) {
      stream.record.push_back(uint32_t(cycle));
      append_units(stream.record, data, STREAM_WORDS[number]);
      last_move = cycle;
    } else if (ready) {
      stream.idle_cycles++;
    }
    if (blocked) stream.blocked_cycles++;
    if (first_ && states_.size() < STATE_CYCLES * STREAM_COUNT)
      states_.push_back(uint8_t((valid && ready) | (!valid && ready) << 1 | blocked << 2));
  }

  void start_message() {
    first_ = first_cycle_.empty();
    first_cycle_.push_back(uint32_t(cycle));
    for (Stream& stream : streams) {
      stream.idle_before = stream.idle_cycles;
      stream.blocked_before = stream.blocked_cycles;
      stream.idle_cycles = stream.blocked_cycles = 0;
    }
  }

  void finish_message(size_t message) {
    uint32_t* row = &times_[message * ROW];
    row[0] = first_cycle_[message];
    row[1] = uint32_t(cycle);
    for (int number = 0; number < STREAM_COUNT; number++) {
      Stream& stream = streams[number];
      const uint32_t waited[] = {stream.idle_cycles, stream.blocked_cycles, stream.idle_before, stream.blocked_before};
      for (int kind = 0; kind < 4; kind++) row[3 + kind * STREAM_COUNT + number] = waited[kind];
      stream.idle_cycles = stream.blocked_cycles = 0;
    }
    row[2] = begin_;
    begin_ = uint32_t(cycle + 1);
    first_ = false;
  }

  // After the last answer, until the core was at rest.
  void finish_rest() {
    uint32_t* row = &times_[times_.size() - ROW];
    row[0] = uint32_t(cycle);
    row[1] = uint32_t(cycle);
    row[2] = begin_;
    for (int number = 0; number < STREAM_COUNT; number++) {
      row[3 + 2 * STREAM_COUNT + number] = streams[number].idle_cycles;
      row[3 + 3 * STREAM_COUNT + number] = streams[number].blocked_cycles;
    }
  }

  bool write(const std::string& folder) const {
    bool good = write_all(folder + "/active.u32", times_) && write_all(folder + "/states.u8", states_);
    for (int number = 0; number < STREAM_COUNT; number++)
      good = write_all(folder + "/" + STREAM_NAMES[number] + ".u32", streams[number].record) && good;
    return good;
  }

  std::vector<Stream> streams;
  uint64_t cycle = 0;
  uint64_t last_move = 0;

 private:
  uint32_t begin_ = RESET_CYCLES;  // after the answer before, or the reset
  bool first_ = false;  // between the first input and the last output word of the first message
  std::vector<uint8_t> states_;
  std::vector<uint32_t> first_cycle_;
  std::vector<uint32_t> times_;
};

using Beat = std::vector<uint32_t>;  // what moves on a port in one cycle

// Drives both AXI4-Streams; one call of `step` is one clock cycle.
class Simulation {
 public:
  Observer observer;

  Simulation(VerilatedContext& context, const Messages& messages, size_t words, uint64_t seed, bool stall,
             bool isolated, uint64_t rest)
      : observer(messages.count()), model_(&context), messages_(messages), answer_words_(words),
        isolated_(isolated), rest_(rest), source_(2 * seed, stall), sink_(2 * seed + 1, stall) {
    model_.s_axis_tvalid = 0;
    model_.m_axis_tready = 0;
    model_.rst_n = 0;
    for (uint64_t i = 0; i < RESET_CYCLES; i++) toggle();
    model_.rst_n = 1;
  }

  void step() {
    drive();
    model_.clk = 0;
    model_.eval();
    observe();
    const bool input_moves = model_.s_axis_tvalid && model_.s_axis_tready;
    const bool output_moves = model_.m_axis_tvalid && model_.m_axis_tready;
    model_.clk = 1;
    model_.eval();
    if (input_moves) advance_input();
    if (output_moves) advance_output();
    observer.cycle++;
  }

  size_t received() const { return received_; }
  uint64_t withdrawn() const { return withdrawn_; }
  bool done() const { return received_ == messages_.count(); }
  void finish() {
    observer.finish_rest();
    model_.final();
  }
  uint64_t quiet() const { return observer.cycle - observer.last_move; }
  uint64_t waited() const { return observer.cycle - last_answer_; }

 private:
  void toggle() {
    model_.clk = 0;
    model_.eval();
    model_.clk = 1;
    model_.eval();
    observer.cycle++;
    observer.last_move = observer.cycle;
  }

  bool may_send() const {
    if (message_ == messages_.count()) return false;
    if (!isolated_ || unit_ != messages_.offsets[message_]) return true;
    return received_ == message_ && quiet() >= rest_;
  }

  void drive() {
    if (!model_.s_axis_tvalid && !source_.stalls() && may_send()) {
      model_.s_axis_tvalid = 1;
      set_units(model_.s_axis_tdata, &messages_.units[unit_]);
      model_.s_axis_tlast = unit_ + INPUT_UNITS == messages_.offsets[message_ + 1];
    }
    model_.m_axis_tready = !sink_.stalls();
  }

  void observe() {
    if (model_.s_axis_tvalid && model_.s_axis_tready && unit_ == messages_.offsets[message_])
      observer.start_message();
    const Beat input = beat((1u << 4 * INPUT_UNITS) - 1, model_.s_axis_tlast, model_.s_axis_tdata, INPUT_UNITS);
    const bool input_blocked = model_.s_axis_tvalid && !model_.s_axis_tready;
    observer.stream(INPUT, model_.s_axis_tvalid, model_.s_axis_tready, input_blocked, input);
    const Beat output = beat(model_.m_axis_tkeep, model_.m_axis_tlast, model_.m_axis_tdata, OUTPUT_UNITS);
    const bool output_blocked = model_.m_axis_tvalid && !model_.m_axis_tready;
    observer.stream(OUTPUT, model_.m_axis_tvalid, model_.m_axis_tready, output_blocked, output);
    check_stable(output);
    observe_probes(model_, observer);
  }

  // The units of TDATA, then TKEEP and TLAST.
  template <class DATA>
  static Beat beat(uint32_t keep, uint32_t last, const DATA& data, int units) {
    Beat beat;
    append_units(beat, data, units);
    beat.push_back(keep << 1 | last);
    return beat;
  }

  // AXI4-Stream: a word once offered stays until it is taken.
  void check_stable(const Beat& output) {
    if (waiting_ && (!model_.m_axis_tvalid || output != offered_)) withdrawn_++;
    waiting_ = model_.m_axis_tvalid && !model_.m_axis_tready;
    offered_ = output;
  }

  void advance_input() {
    model_.s_axis_tvalid = 0;
    unit_ += INPUT_UNITS;
    if (unit_ == messages_.offsets[message_ + 1]) message_++;
  }

  void advance_output() {
    if (++outputs_ % answer_words_ || received_ == messages_.count()) return;
    observer.finish_message(received_++);
    last_answer_ = observer.cycle;
  }

  Vharness model_;
  const Messages& messages_;
  const size_t answer_words_;
  const bool isolated_;
  const uint64_t rest_;  // cycles without a move after which the core is at rest
  Staller source_;
  Staller sink_;
  size_t message_ = 0;  // being sent
  size_t unit_ = 0;     // to be sent next
  size_t outputs_ = 0;
  size_t received_ = 0;
  uint64_t last_answer_ = 0;
  bool waiting_ = false;  // the last cycle offered a word that was not taken
  Beat offered_;
  uint64_t withdrawn_ = 0;
};

bool write_summary(const std::string& folder, const Simulation& simulation, const char* given_up) {
  FILE* file = fopen((folder + "/summary.json").c_str(), "w");
  if (!file) return false;
  fprintf(file, "{\"cycles\": %llu, \"given_up\": \"%s\", \"received\": %zu, \"withdrawn\": %llu, \"streams\": [",
          (unsigned long long)simulation.observer.cycle, given_up, simulation.received(),
          (unsigned long long)simulation.withdrawn());
  for (int number = 0; number < STREAM_COUNT; number++) {
    const Stream& stream = simulation.observer.streams[number];
    fprintf(file, "%s\n  {\"name\": \"%s\", \"valid\": %s, \"ready\": %s, \"blocked\": %s}", number ? "," : "",
            STREAM_NAMES[number], stream.valid ? "true" : "false", stream.ready ? "true" : "false",
            stream.blocked ? "true" : "false");
  }
  fprintf(file, "]}\n");
  return fclose(file) == 0;
}

int simulate(const Messages& messages, const std::string& folder, size_t words, uint64_t seed,
             const std::string& mode, uint64_t most_quiet, uint64_t most_waited, uint64_t rest) {
  VerilatedContext context;
  context.randReset(2);  // registers without a reset value start at random
  context.randSeed(int(seed % 2147483646 + 1));
  Simulation simulation(context, messages, words, seed, mode == "stall", mode == "isolated", rest);
  FILE* progress = fopen((folder + "/progress").c_str(), "w");
  for (size_t told = 0; !simulation.done() && simulation.quiet() < most_quiet && simulation.waited() < most_waited;) {
    simulation.step();
    for (; progress && told < simulation.received(); told++) {
      fputc('.', progress);
      fflush(progress);
    }
  }
  if (progress) fclose(progress);
  const char* given_up = simulation.done() ? "" : simulation.quiet() < most_quiet ? "late" : "quiet";
  const uint64_t last = simulation.observer.cycle + DRAIN_CYCLES + most_waited;
  while (!*given_up && simulation.quiet() < rest && simulation.observer.cycle < last) simulation.step();
  simulation.finish();
  if (!write_summary(folder, simulation, given_up) || !simulation.observer.write(folder)) {
    fprintf(stderr, "error: %s: results must be writable\n", folder.c_str());
    return 2;
  }
  return *given_up ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) {
  Messages messages;
  if (argc != 9 || !read_messages(argv[1], messages)) {
    fprintf(stderr, "error: usage: %s VECTORS OUT WORDS SEED stream|stall|isolated QUIET ANSWER REST\n", argv[0]);
    return 2;
  }
  return simulate(messages, argv[2], strtoul(argv[3], nullptr, 10), strtoull(argv[4], nullptr, 10), argv[5],
                  strtoull(argv[6], nullptr, 10), strtoull(argv[7], nullptr, 10), strtoull(argv[8], nullptr, 10));
}
