// Average of the last 32 samples, rounded to the nearest: the sum changes by the newest and the oldest one.
#include "engine.h"

#include <ap_int.h>
#include <hls_stream.h>

const int AVERAGE_WINDOW = 32;
const int AVERAGE_FRAME = 64;  // samples a call; the window lives on from one call to the next

HLS_PROCESS void moving_average_filter(hls::stream<ap_int<12> >& samples,
                                       hls::stream<ap_int<12> >& averages) {
  static ap_int<12> window[AVERAGE_WINDOW];
  static ap_uint<5> oldest = 0;
  static ap_int<17> sum = 0;
  for (int sample = 0; sample < AVERAGE_FRAME; sample++) {
    HLS_PIPELINE(1)
    HLS_DEPENDENCE_DISTANCE(window, AVERAGE_WINDOW)
    const ap_int<12> next = samples.read();
    sum += next - window[oldest];
    window[oldest] = next;
    oldest = oldest + 1;
    averages.write((sum + AVERAGE_WINDOW / 2) >> 5);
  }
}

void moving_average(hls::stream<ap_int<12> >& samples, hls::stream<ap_int<12> >& averages) {
  HLS_DATAFLOW
  moving_average_filter(samples, averages);
}
