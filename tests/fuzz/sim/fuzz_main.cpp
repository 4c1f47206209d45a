// Runs a batch until no stream has moved for `quiet` cycles: simulate SEED SOURCE_DENSITY SINK_DENSITY QUIET LIMIT
#include <cstdio>
#include <cstdlib>

#include "Vbatch.h"
#include "verilated.h"

int main(int argc, char** argv) {
  if (argc != 6) return 2;
  VerilatedContext context;
  context.randReset(2);
  context.randSeed(std::atoi(argv[1]) | 1);
  Vbatch batch{&context};
  const long quiet_limit = std::atol(argv[4]), cycle_limit = std::atol(argv[5]);
  batch.seed = unsigned(std::atoi(argv[1])) * 2654435761u;
  batch.source_density = std::atoi(argv[2]);
  batch.sink_density = std::atoi(argv[3]);
  long quiet = 0, cycle = 0;
  for (; cycle < cycle_limit && quiet < quiet_limit; cycle++) {
    batch.ap_rst_n = cycle >= 4;
    batch.ap_clk = 0;
    batch.eval();
    context.timeInc(1);
    quiet = batch.moved ? 0 : quiet + 1;
    batch.ap_clk = 1;
    batch.eval();
    context.timeInc(1);
  }
  batch.final();
  std::printf("end %ld %s\n", cycle, quiet < quiet_limit ? "limit" : "quiet");
  return 0;
}
