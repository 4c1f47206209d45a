// Biquad IIR, transposed direct form II, cascaded by a template over sections.
#include <ap_int.h>
#include <hls_stream.h>

struct biquad_coefficients {
  int b0, b1, b2, a1, a2;
};

template <int SECTION>
struct biquad {
  ap_int<32> s1 = 0, s2 = 0;
  ap_int<18> step(ap_int<18> x) {
#pragma HLS INLINE
    static constexpr biquad_coefficients table[2] = {{1024, 2048, 1024, -1200, 600}, {900, -300, 77, 200, -150}};
    constexpr biquad_coefficients c = table[SECTION];
    const ap_int<18> y = (x * c.b0 + s1) >> 12;
    s1 = x * c.b1 - y * c.a1 + s2;
    s2 = x * c.b2 - y * c.a2;
    return y;
  }
};

void iir(hls::stream<ap_int<18> >& in, hls::stream<ap_int<18> >& out) {
#pragma HLS PIPELINE
  static biquad<0> first;
  static biquad<1> second;
  out << second.step(first.step(in.read()));
}
