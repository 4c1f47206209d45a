// Signed against unsigned: Xilinx's headers compare as C does once a width reaches 32 bits, and a remainder is
// signed if its left operand is.
HLS_PROCESS void p_a(hls::stream<ap_uint<60> >& in00, hls::stream<ap_uint<9> >& out00) {
  const ap_uint<60> word = in00.read();
  const ap_int<3> little = word;
  const ap_int<40> middle = word;
  const ap_int<60> same = word;
  ap_uint<9> found = 0;
  found[0] = little >= word;
  found[1] = middle < word;
  found[2] = same == word;
  found[3] = little < ap_uint<5>(word >> 9);
  found[4] = middle <= ap_uint<40>(word >> 3);
  found[5] = ap_uint<31>(word) > little;
  found[6] = same != ap_uint<60>(word >> 1);
  found[7] = word < -1;
  found[8] = ap_uint<20>(word) < -1;
  out00.write(found);
  out00.write(ap_uint<9>(ap_uint<6>(word) % ap_int<6>(little | ap_int<6>(1))));
  out00.write(ap_uint<9>((-ap_int<1>(word)) << 2));
  out00.write(ap_uint<9>(little % ap_uint<6>((word >> 7) | 1)));
}
