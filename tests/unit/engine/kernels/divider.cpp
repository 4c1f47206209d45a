// Restoring division bit by bit, integer square root, greatest common divisor: loops that end on data.
#include <ap_int.h>
#include <hls_stream.h>

template <int W>
static void divide(ap_uint<W> n, ap_uint<W> d, ap_uint<W>& q, ap_uint<W>& r) {
  r = 0;
  q = 0;
  for (int i = W - 1; i >= 0; i--) {
#pragma HLS PIPELINE II=1
    r = (r << 1) | n[i];
    if (r >= d) {
      r -= d;
      q[i] = 1;
    }
  }
}

static ap_uint<8> root(ap_uint<16> x) {
  ap_uint<8> result = 0;
  for (ap_uint<8> bit = 128; bit != 0; bit >>= 1) {
    const ap_uint<8> trial = result | bit;
    if (trial * trial <= x) result = trial;
  }
  return result;
}

static unsigned gcd(unsigned a, unsigned b) {
  while (b != 0) {
    const unsigned t = b;
    b = a % b;
    a = t;
  }
  return a;
}

void divider(hls::stream<ap_uint<16> >& in, hls::stream<ap_uint<16> >& out) {
  const ap_uint<16> a = in.read(), b = in.read();
  ap_uint<15> q, r;
  divide<15>(a, b(14, 0) | 1, q, r);
  out.write(q);
  out.write(r);
  out.write(root(a));
  out.write(gcd(a & 255, b & 255));
}
