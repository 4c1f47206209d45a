// A loop is left by a variable whose next value takes more than a cycle: its old value was tested.
HLS_PROCESS void p_a(hls::stream<ap_uint<8> >& in00, hls::stream<ap_uint<8> >& out00) {
  ap_uint<16> x = in00.read();
  bool done = false;
  while (!done) {
    HLS_PIPELINE(1)
    out00.write(x);
    ap_uint<32> y = x * x + 3;
    y = y * y + 3;
    y = y * y + 3;
    done = y[20];
    x = x + 5;
  }
  out00.write(7);
}
