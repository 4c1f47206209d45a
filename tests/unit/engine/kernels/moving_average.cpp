// A moving average over a power of two of samples, in a class template with state in its members.
#include <ap_int.h>
#include <hls_stream.h>

template <int LOG_TAPS, int WIDTH>
class MovingAverage {
  static const int TAPS = 1 << LOG_TAPS;
  ap_int<WIDTH> samples[TAPS] = {};
  ap_int<WIDTH + LOG_TAPS> sum = 0;
  ap_uint<LOG_TAPS> oldest = 0;

 public:
  ap_int<WIDTH> next(ap_int<WIDTH> sample) {
#pragma HLS INLINE
    sum += sample - samples[oldest];
    samples[oldest++] = sample;
    return sum >> LOG_TAPS;
  }
};

void moving_average(hls::stream<ap_int<12> >& in, hls::stream<ap_int<12> >& out) {
#pragma HLS INTERFACE axis port=in
#pragma HLS INTERFACE axis port=out
#pragma HLS INTERFACE ap_ctrl_none port=return
#pragma HLS PIPELINE II=1
  static MovingAverage<3, 12> average;
  out.write(average.next(in.read()));
}
