// Rows of a local array, chosen by constants, with an index plus a constant.
HLS_PROCESS void p_a(hls::stream<ap_uint<32> >& in00, hls::stream<ap_uint<32> >& out00) {
  ap_uint<8> rows[2][8];
  for (int i = 0; i < 7; i++) rows[0][i + 1] = in00.read();
  for (int i = 0; i < 7; i++) rows[1][i + 1] = in00.read();
  rows[0][0] = 5;
  rows[1][0] = 6;
  for (int i = 0; i < 7; i++) out00.write(rows[0][i] + 256 * rows[1][i + 1]);
}
