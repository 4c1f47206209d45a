// The compiler sees that the bits of a word are turned round, and says so in one instruction.
HLS_PROCESS void p_a(hls::stream<ap_uint<8> >& in00, hls::stream<ap_uint<8> >& out00) {
  const ap_uint<8> word = in00.read();
  ap_uint<8> turned = 0;
  HLS_UNROLL_BEFORE for (int i = 0; i < 8; i++) {
    HLS_UNROLL_INSIDE
    turned[7 - i] = word[i];
  }
  out00.write(turned);
}
