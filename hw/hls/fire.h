// fire: compare each neuron's membrane potential with its K thresholds; the highest level reached is the count.
//
// Config C: lanes, groups, levels, acc_t, threshold_t, count_t, level_value(k) for k = 1..levels,
//           thresholds (ROM of `levels` words a group, lowest level first, each lanes * threshold_t::width bits).
// Stateful neurons also: potential_t, state_t, bias_t, reset_t, state_frac_bits, base, leak_multiplier,
//           leak_shift, biases and reset_steps (ROMs, a lane each).
#ifndef ASN_FIRE_H
#define ASN_FIRE_H

#include "integrate.h"

#include <hls_stream.h>

namespace asn {

// All thresholds of one group of neurons: a packed word for each level.
template <class C>
struct Thresholds {
  static const int word_bits = C::lanes * C::threshold_t::width;
  ap_uint<word_bits> of_level[C::levels];

  HLS_INLINE explicit Thresholds(int group) {
    HLS_UNROLL_BEFORE
    for (int level = 0; level < C::levels; level++) {
      HLS_UNROLL_INSIDE
      of_level[level] = rom_word<typename C::thresholds, word_bits>(group, level);
    }
  }

  // The count that membrane potential u of one lane fires with.
  template <class POTENTIAL>
  HLS_INLINE typename C::count_t count_of(const POTENTIAL& u, int lane) const {
    typename C::count_t count = 0;
    HLS_UNROLL_BEFORE
    for (int level = 0; level < C::levels; level++) {
      HLS_UNROLL_INSIDE
      if (u >= get_lane<typename C::threshold_t>(of_level[level], lane)) count = C::level_value(level + 1);
    }
    return count;
  }
};

// H = (v * leak_multiplier + half) >> leak_shift
template <class C>
HLS_INLINE typename C::state_t leak(const typename C::potential_t& v) {
  if (C::leak_shift == 0) return typename C::state_t(v);
  const int half = (1 << C::leak_shift) >> 1;
  return typename C::state_t((v * ap_uint<10>(C::leak_multiplier) + ap_uint<10>(half)) >> C::leak_shift);
}

// Stateless neurons: thresholds on the sum of one time step.
template <class C>
HLS_INLINE void fire_stateless(const ap_uint<C::lanes * C::acc_t::width> acc[C::groups], bool empty,
                               hls::stream<ap_uint<C::lanes * C::count_t::width> >& counts) {
  for (int turn = 0; turn < C::groups; turn++) {
    HLS_PIPELINE(1)
    const int group = C::groups == 1 ? 0 : turn;  // a constant, if there is but one
    const ap_uint<C::lanes * C::acc_t::width> sums = sums_of<C>(acc, empty, group);
    const Thresholds<C> thresholds(group);
    ap_uint<C::lanes * C::count_t::width> packed = 0;
    HLS_UNROLL_BEFORE
    for (int lane = 0; lane < C::lanes; lane++) {
      HLS_UNROLL_INSIDE
      const typename C::acc_t u = get_lane<typename C::acc_t>(sums, lane);
      put_lane(packed, lane, thresholds.count_of(u, lane));
    }
    counts.write(packed);
  }
}

// Stateful neurons: U = H + (acc << F) + bias; soft reset, then leak. H counts as zero at the first step.
template <class C>
HLS_INLINE void fire_stateful(const ap_uint<C::lanes * C::acc_t::width> acc[C::groups], bool empty,
                              ap_uint<C::lanes * C::state_t::width> membrane[C::groups],
                              bool first_step,
                              hls::stream<ap_uint<C::lanes * C::count_t::width> >& counts) {
  for (int turn = 0; turn < C::groups; turn++) {
    HLS_PIPELINE(1)
    HLS_INDEPENDENT(membrane)
    const int group = C::groups == 1 ? 0 : turn;  // a constant, if there is but one
    const ap_uint<C::lanes * C::acc_t::width> sums = sums_of<C>(acc, empty, group);
    const ap_uint<C::lanes * C::state_t::width> states = membrane[group];
    const Thresholds<C> thresholds(group);
    const ap_uint<C::lanes * C::bias_t::width> biases =
        rom_word<typename C::biases, C::lanes * C::bias_t::width>(group);
    const ap_uint<C::lanes * C::reset_t::width> reset_steps =
        rom_word<typename C::reset_steps, C::lanes * C::reset_t::width>(group);
    ap_uint<C::lanes * C::count_t::width> packed = 0;
    ap_uint<C::lanes * C::state_t::width> next_states = 0;
    HLS_UNROLL_BEFORE
    for (int lane = 0; lane < C::lanes; lane++) {
      HLS_UNROLL_INSIDE
      typename C::potential_t u = get_lane<typename C::acc_t>(sums, lane);
      u = (u << C::state_frac_bits) + get_lane<typename C::bias_t>(biases, lane);
      if (!first_step) u += get_lane<typename C::state_t>(states, lane);
      const typename C::count_t count = thresholds.count_of(u, lane);
      const typename C::potential_t rest =
          u - (count + ap_int<32>(C::base)) * get_lane<typename C::reset_t>(reset_steps, lane);
      put_lane(packed, lane, count);
      put_lane(next_states, lane, leak<C>(rest));
    }
    membrane[group] = next_states;
    counts.write(packed);
  }
}

}  // namespace asn
#endif
