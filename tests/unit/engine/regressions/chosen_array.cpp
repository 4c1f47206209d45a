// The compiler makes one load of two in the branches of an if, through a pointer chosen at run time.
HLS_PROCESS void p_a(hls::stream<ap_uint<20> >& in00, hls::stream<ap_uint<20> >& out00) {
  static ap_uint<20> even[16];
  static ap_uint<20> odd[16];
  const ap_uint<20> word = in00.read();
  ap_uint<20> old;
  if (word[0]) {
    old = odd[ap_uint<4>(word >> 1)];
  } else {
    old = even[ap_uint<4>(word >> 2)];
  }
  if (word[19]) {
    odd[ap_uint<4>(word)] = word;
  } else {
    even[ap_uint<4>(word)] = word + 1;
  }
  out00.write(old + 1);
}
