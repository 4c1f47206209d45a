// Runs module `bench` until all sinks have what they expect, and 200 cycles more: simulate STALLS LIMIT
#include <cstdio>
#include <cstdlib>

#include "Vbench.h"
#include "verilated.h"

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  VerilatedContext context;
  Vbench bench{&context};
  const long limit = std::atol(argv[2]);
  bench.stalls = std::atoi(argv[1]);
  long left = 200;
  for (long cycle = 0; cycle < limit && left > 0; cycle++) {
    if (bench.done && cycle > 8) left--;
    bench.ap_rst_n = cycle >= 4;
    bench.cycle = unsigned(cycle);
    for (int clock = 0; clock < 2; clock++) {
      bench.ap_clk = clock;
      bench.eval();
      context.timeInc(1);
    }
  }
  bench.final();
  return left > 0;
}
