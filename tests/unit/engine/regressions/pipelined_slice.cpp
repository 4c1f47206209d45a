// A pipeline register of a slice needs one of its source: both are found while the registers are written.
HLS_PROCESS void p_a(hls::stream<ap_uint<60> >& in00, hls::stream<ap_uint<60> >& out00) {
  ap_uint<60> last = 1;
  for (int i = 0; i < 12; i++) {
    HLS_PIPELINE(1)
    const ap_uint<60> word = in00.read();
    const ap_uint<60> product = word * last;
    const ap_uint<60> wide = (product ^ word) * ap_uint<30>(word >> 30);
    out00.write(wide + ap_uint<7>(word >> 50) + ap_uint<9>(product >> 12));
    last = word;
  }
}
