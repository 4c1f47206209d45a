// The word a late load wants must not be overwritten by the next iteration's early store.
HLS_PROCESS void p_a(hls::stream<ap_uint<3> >& in00, hls::stream<ap_uint<32> >& out00) {
  static ap_uint<32> words[8];
  for (int i = 0; i < 11; i++) {
    HLS_PIPELINE(1)
    const ap_uint<3> place = in00.read();
    words[place] = words[place] + i + 1;
    ap_uint<32> hash = place * ap_uint<32>(2654435761u);
    hash = (hash ^ (hash >> 13)) * ap_uint<32>(1274126177u);
    out00.write(words[ap_uint<3>(hash >> 20)]);
  }
}
