// UltraRAM: with loads of several words in an iteration, which its one port to read takes in turn, and bypassed; each word is written
// before it is read, because the first values are not zeros.
HLS_PROCESS void p_a(hls::stream<ap_uint<20> >& in00, hls::stream<ap_uint<33> >& out00) {
  static ap_uint<30> words[128];
  static ap_uint<20> counts[8];
  HLS_RAM_ULTRA(words)
  HLS_RAM_ULTRA(counts)
  for (int i = 0; i < 8; i++) {
    HLS_PIPELINE(1)
    const ap_uint<20> word = in00.read();
    words[i] = word;
    counts[i] = word >> 5;
  }
  for (int i = 0; i < 9; i++) {
    HLS_PIPELINE(1)
    HLS_BYPASS(counts)
    const ap_uint<20> word = in00.read();
    counts[ap_uint<2>(word)] = counts[ap_uint<2>(word)] + word;
    out00.write(counts[ap_uint<2>(word)]);
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
