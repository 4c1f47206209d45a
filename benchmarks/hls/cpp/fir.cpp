// FIR filter of 16 taps in transposed form: each sample is multiplied by all taps at once, and the partial sums
// move on by one place. One sample a cycle.
#include "engine.h"

#include <ap_int.h>
#include <hls_stream.h>

const int FIR_TAPS = 16;
const int FIR_FRAME = 64;  // samples a call; the partial sums live on from one call to the next

HLS_PROCESS void fir_filter(hls::stream<ap_int<16> >& samples, hls::stream<ap_int<36> >& filtered) {
  const short taps[FIR_TAPS] = {-83,   -301, 214,   1193,  512, -3027, -1777, 9801,
                                19467, 9801, -1777, -3027, 512, 1193,  214,   -301};
  static ap_int<36> partial[FIR_TAPS];  // partial[tap]: products of taps from `tap` on
  for (int sample = 0; sample < FIR_FRAME; sample++) {
    HLS_PIPELINE(1)
    const ap_int<16> next = samples.read();
    HLS_UNROLL_BEFORE
    for (int tap = 0; tap < FIR_TAPS; tap++) {
      HLS_UNROLL_INSIDE
      ap_int<36> carried = 0;
      if (tap < FIR_TAPS - 1) carried = partial[tap + 1];
      partial[tap] = carried + next * ap_int<16>(taps[tap]);
    }
    filtered.write(partial[0]);
  }
}

void fir(hls::stream<ap_int<16> >& samples, hls::stream<ap_int<36> >& filtered) {
  HLS_DATAFLOW
  fir_filter(samples, filtered);
}
