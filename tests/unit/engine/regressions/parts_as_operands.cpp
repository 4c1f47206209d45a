// Ranges and bits as operands: integers of the width of what they are part of, not built-in ones of 64 bits.
HLS_PROCESS void p_a(hls::stream<ap_uint<120> >& in00, hls::stream<ap_uint<120> >& out00) {
  ap_uint<120> word = in00.read();
  const ap_uint<32> fixed = word;
  ap_int<8> little = word >> 7;
  ap_uint<16> found = 0;
  found[0] = word.range(3, 0) - 5 < 0;
  found[1] = ~word[1] & word[2];
  found[2] = word.range(7, 0) > -1;
  found[3] = -1 < word.range(7, 0);
  found[4] = word.range(15, 8) == word.range(7, 0);
  found[5] = fixed(7, 0) - fixed.range(15, 8) < 0;
  found[6] = little.range(7, 0) + ap_int<8>(fixed) < 0;
  if (~word[4]) found[7] = 1;
  found[8] = ap_uint<3>(word) - word[0] < 0;
  out00.write(found);
  out00.write(word.range(99, 10) + ap_uint<3>(1));
  out00.write(word.range(99, 10) ^ word.range(118, 20));
  out00.write(word.range(7, 4) << 6);
  out00.write(-word.range(3, 0));
  word += word.range(99, 10);
  out00.write(word);
}
