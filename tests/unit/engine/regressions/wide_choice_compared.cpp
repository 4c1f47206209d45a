// A choice of 177 bits shares the tables of a comparison too long for a stage: the net to its bits is part of them.
HLS_PROCESS void p_a(hls::stream<ap_uint<177> >& in00, hls::stream<ap_uint<1> >& out00) {
  ap_uint<177> a = in00.read();
  ap_uint<177> b = in00.read();
  ap_uint<1> c = 1;
  for (int i = 0; i < 20; i++) {
    const ap_uint<177> chosen = c ? a : b;
    c = ap_uint<177>(i * 3) <= chosen;
    b = ap_uint<177>(a + c);
    a = in00.read();
    out00.write(c);
  }
}
