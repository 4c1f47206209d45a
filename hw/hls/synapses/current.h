// The current of another population is added as it is: acc[j] += current[j] << shift, one group a cycle. Both
// populations have the same lanes, so a word of its sums is a word of these.
//
// Config C: see sums.h.
// Config P: shift, is_frame, current_t (a sum of the other population).
#ifndef ASN_SYNAPSES_CURRENT_H
#define ASN_SYNAPSES_CURRENT_H

#include "../sums.h"

#include <hls_stream.h>

namespace asn {

template <class C, class P>
struct Current {
  typedef ap_uint<C::lanes * P::current_t::width> word_t;
  typedef hls::stream<word_t> stream_t;
  static const bool is_frame = P::is_frame;

  // After it, acc holds the sums of all groups.
  static HLS_INLINE void integrate(stream_t& currents, typename C::acc_word_t acc[C::groups], bool& empty,
                                   const typename C::acc_word_t held[C::groups], bool held_empty) {
    for (int turn = 0; turn < C::groups; turn++) {
      HLS_PIPELINE(1)
      HLS_INDEPENDENT(acc)
      const int group = C::groups == 1 ? 0 : turn;  // a constant, if there is but one
      const word_t word = currents.read();
      const typename C::acc_word_t sums = empty ? start_of<C>(held, held_empty, group) : acc[group];
      typename C::acc_word_t result = 0;
      HLS_UNROLL_BEFORE
      for (int lane = 0; lane < C::lanes; lane++) {
        HLS_UNROLL_INSIDE
        typename C::acc_t sum = get_lane<typename C::acc_t>(sums, lane);
        const typename C::acc_t current = get_lane<typename P::current_t>(word, lane);
        sum += current << P::shift;
        put_lane(result, lane, sum);
      }
      acc[group] = result;
    }
    empty = false;
  }
};

}  // namespace asn
#endif
