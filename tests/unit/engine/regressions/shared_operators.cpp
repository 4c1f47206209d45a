// Products, quotients and remainders in branches that exclude each other: one operator does the work of two.
HLS_PROCESS void p_a(hls::stream<ap_uint<48> >& in00, hls::stream<ap_int<40> >& out00) {
  for (int i = 0; i < 11; i++) {
    HLS_PIPELINE(1)
    const ap_uint<48> word = in00.read();
    const ap_int<12> a = word, b = word >> 12, c = word >> 24, d = word >> 36;
    const ap_uint<9> e = word >> 3, f = (word >> 15) | 1;
    ap_int<40> result = 0;
    switch (int(ap_uint<3>(word))) {
      case 0: result = a * b; break;
      case 1: result = c * d; break;
      case 2: result = b * d; break;
      case 3: result = ap_int<7>(a) * c; break;
      case 4: result = e / f; break;
      case 5: result = ap_uint<9>(a) / ap_uint<9>(c | 1); break;
      case 6: result = a % ap_int<12>(c | 1); break;
      default: result = d % ap_int<12>(b | 1);
    }
    out00.write(result);
  }
}
