// A ROM with two read ports, a RAM with a second one that also writes: in another loop, and in the same one.
HLS_PROCESS void p_a(hls::stream<ap_uint<20> >& in00, hls::stream<ap_uint<33> >& out00) {
  static const unsigned short table[80] = {65535, 3, 9, 27, 81, 243, 729, 2187, 6561, 19683, 59049};
  static ap_uint<30> words[128];
  static ap_uint<9> few[32];
  for (int i = 0; i < 8; i++) {
    HLS_PIPELINE(1)
    const ap_uint<20> word = in00.read();
    words[ap_uint<3>(word)] = word;
    few[ap_uint<2>(word >> 3)] = word >> 5;
  }
  for (int i = 0; i < 7; i++) {
    HLS_PIPELINE(1)
    const ap_uint<20> word = in00.read();
    out00.write(words[ap_uint<3>(word)] + (words[ap_uint<3>(word >> 3)] ^ table[ap_uint<4>(word)]) +
                table[ap_uint<4>(word >> 4)] + few[ap_uint<2>(word >> 7)] * few[ap_uint<2>(word >> 9)]);
  }
  for (int i = 0; i < 9; i++) {
    HLS_PIPELINE(1)
    const ap_uint<20> word = in00.read();
    const ap_uint<30> a = words[ap_uint<3>(word)], b = words[ap_uint<3>(word >> 3)];
    const ap_uint<30> c = words[ap_uint<3>(word >> 6)], d = words[ap_uint<3>(word >> 9)];
    words[ap_uint<3>(word >> 12)] = a + (b ^ (c + d)) + i;
    out00.write(a ^ (d + c));
  }
}
