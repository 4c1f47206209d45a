// A variable that takes its next value behind the stages of all operations: the loop has that stage, too.
HLS_PROCESS void p_a(hls::stream<ap_int<27> >& in00, hls::stream<ap_uint<62> >& out00) {
  const ap_int<27> word = in00.read();
  ap_uint<62> product = 3;
  for (int i = 0; i < 6; i++) product = ap_int<27>(word >> i) * word;
  out00.write(product);
}
