// ap_shift_reg, and the member functions of ap_uint that change bits; integers from strings.
#include "engine.h"
#include <ap_int.h>
#include <ap_shift_reg.h>
#include <hls_stream.h>

HLS_PROCESS void p_a(hls::stream<ap_uint<13> >& in00, hls::stream<ap_uint<13> >& m00) {
  static ap_shift_reg<ap_uint<13>, 8> window;
  static ap_shift_reg<ap_uint<13>, 5> rare;
  const ap_uint<13> word = in00.read();
  m00.write(window.shift(word, word & 7));
  m00.write(rare.shift(word, 2, word[3]) + window.read());
}

HLS_PROCESS void p_b(hls::stream<ap_uint<13> >& m00, hls::stream<ap_uint<24> >& out00) {
  const ap_uint<80> key("0x123456789abcdef01234", 16);
  const ap_uint<24> mask("7f", 16), number("12345", 10);
  ap_uint<13> word = m00.read();
  ap_int<13> copy = word;
  out00.write(word.countLeadingZeros() + copy.countLeadingZeros() * 16);
  copy.reverse();
  out00.write(copy ^ number);
  word.lrotate(3);
  out00.write(word);
  word.rrotate(word & 7);
  word.set(3);
  word.clear(4);
  word.invert(word & 7);
  out00.write((key >> word) ^ mask);
  word.b_not();
  word.set_bit(1, word.get_bit(7));
  out00.write(word);
}
