// #pragma HLS in macros, with macros and template parameters as values; partial unrolling with any number of turns;
// loops in pipelined loops, one of which depends on the counter of another.
#define PRAGMA_DIRECTIVES_TEXT(text) _Pragma(#text)
#define PRAGMA_DIRECTIVES_PIPELINE(interval) PRAGMA_DIRECTIVES_TEXT(HLS PIPELINE II = interval)
#define PRAGMA_DIRECTIVES_TWO 2
#include "engine.h"
#include <ap_int.h>
#include <hls_stream.h>

template <int TAPS>
struct pragma_directives_filter {
  ap_int<8> window[TAPS];
  int filter(ap_int<8> sample, const ap_int<5>* weights) {
#pragma HLS INLINE
#pragma HLS ARRAY_PARTITION variable=window complete
    int sum = 0;
    for (int i = TAPS - 1; i > 0; i--) {
#pragma HLS UNROLL factor=TAPS
      window[i] = window[i - 1];
    }
    window[0] = sample;
    for (int i = 0; i < TAPS; i++) sum += window[i] * weights[i];
    return sum;
  }
};

HLS_PROCESS void p_a(hls::stream<ap_int<8> >& in00, hls::stream<ap_int<24> >& m00) {
#pragma HLS INTERFACE mode=axis port=in00
  static const ap_int<5> weights[5] = {3, -7, 15, -16, 2};
  pragma_directives_filter<5> fir;
  for (int i = 0; i < 5; i++) fir.window[i] = 0;
  for (int n = 0; n < 8; n++) {
    PRAGMA_DIRECTIVES_PIPELINE(1)
    m00.write(fir.filter(in00.read(), weights));
  }
}

HLS_PROCESS void p_b(hls::stream<ap_int<24> >& m00, hls::stream<ap_uint<20> >& out00) {
  ap_uint<12> table[4][4];
  for (int row = 0; row < 4; row++) {
#pragma HLS PIPELINE
    const ap_int<24> word = m00.read();
    for (int i = 0; i < 4; i++) {
      table[row][i] = 0;
      for (int k = 0; k <= i; k++) table[row][i] += word * (k + 1);
    }
  }
  const ap_uint<5> turns = m00.read();
  ap_uint<20> sum = 0;
  for (int i = 0; i < turns; i++) {
#pragma HLS UNROLL factor=PRAGMA_DIRECTIVES_TWO
    sum += table[i & 3][(i >> 2) & 3] * i;
    if (sum[7]) out00.write(sum);
  }
  for (int i = 0; i < 13; i++) {
#pragma HLS LOOP_TRIPCOUNT min=1 max=13
#pragma HLS UNROLL factor=4 skip_exit_check
    if (i > turns) break;
    sum = sum ^ (table[3 - (i & 3)][i & 3] + i);
  }
  out00.write(sum);
}
