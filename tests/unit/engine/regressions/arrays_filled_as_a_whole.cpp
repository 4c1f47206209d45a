// clang fills and copies local arrays of built-in integers with memset and memcpy.
HLS_PROCESS void p_a(hls::stream<ap_uint<9> >& in00, hls::stream<ap_uint<20> >& out00) {
  int cleared[16] = {0};
  short table[3][4] = {{1, -2, 3, 4}, {5, 6, 7, 8}, {9, 10, -11, 12}};
  bool flags[40] = {true, false, true, true};
  unsigned char ones[9];
  for (int i = 0; i < 9; i++) ones[i] = 255;
  for (int i = 0; i < 9; i++) {
    const ap_uint<9> word = in00.read();
    cleared[word & 15] += 3;
    table[word % 3][(word >> 2) & 3] += 1;
    flags[word % 40] = !flags[(word >> 1) % 40];
    ones[word % 9] += i;
    out00.write(cleared[(word >> 4) & 15] + flags[word & 31] + table[(word >> 3) % 3][word & 3] + ones[(word >> 5) % 9]);
  }
}
