// Canonical Huffman decoder: bits shifted in until a code of this length is met; tables indexed by length.
#include <ap_int.h>
#include <hls_stream.h>

void huffman(hls::stream<ap_uint<8> >& in, hls::stream<ap_uint<8> >& out) {
  static const unsigned char first_code[5] = {0, 0, 2, 6, 14};
  static const unsigned char count[5] = {0, 1, 1, 1, 2};
  static const unsigned char offset[5] = {0, 0, 1, 2, 3};
  static const char symbols[5] = {'e', 't', 'a', 'x', 'q'};
  ap_uint<16> buffer = 0;
  int have = 0;
  for (int emitted = 0; emitted < 9;) {
    ap_uint<4> code = 0;
    int length = 0;
    bool found = false;
    do {
      if (have == 0) {
        buffer = in.read();
        have = 8;
      }
      code = (code << 1) | (buffer >> 7 & 1);
      buffer <<= 1;
      have -= 1;
      length++;
      found = code - first_code[length] < count[length] && code >= first_code[length];
    } while (!found && length < 4);
    if (found) {
      out.write(symbols[offset[length] + code - first_code[length]]);
      emitted++;
    } else {
      out.write('?');
      emitted += 2;
    }
  }
}
