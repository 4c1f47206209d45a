// Add-compare-select of a four-state Viterbi decoder with traceback in registers; arrays swapped by references.
#include <ap_int.h>
#include <hls_stream.h>

struct path {
  ap_uint<7> metric;
  ap_uint<12> bits;
};

static ap_uint<2> branch(int state, int bit) {
  const ap_uint<3> s = (state << 1) | bit;
  return (ap_uint<1>(s[0] ^ s[1] ^ s[2]), ap_uint<1>(s[0] ^ s[2]));
}
static int distance(ap_uint<2> a, ap_uint<2> b) {
  const ap_uint<2> d = a ^ b;
  return d[0] + d[1];
}

void viterbi(hls::stream<ap_uint<2> >& in, hls::stream<ap_uint<12> >& out) {
  path now[4], next[4];
#pragma HLS ARRAY_PARTITION variable=now complete
#pragma HLS ARRAY_PARTITION variable=next complete
  for (int s = 0; s < 4; s++) {
    now[s].metric = s ? 40 : 0;
    now[s].bits = 0;
  }
  for (int t = 0; t < 12; t++) {
#pragma HLS PIPELINE II=1
    const ap_uint<2> symbol = in.read();
    for (int s = 0; s < 4; s++) {
      const int a = s >> 1, b = a + 2, bit = s & 1;
      const ap_uint<7> ma = now[a].metric + distance(branch(a, bit), symbol);
      const ap_uint<7> mb = now[b].metric + distance(branch(b, bit), symbol);
      const path& best = ma <= mb ? now[a] : now[b];
      next[s].metric = ma <= mb ? ma : mb;
      next[s].bits = (best.bits << 1) | bit;
    }
    for (int s = 0; s < 4; s++) now[s] = next[s];
  }
  path best = now[0];
  for (const path& p : now)
    if (p.metric < best.metric) best = p;
  out.write(best.bits);
}
