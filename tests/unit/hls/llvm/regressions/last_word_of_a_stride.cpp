// Every third word is used, and the last one begins less than three words before the array's end.
HLS_PROCESS void p_a(hls::stream<ap_uint<9> >& in00, hls::stream<ap_uint<20> >& out00) {
  static const unsigned rom[25] = {3,  1,  4,  1,  5,  9,  2,  6,  5,  3,  5,  8, 9,
                                   79, 32, 38, 46, 26, 43, 38, 32, 79, 50, 28, 84};
  static unsigned counts[13];
  for (int i = 0; i < 40; i++) {
    const ap_uint<9> word = in00.read();
    const int step = int(word.range(4, 0)) % 9;
    counts[4 * (step % 4)] += rom[3 * step] + (word[8] ? rom[24] : rom[0]);
    out00.write(counts[4 * (step % 4)]);
  }
}
