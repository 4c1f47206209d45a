// A nest made one loop, with an exit that leads back into it: what this exit gives a variable was lost.
HLS_PROCESS void p_a(hls::stream<ap_uint<4> >& in00, hls::stream<ap_uint<12> >& out00, hls::stream<ap_uint<12> >& out01) {
  unsigned s = 0, j;
  unsigned n = 3;
  ap_uint<4> w;
  while (true) {
    j = s;
    s = 1;
    while (true) {
      HLS_PIPELINE(1)
      if (j == 4) { n = 0; break; }
      w = in00.read();
      if (w == 0) { out01.write(77); return; }
      if (w == 1) { out01.write(n); n = n + 5; break; }
      out00.write(n);
      if (w < 4) s = s + 1;
      j++;
    }
  }
}
