// Bypassed arrays, in block RAM and in look-up tables: stores of the iteration before are seen, those of the
// iteration behind are not; with conditions, with two loads, and at an interval of two.
HLS_PROCESS void p_a(hls::stream<ap_uint<9> >& in00, hls::stream<ap_uint<20> >& out00) {
  static ap_uint<20> counts[256];
  static ap_uint<20> few[16];
  static ap_uint<20> pairs[256];
  for (int i = 0; i < 20; i++) {
    HLS_PIPELINE(1)
    HLS_BYPASS(counts)
    HLS_BYPASS(few)
    const ap_uint<9> word = in00.read();
    const ap_uint<8> key = word & 3;
    if (word[5]) counts[key] = counts[key] + word;
    few[ap_uint<4>(word >> 7)] = few[ap_uint<4>(word >> 7)] + counts[key];
    out00.write(few[ap_uint<4>(word >> 7)]);
  }
  for (int i = 0; i < 4; i++) {
    HLS_PIPELINE(2)
    HLS_BYPASS(pairs)
    const ap_uint<9> word = in00.read();
    pairs[ap_uint<1>(word)] = pairs[ap_uint<1>(word >> 1)] ^ (pairs[ap_uint<1>(word >> 2)] + word);
    out00.write(pairs[ap_uint<1>(word)] ^ counts[i]);
  }
}
