// Hamming(15,11) coder and corrector: constexpr masks, xor_reduce, bit references, a switch on ranges of cases.
#include <ap_int.h>
#include <hls_stream.h>

struct Hamming {
  static constexpr unsigned mask(int parity) {
    unsigned m = 0;
    for (int bit = 1; bit < 16; bit++)
      if (bit >> parity & 1) m |= 1u << (bit - 1);
    return m;
  }
  static ap_uint<15> encode(ap_uint<11> data) {
    ap_uint<15> code = 0;
    int next = 0;
    for (int bit = 1; bit < 16; bit++) {
      switch (bit) {
        case 1:
        case 2:
        case 4:
        case 8:
          break;
        default:
          code[bit - 1] = data[next++];
      }
    }
    for (int p = 0; p < 4; p++) code[(1 << p) - 1] = ap_uint<15>(code & mask(p)).xor_reduce();
    return code;
  }
  static ap_uint<4> syndrome(ap_uint<15> code) {
    ap_uint<4> s;
    for (int p = 0; p < 4; p++) s[p] = ap_uint<15>(code & mask(p)).xor_reduce();
    return s;
  }
};

void hamming(hls::stream<ap_uint<15> >& in, hls::stream<ap_uint<19> >& out) {
#pragma HLS PIPELINE II=1
  const ap_uint<15> w = in.read();
  ap_uint<15> code = Hamming::encode(w(10, 0));
  const ap_uint<4> flipped = w(14, 11);
  if (flipped != 0) code[flipped - 1] = !code[flipped - 1];
  const ap_uint<4> s = Hamming::syndrome(code);
  if (s != 0) code.invert(s - 1);
  out.write((s, code));
}
