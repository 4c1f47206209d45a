// What LLVM makes intrinsics of: saturation, three-way comparisons, switches of single bits.
HLS_PROCESS void p_a(hls::stream<ap_uint<32> >& in00, hls::stream<ap_uint<32> >& out00) {
  static ap_int<16> total;
  static int state = 1;
  const ap_uint<32> word = in00.read();
  const ap_int<17> sum = total + ap_int<16>(word);
  total = sum > 32767 ? ap_int<16>(32767) : sum < -32768 ? ap_int<16>(-32768) : ap_int<16>(sum);
  unsigned limited = word.to_uint() + (word >> 1).to_uint();
  if (limited < word.to_uint()) limited = ~0u;
  const int a = ap_int<5>(word).to_int(), b = ap_int<5>(word >> 9).to_int();
  const int sign = (a > b) - (a < b);
  int y = 0;
  switch (state) {
    case 1: y = 17; state = word[0] ? 2 : 4; break;
    case 2: y = 5; state = 4; break;
    case 4: y = 99; state = word[1] ? 8 : 16; break;
    case 8: y = 3; state = 16; break;
    case 16: y = 77; state = word[2] ? 1 : 32; break;
    case 32: y = 12; state = 1; break;
    default: y = 1000; state = 1;
  }
  out00.write(total);
  out00.write(limited);
  out00.write(sign * 100 + y);
}
