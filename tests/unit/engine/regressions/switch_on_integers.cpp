// An integer says which case of a switch it is, as does a range; as a condition it counts with 64 bits.
HLS_PROCESS void p_a(hls::stream<ap_uint<100> >& in00, hls::stream<ap_int<9> >& out00) {
  ap_uint<100> word = in00.read();
  const ap_uint<2> kind = word;
  const ap_int<3> little = word >> 2;
  ap_int<9> found = 3;
  switch (kind) {
    case 0: found = 1; break;
    case 2: found = 7;
  }
  switch (little) {
    case -1: found += 9; break;
    case 2: found += 17;
  }
  switch (word.range(7, 4)) {
    case 15: found ^= 31; break;
    case 9: found ^= 2;
  }
  if (word) found += 1;
  if (word >> 70) found -= 40;
  if (ap_uint<100>(word.range(99, 80)) << 70) found += 3;
  enum states { idle, busy = 5 };
  const states state = word[8] ? busy : idle;
  if (kind - state < 0) found += 2;
  out00.write(found);
  out00.write(little ? 1 : 2);
}
