// A shift of a shift by sums that wrap: the hardware was right, Verilator 5.048 added the amounts in too few bits.
HLS_PROCESS void p_a(hls::stream<ap_uint<20> >& in00, hls::stream<ap_uint<20> >& out00) {
  const ap_uint<20> word = in00.read();
  out00.write((ap_uint<20>(2) >> ap_uint<1>(word[2])) >> ap_uint<1>(word[0]));
  out00.write((word << ap_uint<1>(word[2])) << ap_uint<1>(word[0]));
  out00.write((word >> ap_uint<2>(word >> 3)) >> ap_uint<2>(word >> 5));
}
