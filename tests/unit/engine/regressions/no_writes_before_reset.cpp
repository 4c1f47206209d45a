// Whatever the registers hold at power-up, no memory may change before or during reset.
HLS_PROCESS void p_a(hls::stream<ap_uint<2> >& in00, hls::stream<ap_uint<90> >& out00) {
  static ap_uint<90> words[4];
  static ap_uint<30> state;
  const ap_uint<2> place = in00.read();
  for (int i = 0; i < 3; i++) {
    words[ap_uint<2>(place + i)] = words[ap_uint<2>(place + i)] + state + 1;
    state = state + i;
  }
  out00.write(words[place]);
}
