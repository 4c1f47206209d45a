// A word is offered in an early stage of a loop whose older iterations come to the same memory port later: it
// must stay offered while nobody takes it.
HLS_PROCESS void p_a(hls::stream<ap_int<12> >& in00, hls::stream<ap_uint<220> >& out00, hls::stream<ap_uint<8> >& out01) {
  ap_uint<8> v0 = 1;
  static ap_uint<8> v1;
  ap_int<220> v3 = 3;
  static ap_uint<220> ram0[8] = {1, 1, 0, 0, 1, 0};
  v1 = in00.read();
  for (int i1 = 0; i1 < 2; i1++) {
    for (int i2 = -2; i2 < 0; i2 += 1) {
      v0 = in00.read();
      ram0[i2 + 2] = ram0[i2 + 2] + ap_uint<220>(ap_int<12>((-ap_int<1>((v0 ^ ap_uint<12>(0u))))));
      if ((ap_uint<12>((v3 ^ v0)) < 2)) {
        ram0[ap_uint<1>(v0)] = ram0[ap_uint<1>(v0)] + ap_uint<220>(v3);
        v1 = ap_uint<1>((ram0[i2 + 2] | ap_uint<12>(i1)));
      } else {
        out01.write(ap_uint<8>(v0));
      }
    }
  }
  out00.write(ap_uint<220>(v0 ^ v1 ^ v3));
  out01.write(ap_uint<8>(v0 ^ v1 ^ v3));
}
