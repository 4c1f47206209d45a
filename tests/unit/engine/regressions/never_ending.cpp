// A process that never returns, and helpers that say they are not to be inlined.
#include "engine.h"
#include <ap_int.h>
#include <hls_stream.h>

static __attribute__((noinline)) ap_uint<20> never_ending_weigh(ap_uint<8> word, int turns) {
  ap_uint<20> sum = 0;
  for (int i = 0; i < turns; i++) sum += word * i;
  return sum;
}
static __attribute__((noinline)) void never_ending_add(const ap_uint<8> (&pair)[2], ap_uint<20>& sum) {
  sum += pair[0] + pair[1];
}

HLS_PROCESS void p_a(hls::stream<ap_uint<8> >& in00, hls::stream<ap_uint<20> >& m00) {
  ap_uint<20> sum = 0;
  while (true) {
#pragma HLS PIPELINE II=1
    sum += in00.read();
    m00.write(sum);
  }
}

HLS_PROCESS void p_b(hls::stream<ap_uint<20> >& m00, hls::stream<ap_uint<20> >& out00) {
  ap_uint<20> sum = 5;
  for (;;) {
    ap_uint<8> pair[2];
    pair[0] = m00.read();
    pair[1] = m00.read();
    never_ending_add(pair, sum);
    out00.write(never_ending_weigh(pair[0], pair[1] & 7) + sum);
  }
}
