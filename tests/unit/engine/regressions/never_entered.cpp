// A loop behind a condition that only the engine knows to be false had gone when it was to be shortened.
HLS_PROCESS void p_a(hls::stream<ap_uint<6> >& in00, hls::stream<ap_uint<6> >& out00) {
  static ap_int<24> zeros[4];
  static ap_uint<6> ring[16];
  ap_uint<4> at = 0;
  const ap_uint<6> first = in00.read();
  for (int i = 0; i < 12; i++) {
    HLS_DEPENDENCE_DISTANCE(ring, 7)
    ring[at] = ring[at] + first + ap_int<80>(zeros[ap_uint<1>(zeros[ap_uint<1>(1)] >> ap_uint<1>(0))]);
    at = at == 6 ? ap_uint<4>(0) : ap_uint<4>(at + 1);
  }
  if (ap_uint<24>(1) < ap_int<24>(~zeros[1])) {
    for (int i = 0; i < 26; i++) {
      HLS_PIPELINE(1)
      out00.write(in00.read());
    }
  }
  out00.write(ring[first & 7]);
}
