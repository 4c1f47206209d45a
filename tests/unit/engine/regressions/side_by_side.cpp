// The comma puts bits side by side, to read and to assign.
HLS_PROCESS void p_a(hls::stream<ap_uint<90> >& in00, hls::stream<ap_uint<120> >& out00) {
  const ap_uint<90> word = in00.read();
  const ap_uint<8> a = word;
  const ap_int<5> b = word >> 8;
  ap_uint<80> wide = word >> 10;
  ap_uint<3> x;
  ap_int<6> y = 0;
  out00.write((a, b));
  out00.write((a, b, wide));
  out00.write((y, (a, a)));
  out00.write((wide.range(40, 33), b));
  out00.write((b, wide.range(7, 4), wide[3], a));
  out00.write((wide[1], wide[0]));
  out00.write((a, 5));
  out00.write((a, (signed char)-3));
  out00.write((short(-7), b));
  out00.write((true, wide.range(9, 3)));
  out00.write((wide.range(9, 3), -1));
  (x, y) = word;
  out00.write((y, x));
  (y, x) = (x, y);
  out00.write((x, y));
  (wide.range(7, 4), wide[20], x) = word >> 3;
  out00.write((x, wide));
  for (ap_uint<3> i = 0, j = 3; i < 3; ++i, ++j) out00.write(i + j);
}
