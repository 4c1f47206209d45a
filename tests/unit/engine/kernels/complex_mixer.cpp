// Numerically controlled oscillator and mixer: quarter-wave table filled by a function at start-up, struct payloads.
#include <ap_int.h>
#include <hls_stream.h>

struct iq_t {
  ap_int<12> i;
  ap_int<12> q;
};

static void fill(short table[16]) {
  for (int n = 0; n < 16; n++) {
    const int x = 2 * n + 1;  // sine of a quarter by a parabola
    table[n] = (x * (64 - x) * 2047) >> 10;
  }
}

static short wave(ap_uint<6> phase) {
  short table[16];
  fill(table);
  ap_uint<4> at = phase(3, 0);
  if (phase[4]) at = ~at;
  const short s = table[at];
  return phase[5] ? short(-s) : s;
}

static void oscillate(hls::stream<ap_int<12> >& in, hls::stream<iq_t>& mixed) {
#pragma HLS PIPELINE II=1
  static ap_uint<16> phase = 0;
  const ap_int<12> x = in.read();
  phase += 2731;
  iq_t out;
  out.i = (x * wave(phase >> 10)) >> 11;
  out.q = (x * wave((phase >> 10) + 16)) >> 11;
  mixed << out;
}

static void power(hls::stream<iq_t>& mixed, hls::stream<ap_uint<24> >& out) {
#pragma HLS PIPELINE II=1
  iq_t x;
  mixed >> x;
  out << ap_uint<24>(x.i * x.i + x.q * x.q);
}

void complex_mixer(hls::stream<ap_int<12> >& in, hls::stream<ap_uint<24> >& out) {
#pragma HLS DATAFLOW
  static hls::stream<iq_t> mixed;
  oscillate(in, mixed);
  power(mixed, out);
}
