// The sum of the last four words, after every word of a message; bit 16 marks a message's last word.
#include "engine.h"

#include <ap_int.h>
#include <hls_stream.h>

typedef hls::stream<ap_uint<17> > Words;
typedef hls::stream<ap_uint<18> > Sums;

HLS_PROCESS void moving_sum(Words& words, Sums& sums) {
  static ap_uint<16> history[4];
  ap_uint<18> sum = 0;
  ap_uint<2> oldest = 0;
  for (int i = 0; i < 4; i++) history[i] = 0;
  while (true) {
    HLS_PIPELINE(1)
    HLS_DEPENDENCE_DISTANCE(history, 4)
    const ap_uint<17> word = words.read();
    sum = sum + ap_uint<16>(word) - history[oldest];
    history[oldest] = word;
    oldest++;
    sums.write(sum);
    if (word[16]) break;
  }
}

void moving_sum_top(Words& words, Sums& sums) {
  HLS_DATAFLOW
  moving_sum(words, sums);
}
