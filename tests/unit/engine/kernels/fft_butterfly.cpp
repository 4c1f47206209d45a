// Radix-2 FFT of eight points: bit-reversed load, stages, twiddles of a table; a complex struct with operators.
#include <ap_int.h>
#include <hls_stream.h>

struct cplx {
  ap_int<16> re, im;
  cplx operator+(const cplx& o) const { return {ap_int<16>((re + o.re) >> 1), ap_int<16>((im + o.im) >> 1)}; }
  cplx operator-(const cplx& o) const { return {ap_int<16>((re - o.re) >> 1), ap_int<16>((im - o.im) >> 1)}; }
  cplx operator*(const cplx& o) const {
    return {ap_int<16>((re * o.re - im * o.im) >> 14), ap_int<16>((re * o.im + im * o.re) >> 14)};
  }
};

static const cplx W[4] = {{16384, 0}, {11585, -11585}, {0, -16384}, {-11585, -11585}};

template <int STAGE>
static void stage(cplx x[8]) {
  constexpr int half = 1 << STAGE;
butterflies:
  for (int i = 0; i < 4; i++) {
    const int group = i >> STAGE, k = i & (half - 1);
    const int top = group * 2 * half + k, bottom = top + half;
    const cplx t = x[bottom] * W[k << (2 - STAGE)];
    const cplx u = x[top];
    x[top] = u + t;
    x[bottom] = u - t;
  }
}

void fft_butterfly(hls::stream<ap_int<16> >& in, hls::stream<ap_int<32> >& out) {
  cplx x[8];
  for (ap_uint<4> i = 0; i < 8; i++) {
    ap_uint<3> r = i;
    r.reverse();
    cplx v;
    v.re = in.read();
    v.im = 0;
    x[r] = v;
  }
  stage<0>(x);
  stage<1>(x);
  stage<2>(x);
  for (int i = 0; i < 8; i++) out.write(ap_int<32>((x[i].re, x[i].im)));
}
