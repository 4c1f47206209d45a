// Products with registers inside, in a loop at one iteration a cycle, in a recurrence, in a block, and of many slices.
HLS_PROCESS void p_a(hls::stream<ap_uint<32> >& in00, hls::stream<ap_uint<64> >& out00) {
  static ap_uint<16> mixed = 1;
  ap_int<40> wide = 5;
  for (int i = 0; i < 20; i++) {
    HLS_PIPELINE(1)
    const ap_uint<32> word = in00.read();
    const ap_int<16> a = word, b = word >> 16;
    out00.write(ap_uint<64>(ap_uint<32>(a * b)) ^ (ap_uint<16>(a) * ap_uint<24>(word)));
  }
  for (int i = 0; i < 10; i++) {
    HLS_PIPELINE(1)
    mixed = ap_uint<16>(mixed * ap_uint<16>(in00.read())) + 3;
    wide = ap_int<40>(wide * ap_int<33>(mixed)) ^ i;
    out00.write(ap_uint<64>(ap_uint<40>(wide)));
  }
  const ap_int<18> c = in00.read();
  if (c > 0) out00.write(ap_uint<64>(c * c * ap_int<18>(mixed)));
}
