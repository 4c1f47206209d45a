// A test before a loop and the same test in it are two operations; they were taken for tests that exclude each other.
HLS_PROCESS void p_a(hls::stream<ap_uint<4> >& in00, hls::stream<ap_uint<8> >& out00) {
  const ap_uint<4> x = in00.read() & 3;
  const bool three = x == 3;
  out00.write(three);
  for (int i = 0; i < 2; i++) {
    if (three) out00.write(20);
    switch (int(x)) {
      case 3: out00.write(30); break;
      case 1: out00.write(40); break;
      case 2: break;
    }
  }
}
