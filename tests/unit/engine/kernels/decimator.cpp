// CIC decimator: integrators at the input rate, combs at the output rate; loops over template parameters, `continue`.
#include <ap_int.h>
#include <hls_stream.h>

template <int STAGES, int RATE>
static void cic(hls::stream<ap_int<8> >& in, hls::stream<ap_int<20> >& out) {
  static ap_int<20> integrator[STAGES], comb[STAGES];
#pragma HLS ARRAY_PARTITION variable=integrator complete
#pragma HLS ARRAY_PARTITION variable=comb complete
  static int phase;
#pragma HLS PIPELINE II=1
  ap_int<20> x = in.read();
  for (int s = 0; s < STAGES; s++) {
    integrator[s] += x;
    x = integrator[s];
  }
  phase = phase == RATE - 1 ? 0 : phase + 1;
  if (phase != 0) return;
  for (int s = 0; s < STAGES; s++) {
    const ap_int<20> before = comb[s];
    comb[s] = x;
    x -= before;
  }
  out.write(x);
}

void decimator(hls::stream<ap_int<8> >& in, hls::stream<ap_int<20> >& out) { cic<3, 4>(in, out); }
