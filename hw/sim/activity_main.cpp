// Switching activity: drives a verilated harness with messages back to back, nobody stalling, and writes what
// every signal of it did as SAIF, or with -DASN_WAVES as FST. verify/activity.py and waves.py write the inputs.
//
// usage: Vharness VECTORS OUT WORDS HALF_PERIOD_PS QUIET
//   VECTORS   uint32 little endian: messages, messages + 1 offsets, units (32 bits each, a word's lowest first)
//   WORDS     output words of a message
//   QUIET     cycles without a word moving in or out that count as a deadlock
// exit status: 0 done, 1 deadlock, 2 bad use.
#include "Vharness.h"
#include "port.h"
#include "probes.h"
#include "verilated.h"
#ifdef ASN_WAVES
#include "verilated_fst_c.h"
using Trace = VerilatedFstC;
#define ASN_ROOT ""
#else
#include "verilated_saif_c.h"
using Trace = VerilatedSaifC;
#define ASN_ROOT "TOP"
#endif

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace {

const int RESET_CYCLES = 8;

bool read_words(FILE* file, std::vector<uint32_t>& words, size_t count) {
  words.resize(count);
  return fread(words.data(), sizeof(uint32_t), count, file) == count;
}

bool read_messages(const char* path, std::vector<uint32_t>& offsets, std::vector<uint32_t>& units) {
  FILE* file = fopen(path, "rb");
  if (!file) return false;
  std::vector<uint32_t> count;
  const bool good = read_words(file, count, 1) && read_words(file, offsets, count[0] + 1) &&
                    read_words(file, units, offsets.back());
  fclose(file);
  return good;
}

// The model with its clock; time is in ps. Reset is over before recording begins.
class Clocked {
 public:
  Clocked(VerilatedContext& context, const char* path, uint64_t half_period_ps)
      : model(&context, ASN_ROOT), context_(context), half_period_ps_(half_period_ps) {
    context.traceEverOn(true);
    model.trace(&trace_, 99);
    model.clk = 0;
    model.s_axis_tvalid = 0;
    model.m_axis_tready = 1;
    model.rst_n = 0;
    for (int cycle = 0; cycle < RESET_CYCLES; cycle++) fall(), rise();
    model.rst_n = 1;
    trace_.open(path);
  }

  ~Clocked() {
    trace_.close();
    model.final();
  }

  // Inputs may be set before; outputs hold until `rise`.
  void fall() { edge(0); }
  void rise() { edge(1); }

  Vharness model;

 private:
  void edge(int clock) {
    model.clk = clock;
    model.eval();
    if (!trace_.isOpen()) return;
    trace_.dump(context_.time());
    context_.timeInc(half_period_ps_);
  }

  VerilatedContext& context_;
  Trace trace_;
  const uint64_t half_period_ps_;
};

bool simulate(Clocked& clocked, const std::vector<uint32_t>& offsets, const std::vector<uint32_t>& units,
              size_t words, uint64_t most_quiet) {
  const size_t expected = (offsets.size() - 1) * words;
  size_t unit = 0, message = 1, received = 0;
  Vharness& model = clocked.model;
  for (uint64_t quiet = 0; received < expected && quiet < most_quiet; quiet++) {
    model.s_axis_tvalid = unit < units.size();
    if (model.s_axis_tvalid) {
      set_units(model.s_axis_tdata, &units[unit]);
      model.s_axis_tlast = unit + INPUT_UNITS == offsets[message];
    }
    clocked.fall();
    const bool input = model.s_axis_tvalid && model.s_axis_tready;
    const bool output = model.m_axis_tvalid;
    clocked.rise();
    if (input && (unit += INPUT_UNITS) == offsets[message]) message++;
    if (output) received++;
    if (input || output) quiet = 0;
  }
  return received == expected;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<uint32_t> offsets, units;
  if (argc != 6 || !read_messages(argv[1], offsets, units)) {
    fprintf(stderr, "error: usage: %s VECTORS OUT WORDS HALF_PERIOD_PS QUIET\n", argv[0]);
    return 2;
  }
  VerilatedContext context;
  context.randReset(0);
  Clocked clocked(context, argv[2], strtoull(argv[4], nullptr, 10));
  const bool done = simulate(clocked, offsets, units, strtoul(argv[3], nullptr, 10), strtoull(argv[5], nullptr, 10));
  if (!done) fprintf(stderr, "error: activity: a word must move in or out within %s cycles, not none\n", argv[5]);
  return done ? 0 : 1;
}
