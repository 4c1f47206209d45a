// Raster streams: a feature map on its way from one layer to the next, as packed words of counts. One word
// for each pixel, group of channels and time step: pixels row by row, of each pixel its groups, of each group
// the time steps. Lane i of group g is channel g * lanes + i; lanes without a channel hold 0. An inference
// has as many words as height * width * groups * time_steps says, zeros included, and no word tells its end.
//
// Config M, a map as it travels: height, width, lanes, groups, time_steps, count_t (a count, signed or not),
//           word_t (ap_uint<lanes * count_t::width>), stream_t.
#ifndef ASN_MAPS_RASTER_H
#define ASN_MAPS_RASTER_H

#include "../engine.h"

#include <ap_int.h>
#include <hls_stream.h>

namespace asn {

// Bits that the values 0 .. count-1 need; one at least.
constexpr int bits_for(long count) {
  int bits = 1;
  while ((1L << bits) < count) bits++;
  return bits;
}

// Bits of a signed integer that holds the values from `lowest` to `highest`.
constexpr int signed_bits_for(long lowest, long highest) {
  int bits = 1;
  while (-(1L << (bits - 1)) > lowest || (1L << (bits - 1)) <= highest) bits++;
  return bits;
}

constexpr int smaller_of(int a, int b) { return a < b ? a : b; }
constexpr int larger_of(int a, int b) { return a > b ? a : b; }

// Quotient and remainder with the remainder in 0 .. divisor-1, also of negative numbers.
constexpr int floor_of(int value, int divisor) {
  return value >= 0 ? value / divisor : -((divisor - 1 - value) / divisor);
}
constexpr int modulo(int value, int divisor) { return value - floor_of(value, divisor) * divisor; }
constexpr int ceiling_of(int value, int divisor) { return floor_of(value + divisor - 1, divisor); }

// value + step modulo SIZE, for a step of 0 .. SIZE-1: by a comparison, or for nothing where SIZE is a power
// of two.
template <int SIZE>
HLS_INLINE ap_uint<bits_for(SIZE)> wrapped_sum(const ap_uint<bits_for(SIZE)>& value,
                                               const ap_uint<bits_for(SIZE)>& step) {
  const ap_uint<bits_for(SIZE) + 1> sum = value + step;
  if ((SIZE & (SIZE - 1)) == 0) return sum & (SIZE - 1);
  return sum >= SIZE ? ap_uint<bits_for(SIZE)>(sum - SIZE) : ap_uint<bits_for(SIZE)>(sum);
}

}  // namespace asn
#endif
