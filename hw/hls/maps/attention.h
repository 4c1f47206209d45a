// Attention without a softmax: q (k^T v), of each head and time step by itself, exactly.
//
// window.h and expand.h, with a window of one pixel, send the factors of k and of q that are not zero one by one: of
// each token the output groups (words of v), of each group the time steps, and of those the channels of the group's
// head. keys_and_values adds k * v to a row of the memory of that group and step, the row of k's channel; then it
// sends the memory and clears it. attention keeps a copy of the memory, which is what a convolution of one pixel has
// as weights, and adds q * row to the sums of a token. So the tokens of the next inference come into the memory
// while queries are answered.
//
// Config A: tokens (of keys and values), pixels (of queries), groups, time_steps, lanes (those of the output), rows
//           (channels of a head's keys), key_event, query_event (Expanded<TOKEN> of windows with out_groups = groups and
//           conv_groups = heads), values, output (configs M of raster.h of equal lanes, groups and time_steps),
//           memory_t (an element of the memory; holds each sum on its way), memory_word_t, memory_stream_t.
#ifndef ASN_MAPS_ATTENTION_H
#define ASN_MAPS_ATTENTION_H

#include "../lanes.h"
#include "expand.h"
#include "window.h"

namespace asn {

// Words of v, or of the output, one after the other, and where their rows begin in the memory.
template <class A, int PIXELS>
struct Turns {
  static const int turns = A::groups * A::time_steps;
  static const int words = turns * A::rows;  // of the memory

  ap_uint<bits_for(turns)> turn;
  ap_uint<bits_for(words)> first;
  ap_uint<bits_for(PIXELS)> pixel;

  HLS_INLINE Turns() : turn(0), first(0), pixel(0) {}

  HLS_INLINE bool pixel_ends() const { return turns == 1 || turn == turns - 1; }
  HLS_INLINE bool is_last() const { return pixel_ends() && pixel == PIXELS - 1; }
  template <class ROW>
  HLS_INLINE int address(const ROW& row) const {
    return words == 1 ? 0 : int(ap_uint<bits_for(words)>(first + row));
  }
  HLS_INLINE void next() {
    const bool ends = pixel_ends();
    if (ends) pixel = pixel + 1;
    first = ends ? 0 : int(first) + A::rows;
    turn = ends ? 0 : int(turn) + 1;
  }
};

template <class A>
HLS_INLINE void keys_and_values(typename A::values::stream_t& values, typename A::key_event::stream_t& keys,
                                typename A::memory_stream_t& rows) {
  typedef typename A::memory_word_t word_t;
  typedef typename A::memory_t memory_t;
  typedef Turns<A, A::tokens> turns_t;
  static word_t memory[turns_t::words];
  static bool is_clear = false;  // a reset may have come between the inferences of before and this one
  if (!is_clear) {
    for (int index = 0; index < turns_t::words; index++) {
      HLS_PIPELINE(1)
      memory[index] = 0;
    }
  }
  is_clear = true;

  turns_t turns;
  typename A::values::word_t value = 0;
  bool fresh = true;  // no key of this word of v has come
  while (true) {
    HLS_PIPELINE(1)
    HLS_BYPASS(memory)
    if (fresh) value = values.read();
    const typename A::key_event key = A::key_event::unpack(keys.read());
    const int address = turns.address(key.row);
    const word_t row = memory[address];
    word_t next = 0;
    HLS_UNROLL_BEFORE
    for (int lane = 0; lane < A::lanes; lane++) {
      HLS_UNROLL_INSIDE
      const memory_t product = key.count * get_lane<typename A::values::count_t>(value, lane);
      put_lane(next, lane, memory_t(get_lane<memory_t>(row, lane) + product));
    }
    memory[address] = next;
    fresh = key.last;
    if (!key.last) continue;
    if (turns.is_last()) break;
    turns.next();
  }
  for (int index = 0; index < turns_t::words; index++) {
    HLS_PIPELINE(1)
    HLS_INDEPENDENT(memory)
    rows.write(memory[index]);
    memory[index] = 0;
  }
}

template <class A>
HLS_INLINE void attention(typename A::memory_stream_t& rows, typename A::query_event::stream_t& queries,
                          typename A::output::stream_t& sums) {
  typedef typename A::memory_word_t word_t;
  typedef typename A::output::count_t sum_t;
  typedef Turns<A, A::pixels> turns_t;
  static word_t memory[turns_t::words];
  for (int index = 0; index < turns_t::words; index++) {
    HLS_PIPELINE(1)
    memory[index] = rows.read();
  }
  turns_t turns;
  typename A::output::word_t sum = 0;
  bool fresh = true;
  while (true) {
    HLS_PIPELINE(1)
    const typename A::query_event query = A::query_event::unpack(queries.read());
    const word_t row = memory[turns.address(query.row)];
    typename A::output::word_t next = 0;
    HLS_UNROLL_BEFORE
    for (int lane = 0; lane < A::lanes; lane++) {
      HLS_UNROLL_INSIDE
      const sum_t before = fresh ? sum_t(0) : get_lane<sum_t>(sum, lane);
      const sum_t product = query.count * get_lane<typename A::memory_t>(row, lane);
      put_lane(next, lane, sum_t(before + product));
    }
    sum = next;
    fresh = query.last;
    if (!query.last) continue;
    sums.write(next);
    if (turns.is_last()) break;
    turns.next();
  }
}

}  // namespace asn
#endif
