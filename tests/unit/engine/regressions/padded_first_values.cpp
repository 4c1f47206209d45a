// First values that LLVM keeps as those written and an array of zeros are one array all the same.
HLS_PROCESS void p_a(hls::stream<ap_uint<8> >& in00, hls::stream<ap_uint<9> >& out00) {
  static const ap_uint<8> few[70] = {1, 2, 3};
  static const ap_uint<9> more[80] = {9, 8, 7, 6, 5, 4, 3, 2, 1, 11};
  static ap_uint<8> state[90] = {7, 6};
  for (int i = 0; i < 5; i++) {
    const ap_uint<8> x = in00.read();
    out00.write(few[x & 63] + x);
    out00.write(more[x & 31]);
    out00.write(state[x & 63] + few[2] + more[i]);
    state[(x >> 1) & 63] = x;
  }
}
