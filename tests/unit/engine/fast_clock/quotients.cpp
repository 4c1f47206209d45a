// Divisions and sums that take several cycles, in a pipelined loop with an early end and in a recurrence.
HLS_PROCESS void p_a(hls::stream<ap_uint<32> >& in00, hls::stream<ap_uint<64> >& out00) {
  ap_uint<160> total = 1;
  for (int i = 0; i < 12; i++) {
    HLS_PIPELINE(1)
    const ap_uint<32> word = in00.read();
    const ap_int<12> a = word, b = ap_int<12>(word >> 16) | 1;
    out00.write(ap_uint<64>(ap_uint<16>(a / b)) << 16 | ap_uint<16>(a % b));
    if (word[31] && word[30] && word[29]) break;
    total += (ap_uint<160>(word) << 100) + (ap_uint<160>(total) << 3);
  }
  ap_uint<10> rest = 777;
  for (int i = 0; i < 5; i++) rest = ap_uint<10>(1023) - (rest % ap_uint<6>(in00.read() | 1));
  out00.write(ap_uint<64>(total >> 96) ^ ap_uint<64>(total) ^ rest);
  out00.write(total < (ap_uint<160>(in00.read()) << 128) ? 1 : 2);
}
