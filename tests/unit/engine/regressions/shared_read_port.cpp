// Two loads of one memory in an iteration: they share the read port, the older iteration goes first, and what the
// younger one has read already must not be lost while it waits.
HLS_PROCESS void p_a(hls::stream<ap_uint<13> >& in00, hls::stream<ap_uint<40> >& out00) {
  static ap_uint<40> words[256];
  for (int i = 0; i < 14; i++) {
    HLS_PIPELINE(1)
    const ap_uint<13> word = in00.read();
    const ap_uint<40> first = words[ap_uint<8>(word)];
    if (word[12]) out00.write(first + 1);
    const ap_uint<40> second = words[ap_uint<8>(first * 77 + word)];
    out00.write(second ^ first);
    words[ap_uint<8>(i * 19)] = word * ap_uint<27>(12345678u);
  }
}
