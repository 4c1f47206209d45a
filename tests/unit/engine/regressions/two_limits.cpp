// A counter that two tests limit, each its own step, can step over the number of the smaller one.
HLS_PROCESS void p_a(hls::stream<ap_uint<4> >& in00, hls::stream<ap_uint<12> >& out00) {
  ap_uint<5> i = 0;
  for (int n = 0; n < 40; n++) {
    const ap_uint<4> w = in00.read();
    if (w[0]) {
      if (i != 6) { i++; out00.write(i + 100); }
      out00.write(1000);
    } else {
      if (i != 3) { i++; out00.write(i + 200); }
      out00.write(1001);
    }
  }
  out00.write(i);
}
