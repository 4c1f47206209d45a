// Accesses of several streams in one stage, with predicates, memories and a late end of the loop.
HLS_PROCESS void p_a(hls::stream<ap_uint<8> >& in00, hls::stream<ap_uint<12> >& in01,
                     hls::stream<ap_uint<12> >& out00, hls::stream<ap_uint<8> >& out01, hls::stream<ap_uint<8> >& mid0) {
  ap_uint<8> s = 1;
  static ap_uint<12> few[16];
  for (int i = 0; i < 7; i++) {
    HLS_PIPELINE(1)
    out01.write(s);
    s = s + in00.read();
    if (s[0]) {
      out00.write(few[s & 15] + s);
      few[s & 15] = in01.read();
      s = s ^ few[s & 15].range(7, 0);
    }
    mid0.write(s);
  }
}
HLS_PROCESS void p_b(hls::stream<ap_uint<8> >& mid0, hls::stream<ap_uint<9> >& in02, hls::stream<ap_uint<9> >& out02,
                     hls::stream<ap_uint<4> >& out03) {
  ap_uint<1> last = 0;
  ap_uint<9> x = 0;
  while (!last) {
    HLS_PIPELINE(1)
    out02.write(x);
    x = mid0.read() + (in02.read() >> 1);
    out03.write(x >> 5);
    last = x[3] & x[1];
  }
}
