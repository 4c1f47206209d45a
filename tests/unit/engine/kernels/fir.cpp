// FIR filter with a shift register and constant taps, one sample a cycle.
#include <ap_int.h>
#include <hls_stream.h>

typedef ap_int<16> sample_t;
typedef ap_int<40> acc_t;
const int TAPS = 11;

void fir(hls::stream<ap_int<16> >& in, hls::stream<ap_int<16> >& out) {
#pragma HLS INTERFACE mode=axis port=in
#pragma HLS INTERFACE mode=axis port=out
  static const sample_t c[TAPS] = {53, 0, -91, 0, 313, 500, 313, 0, -91, 0, 53};
  static sample_t shift_reg[TAPS];
#pragma HLS ARRAY_PARTITION variable=shift_reg complete dim=1
#pragma HLS PIPELINE II=1
  sample_t x = in.read();
  acc_t acc = 0;
Shift_Accum_Loop:
  for (int i = TAPS - 1; i >= 0; i--) {
    if (i == 0) {
      shift_reg[0] = x;
      acc += x * c[0];
    } else {
      shift_reg[i] = shift_reg[i - 1];
      acc += shift_reg[i] * c[i];
    }
  }
  out.write(acc >> 10);
}
