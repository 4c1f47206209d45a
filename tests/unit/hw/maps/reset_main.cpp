// The input words of a file, some of them before a reset, then all of them; prints the words that leave after it.
// Usage: simulate FILE BEFORE CYCLES
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <vector>

#include "Vnet_core.h"
#include "verilated.h"

static Vnet_core* core;

static void tick() {
  core->ap_clk = 1;
  core->eval();
  core->ap_clk = 0;
  core->eval();
}

static void reset() {
  core->s_axis_TVALID = 0;
  core->ap_rst_n = 0;
  for (int cycle = 0; cycle < 4; cycle++) tick();
  core->ap_rst_n = 1;
  core->eval();
}

// Cycles in which the words are offered one after the other; what leaves is printed, or lost.
static void run(const std::vector<uint32_t>& words, size_t count, long cycles, bool prints) {
  size_t sent = 0;
  for (long cycle = 0; cycle < cycles; cycle++) {
    core->s_axis_TVALID = sent < count;
    core->s_axis_TDATA = sent < count ? words[sent] : 0;
    core->s_axis_TLAST = sent + 1 == words.size();
    core->eval();
    const bool taken = core->s_axis_TVALID && core->s_axis_TREADY;
    if (prints && core->m_axis_TVALID) std::printf("%d\n", int32_t(core->m_axis_TDATA));
    tick();
    sent += taken;
  }
}

int main(int, char** argv) {
  std::ifstream file(argv[1]);
  std::vector<uint32_t> words;
  for (uint32_t word; file >> word;) words.push_back(word);
  VerilatedContext context;
  core = new Vnet_core{&context};
  core->m_axis_TREADY = 1;
  core->s_axis_TKEEP = core->s_axis_TSTRB = 15;
  reset();
  run(words, size_t(std::atoi(argv[2])), std::atol(argv[3]), false);
  reset();
  run(words, words.size(), 4 * std::atol(argv[3]), true);
}
