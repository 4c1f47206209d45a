// Loops to unroll whose bodies hold stream accesses and directives stayed loops.
HLS_PROCESS void p_a(hls::stream<ap_uint<16> >& in00, hls::stream<ap_uint<16> >& out00) {
  HLS_PIPELINE(8)
  const ap_uint<16> word = in00.read();
  HLS_UNROLL_BEFORE
  for (int i = 0; i < 8; i++) {
    HLS_UNROLL_INSIDE
    out00.write(word + i);
  }
}
