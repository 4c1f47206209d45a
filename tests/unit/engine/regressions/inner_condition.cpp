// LLVM's NewGVN took the inner loop's two conditions for one that only the outer loop changes: it never ended.
HLS_PROCESS void p_a(hls::stream<ap_uint<3> >& in00, hls::stream<ap_int<3> >& out02) {
  ap_int<3> v2 = 3;
  const ap_uint<3> word = in00.read();
  int i1 = 0;
  while (true) {
    int i2 = 0;
    while (true) {
      HLS_PIPELINE(1)
      if (i2 >= 8) break;
      if (ap_uint<1>(~ap_uint<3>(i1)) != 0) break;
      out02.write(ap_int<3>(v2[0]));
      i2 = i2 + 1;
    }
    if (i1 >= 1) break;
    i1 = i1 + 1;
  }
  out02.write(ap_int<3>(word ^ v2));
}
