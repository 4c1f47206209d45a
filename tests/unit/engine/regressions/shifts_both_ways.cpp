// Negative amounts shift the other way; of a built-in amount all bits count, of one of our own 32.
HLS_PROCESS void p_a(hls::stream<ap_uint<64> >& in00, hls::stream<ap_uint<64> >& out00) {
  ap_uint<64> word = in00.read();
  const ap_int<5> amount = word;
  const int places = ap_int<7>(word >> 3).to_int();
  const ap_int<40> value = word;
  out00.write(ap_uint<64>(word << amount));
  out00.write(ap_uint<64>(word >> places));
  out00.write(ap_uint<64>(value >> ap_int<1>(word)));
  out00.write(ap_uint<64>(value << places));
  out00.write(ap_uint<40>(word) >> ap_uint<64>((word & 3) << 32));
  out00.write(ap_uint<40>(word) << (word[0] ? 1ll << 33 : 2));
  word >>= amount;
  out00.write(word);
}
