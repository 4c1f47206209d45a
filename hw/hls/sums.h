// The sums of a population: `groups` packed words of `lanes` sums, in a memory that is never cleared.
//
// Whether a sum is there at all is kept beside the memory (Sums::empty): the first projection that adds to a group
// overwrites what the memory held, so nothing has to be cleared and no reset can leave a sum behind. Where only
// some of the projections read a frame, the sums of those are kept over the time steps (`held`), and those of each
// time step start from them.
//
// Neurons fire `fire_lanes` at a time, a part of a group's lanes: comparators are needed for these alone, and
// `compress` gets words that narrow. A group has `parts` parts; words without a neuron are left out, so that a time
// step has `fire_groups` of them.
//
// Sums may be kept as pairs (pairs.h), two for each DSP slice: synapses add to them as they are, and what reads sums
// as numbers adds the borrows first.
//
// Config C: lanes, groups, acc_t, acc_word_t, group_index_t, holds_frame, paired; of neurons that fire also
//           fire_lanes, parts, fire_groups, part_index_t, fire_count_t (0..fire_groups).
#ifndef ASN_SUMS_H
#define ASN_SUMS_H

#include "choice.h"
#include "lanes.h"
#include "pairs.h"

namespace asn {

// What the memory holds of one group; if it is empty zero, whatever it holds.
template <class C>
HLS_INLINE typename C::acc_word_t word_of(const typename C::acc_word_t memory[C::groups], bool empty,
                                          int group) {
  return empty ? typename C::acc_word_t(0) : memory[group];
}

// The sums of a group as numbers.
template <class C>
HLS_INLINE typename C::acc_word_t numbers_of(const typename C::acc_word_t& word) {
  if (!C::paired) return word;
  return with_borrows<typename C::acc_t, C::lanes>(word, borrows_of<typename C::acc_t, C::lanes>(word));
}

// What the sums of a time step start from: the sums of the frame, where there are any.
template <class C>
HLS_INLINE typename C::acc_word_t start_of(const typename C::acc_word_t held[C::groups], bool held_empty,
                                           int group) {
  return C::holds_frame ? word_of<C>(held, held_empty, group) : typename C::acc_word_t(0);
}

// The sum of one lane, or the pair of two. It is chosen lane by lane, because a DSP slice that accumulates takes in
// the choice between zero and its own sum, but not its part of a choice between words.
template <class C, class SUM>
HLS_INLINE SUM lane_sum(const typename C::acc_word_t& own, bool empty, const typename C::acc_word_t& start, int lane) {
  const SUM sum = get_lane<SUM>(own, lane);
  if (!C::holds_frame) return empty ? SUM(0) : sum;
  return empty ? get_lane<SUM>(start, lane) : sum;
}

// The sums of the neurons that fire together, as numbers: part number `part` of a group's sums.
template <class C>
HLS_INLINE ap_uint<C::fire_lanes * C::acc_t::width> part_of(const typename C::acc_word_t& sums, int part) {
  const ap_uint<C::fire_lanes * C::acc_t::width> chosen = Choice<C::parts, C::fire_lanes * C::acc_t::width>::of(sums, part);
  if (!C::paired) return chosen;
  const ap_uint<C::lanes> borrows = borrows_of<typename C::acc_t, C::lanes>(sums);
  return with_borrows<typename C::acc_t, C::fire_lanes>(chosen, Choice<C::parts, C::fire_lanes>::of(borrows, part));
}

// Part number 0, without a choice.
template <class C>
HLS_INLINE ap_uint<C::fire_lanes * C::acc_t::width> first_part_of(const typename C::acc_word_t& sums) {
  const ap_uint<C::fire_lanes * C::acc_t::width> first = sums;
  if (!C::paired) return first;
  return with_borrows<typename C::acc_t, C::fire_lanes>(first, borrows_of<typename C::acc_t, C::fire_lanes>(first));
}

// Walks through the parts of all groups in the order in which they fire, time step by time step.
template <class C>
struct FireTurn {
  typename C::group_index_t group;
  typename C::part_index_t part;
  typename C::fire_count_t word;  // number of the packed word of counts within its time step
  bool first_step;

  HLS_INLINE explicit FireTurn(bool is_first_step) : group(0), part(0), word(0), first_step(is_first_step) {}

  HLS_INLINE void next() {
    const bool last = word == C::fire_groups - 1;
    const bool last_part = part == C::parts - 1;
    part = last || last_part ? 0 : int(part) + 1;
    if (C::groups > 1) group = last ? 0 : int(group) + int(last_part);
    word = last ? 0 : int(word) + 1;
    if (last) first_step = false;
  }

  // The number of the word, a constant if there is but one.
  HLS_INLINE int index() const { return C::fire_groups == 1 ? 0 : int(word); }

  // Sums of this part, those of the frame where nothing was added to them.
  HLS_INLINE ap_uint<C::fire_lanes * C::acc_t::width> sums(const typename C::acc_word_t acc[C::groups], bool empty,
                                                           const typename C::acc_word_t held[C::groups],
                                                           bool held_empty) const {
    typedef ap_uint<C::fire_lanes * C::acc_t::width> word_t;
    const int index = C::groups == 1 ? 0 : int(group);  // a constant, if there is but one
    const word_t own = part_of<C>(acc[index], part);
    if (!C::holds_frame) return empty ? word_t(0) : own;
    const word_t still = held_empty ? word_t(0) : part_of<C>(held[index], part);
    return empty ? still : own;
  }

  // All sums of the group, of which this is a part, as numbers.
  HLS_INLINE typename C::acc_word_t group_sums(const typename C::acc_word_t acc[C::groups], bool empty,
                                               const typename C::acc_word_t held[C::groups], bool held_empty) const {
    const int index = C::groups == 1 ? 0 : int(group);
    return numbers_of<C>(empty ? start_of<C>(held, held_empty, index) : acc[index]);
  }
};

}  // namespace asn
#endif
