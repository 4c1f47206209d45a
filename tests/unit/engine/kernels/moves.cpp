// Copies within an array, up and down, small and large: std::copy, std::copy_backward, std::rotate, memmove.
#include <ap_int.h>
#include <hls_stream.h>
#include <algorithm>
#include <cstring>

void moves(hls::stream<ap_uint<16> >& in, hls::stream<ap_uint<16> >& out) {
  static unsigned short small[6], large[40], other[40];
  for (int i = 0; i < 6; i++) small[i] = in.read();
  for (int i = 0; i < 40; i++) large[i] = in.read() + i;
  std::copy(small + 1, small + 6, small);
  std::copy_backward(large, large + 30, large + 33);
  std::copy(large + 5, large + 39, large + 2);
  memmove(other + 3, large, 37 * sizeof(large[0]));
  std::copy_backward(small, small + 4, small + 5);
  std::fill(other, other + 3, 7);
  for (int i = 0; i < 6; i++) out.write(small[i]);
  for (int i = 0; i < 40; i++) out.write(large[i] ^ other[i]);
}
