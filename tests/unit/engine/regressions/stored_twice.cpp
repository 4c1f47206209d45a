// As tested_twice.cpp, with two stores that were made one.
HLS_PROCESS void p_a(hls::stream<ap_uint<4> >& in00, hls::stream<ap_uint<8> >& out00) {
  static ap_uint<8> ram[100];
  const ap_uint<4> x = in00.read() & 3;
  const bool c = x == 3;
  out00.write(c);
  for (int i = 0; i < 4; i++) {
    HLS_PIPELINE(1)
    const ap_uint<4> w = in00.read();
    if (c) ram[w] = 1 + i;
    switch (int(x)) {
      case 3: ram[w + 20] = 2; break;
      case 1: ram[w + 30] = 3; break;
      case 2: out00.write(7); break;
    }
  }
  for (int i = 0; i < 16; i++) { HLS_PIPELINE(1) out00.write(ram[i] + ram[i + 20] * 16); }
}
