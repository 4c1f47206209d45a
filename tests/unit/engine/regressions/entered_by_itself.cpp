// The exit of the inner loop leads back into it, where its test may be true at once; the test at the head had gone.
HLS_PROCESS void p_a(hls::stream<ap_uint<4> >& in00, hls::stream<ap_uint<12> >& out00, hls::stream<ap_uint<12> >& out01) {
  unsigned s = 0, j;
  ap_uint<4> w;
  while (true) {
    j = s;
    s = 1;
    while (j < 4) {
      HLS_PIPELINE(1)
      w = in00.read();
      if (w == 0) { out01.write(77); return; }
      if (w < 4) s = j * 3 + w;
      out00.write(j);
      j++;
    }
  }
}
