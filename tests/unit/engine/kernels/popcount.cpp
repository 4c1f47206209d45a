// Population count, leading zeros, Gray code and a priority arbiter; recursion of templates, enum flags, bool arrays.
#include <ap_int.h>
#include <hls_stream.h>

template <int W>
struct popcount_of {
  static int of(ap_uint<W> x) {
    const int half = W / 2;
    return popcount_of<half>::of(x(half - 1, 0)) + popcount_of<W - half>::of(x(W - 1, half));
  }
};
template <>
struct popcount_of<1> {
  static int of(ap_uint<1> x) { return x; }
};

static int arbitrate(ap_uint<8> requests, ap_uint<3> last) {
  for (int i = 1; i <= 8; i++) {
    const ap_uint<3> candidate = last + i;
    if (requests[candidate]) return candidate;
  }
  return -1;
}

void popcount(hls::stream<ap_uint<24> >& in, hls::stream<ap_uint<24> >& out) {
#pragma HLS PIPELINE II=1
  static ap_uint<3> last = 0;
  ap_uint<24> x = in.read();
  ap_uint<8> gray = x ^ (x >> 1);
  bool set[8];
  for (int i = 0; i < 8; i++) set[i] = gray[i];
  const int winner = arbitrate(x, last);
  if (winner >= 0) last = winner;
  ap_uint<24> result = (gray, ap_uint<5>(popcount_of<24>::of(x)), ap_uint<5>(x.countLeadingZeros()), last);
  if (set[3] && !set[4]) result[23] = !result[23];
  out.write(result);
}
