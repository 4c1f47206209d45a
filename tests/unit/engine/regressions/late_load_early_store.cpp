// The word a late load wants must not be overwritten by the next iteration's early store.
HLS_PROCESS void p_a(hls::stream<ap_uint<32> >& in00, hls::stream<ap_uint<32> >& out00) {
  static ap_uint<32> words[8];
  for (int i = 0; i < 11; i++) {
    HLS_PIPELINE(1)
    const ap_uint<32> word = in00.read();
    words[ap_uint<3>(word)] = word;
    ap_uint<32> hash = word * word + 12345;
    hash = hash * word + (hash >> 9);
    hash = hash * word + (hash >> 7);
    out00.write(words[ap_uint<3>(hash >> 20)]);
  }
}
