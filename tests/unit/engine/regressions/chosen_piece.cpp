// A piece of a word, chosen by bits of an index: LLVM makes a shift by a chosen constant of it.
HLS_PROCESS void p_a(hls::stream<ap_uint<8> >& in00, hls::stream<ap_uint<40> >& in01, hls::stream<ap_uint<7> >& out00) {
  HLS_PIPELINE(1)
  const ap_uint<8> index = in00.read();
  const ap_uint<40> word = in01.read();
  const ap_uint<7> low = index[0] ? ap_uint<7>(word >> 7) : ap_uint<7>(word);
  const ap_uint<7> high = index[0] ? ap_uint<7>(word >> 21) : ap_uint<7>(word >> 14);
  const ap_uint<7> top = index[2] ? ap_uint<7>(word >> 36) : ap_uint<7>(word >> 28);
  out00.write(index[1] ? high : index[3] ? top : low);
}
