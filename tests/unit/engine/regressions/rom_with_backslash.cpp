// A byte ROM is a string in LLVM IR, in which 92 is an escaped backslash.
HLS_PROCESS void p_a(hls::stream<ap_uint<3> >& in00, hls::stream<ap_uint<8> >& out00) {
  static const unsigned char table[8] = {65, 92, 34, 200, 92, 92, 0, 50};
  out00.write(ap_uint<8>(table[in00.read()]));
}
