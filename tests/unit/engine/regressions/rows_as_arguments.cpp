// A row and a shifted window of another one, passed to a function.
HLS_INLINE ap_uint<16> windowed(const ap_uint<8>* window) {
  ap_uint<16> s = 0;
  for (int i = 0; i < 3; i++) s = s * 5 + window[i];
  return s;
}
HLS_PROCESS void p_a(hls::stream<ap_uint<32> >& in00, hls::stream<ap_uint<32> >& out00) {
  ap_uint<8> rows[2][6];
  for (int i = 0; i < 6; i++) { rows[0][i] = in00.read(); rows[1][5 - i] = in00.read(); }
  for (int i = 0; i < 3; i++) out00.write(windowed(&rows[1][i + 1]) + windowed(rows[0] + i));
  for (int i = 0; i < 4; i++) out00.write(windowed(&rows[1][i]));
}
