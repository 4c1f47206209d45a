// Variables and arrays without a first value: a flag says when they have one, so their registers need no reset.
HLS_PROCESS void p_a(hls::stream<ap_uint<8> >& in00, hls::stream<ap_uint<16> >& out00) {
  ap_uint<16> sum;
  ap_uint<16> kept[1];
  ap_uint<16> many[4];
  bool empty = true;
  for (int i = 0; i < 6; i++) {
    HLS_PIPELINE(1)
    const ap_uint<8> word = in00.read();
    sum = (empty ? ap_uint<16>(0) : sum) + word;
    kept[0] = empty ? ap_uint<16>(word) : ap_uint<16>(kept[0] ^ (word << 3));
    many[i & 3] = i < 4 ? ap_uint<16>(word) : ap_uint<16>(many[i & 3] + word);
    empty = false;
  }
  for (int i = 0; i < 4; i++) {
    HLS_PIPELINE(1)
    out00.write(many[i] + sum + kept[0]);
  }
}
HLS_PROCESS void p_b(hls::stream<ap_uint<16> >& out00, hls::stream<ap_uint<16> >& out01) {
  ap_uint<16> last;
  if (out00.read() & 1) last = out00.read();
  else last = 5;
  ap_uint<16> next;
  bool some = false;
  while (true) {
    HLS_PIPELINE(1)
    const ap_uint<16> word = out00.read();
    out01.write(some ? ap_uint<16>(next + last) : word);
    if (word & 2) {
      next = word;
      some = true;
    }
    if (word & 4) break;
  }
}
