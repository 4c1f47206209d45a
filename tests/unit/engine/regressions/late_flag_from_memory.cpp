// As late_flag.cpp, with a value that comes from a block RAM.
HLS_PROCESS void p_a(hls::stream<ap_uint<8> >& in00, hls::stream<ap_uint<8> >& out00) {
  ap_uint<8> rom[512];
  for (int k = 0; k < 512; k++) { HLS_PIPELINE(1) rom[k] = k; }
  ap_uint<9> x = in00.read();
  bool done = false;
  while (!done) {
    HLS_PIPELINE(1)
    out00.write(x);
    done = rom[x] > 250;
    x += 1;
  }
  out00.write(1);
}
