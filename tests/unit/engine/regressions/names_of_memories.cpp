// Memories whose signals would have the names of each other, of a stream's, of the clock or of SystemVerilog.
HLS_PROCESS void p_a(hls::stream<ap_uint<32> >& in00, hls::stream<ap_uint<32> >& out00) {
  static const unsigned char table[3][8] = {{1, 2, 3, 4, 5, 6, 7, 8},
                                            {11, 12, 13, 14, 15, 16, 17, 18},
                                            {21, 22, 23, 24, 25, 26, 27, 28}};
  static const unsigned char rom[4][16] = {{1, 2, 3, 4}, {5, 6, 7, 8}, {9, 10, 11, 12}, {13, 14, 15, 16}};
  static ap_uint<8> in00_data[4];
  static ap_uint<8> words[128];
  static ap_uint<8> words_rdata[128];
  static ap_uint<8> ap_clk[32];
  static ap_uint<8> programs_loop_enter[32];
  const ap_uint<32> w = in00.read();
  const ap_uint<4> k = w;
  const ap_uint<4> l = w >> 4;
  in00_data[w & 3] = w;
  words[w & 127] = w + 1;
  words_rdata[w & 127] = w + 2;
  ap_clk[w & 31] = w;
  programs_loop_enter[w & 31] = w;
  ap_uint<8> sum = in00_data[(w >> 2) & 3] + words[(w >> 2) & 127] + words_rdata[(w >> 1) & 127];
  sum += ap_clk[(w >> 3) & 31] + programs_loop_enter[(w >> 3) & 31];
  out00.write(sum);
  out00.write(rom[0][k] + 256 * rom[1][k] + 65536 * (rom[2][l] ^ rom[3][l]));
  for (int j = 0; j < 8; j++) out00.write(table[2][j] + 256 * table[1][j]);
}
