// Random traffic through every FIFO of module `bench`, against a queue: simulate WIDTH DEPTH LATENCY ... (one triple
// a FIFO). Words, fill levels and the cycle in which a word can be read are exact; neither side sees what the other
// does within a cycle.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <random>
#include <vector>

#include "Vbench.h"
#include "verilated.h"

struct Word {
  uint64_t value;
  long written;
};
struct Fifo {
  int width, latency;
  size_t depth;
  std::deque<Word> words;
  size_t most = 0;
  long popped = 0;
};

static Vbench* bench;
static std::vector<Fifo> fifos;

static int fail(int number, long cycle, const char* what) {
  std::printf("FIFO %d of width %d, depth %zu, cycle %ld: %s\n", number, fifos[number].width, fifos[number].depth,
              cycle, what);
  return 1;
}

static int check_outputs(long cycle) {
  for (int i = 0; i < int(fifos.size()); i++) {
    const Fifo& fifo = fifos[i];
    const bool readable = !fifo.words.empty() && fifo.words.front().written + fifo.latency <= cycle;
    if (bool(bench->wr_ready >> i & 1) != (fifo.words.size() < fifo.depth)) return fail(i, cycle, "wrong wr_ready");
    if (bool(bench->rd_valid >> i & 1) != readable) return fail(i, cycle, "wrong rd_valid");
    if (readable && bench->rd_data[i] != fifo.words.front().value) return fail(i, cycle, "wrong word");
  }
  return 0;
}

int main(int argc, char** argv) {
  for (int i = 1; i + 2 < argc; i += 3) fifos.push_back({std::atoi(argv[i]), std::atoi(argv[i + 2]), size_t(std::atoi(argv[i + 1])), {}});
  VerilatedContext context;
  bench = new Vbench{&context};
  std::mt19937_64 random(1);
  const int densities[][2] = {{256, 0}, {0, 256}, {256, 256}, {256, 100}, {100, 256}, {128, 128}, {20, 20}, {240, 240}};
  for (long cycle = 0; cycle < 40000; cycle++) {
    const int* density = densities[cycle / 1400 % 8];
    const bool reset = cycle < 3 || cycle == 17777;
    bench->rst_n = !reset;
    bench->clk = 0;
    for (int twice = 0; twice < 2; twice++) {  // other inputs, same outputs
      bench->wr_valid = bench->rd_ready = 0;
      for (size_t i = 0; i < fifos.size(); i++) {
        const uint64_t mask = fifos[i].width == 64 ? ~0ull : (1ull << fifos[i].width) - 1;
        bench->wr_data[i] = random() & mask;
        if (int(random() & 255) < density[0]) bench->wr_valid |= 1u << i;
        if (int(random() & 255) < density[1]) bench->rd_ready |= 1u << i;
      }
      bench->eval();
      if (!reset && check_outputs(cycle)) return 1;
    }
    for (size_t i = 0; i < fifos.size(); i++) {
      Fifo& fifo = fifos[i];
      if (reset) {
        fifo.words.clear();
        continue;
      }
      const bool push = bench->wr_valid & bench->wr_ready & (1u << i);
      if (bench->rd_valid & bench->rd_ready & (1u << i)) fifo.words.pop_front(), fifo.popped++;
      if (push) fifo.words.push_back({bench->wr_data[i], cycle});
      if (fifo.words.size() > fifo.most) fifo.most = fifo.words.size();
    }
    bench->clk = 1;
    bench->eval();
  }
  for (size_t i = 0; i < fifos.size(); i++) {
    if (fifos[i].most != fifos[i].depth) return fail(i, 0, "never full");
    if (fifos[i].popped < 5000) return fail(i, 0, "little traffic");
  }
  std::printf("ok\n");
}
