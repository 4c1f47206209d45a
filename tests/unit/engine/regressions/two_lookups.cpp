// Two reads of one memory in an iteration, in stages that meet only after an uneven stall: the older one goes first.
HLS_PROCESS void p_a(hls::stream<ap_uint<16> >& in00, hls::stream<ap_uint<32> >& out00) {
  static ap_uint<32> table[256];
  for (int i = 0; i < 256; i++) table[i] = ap_uint<32>(i * 77777 + 3);
  for (int i = 0; i < 40; i++) {
    HLS_PIPELINE(2)
    const ap_uint<16> word = in00.read();
    const ap_uint<32> first = table[ap_uint<8>(word)];
    const ap_uint<32> mixed = ap_uint<32>(first * word) * word;
    const ap_uint<32> second = table[ap_uint<8>(mixed + (mixed >> 9) + word)];
    out00.write(second + first);
  }
}
