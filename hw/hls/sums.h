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
// Config C: lanes, groups, acc_t, acc_word_t, group_index_t, holds_frame; of neurons that fire also fire_lanes, parts,
//           fire_groups, part_index_t.
#ifndef ASN_SUMS_H
#define ASN_SUMS_H

#include "choice.h"
#include "lanes.h"

namespace asn {

// The sums of one group that `memory` holds; if it is empty they are zero, whatever it holds.
template <class C>
HLS_INLINE typename C::acc_word_t sums_of(const typename C::acc_word_t memory[C::groups], bool empty,
                                          int group) {
  return empty ? typename C::acc_word_t(0) : memory[group];
}

// What the sums of a time step start from: the sums of the frame, where there are any.
template <class C>
HLS_INLINE typename C::acc_word_t start_of(const typename C::acc_word_t held[C::groups], bool held_empty,
                                           int group) {
  return C::holds_frame ? sums_of<C>(held, held_empty, group) : typename C::acc_word_t(0);
}

// The sum of one lane. It is chosen lane by lane, because a DSP slice that accumulates takes in the choice between
// zero and its own sum, but not its part of a choice between words.
template <class C>
HLS_INLINE typename C::acc_t lane_sum(const typename C::acc_word_t& own, bool empty,
                                      const typename C::acc_word_t& start, int lane) {
  const typename C::acc_t sum = get_lane<typename C::acc_t>(own, lane);
  if (!C::holds_frame) return empty ? typename C::acc_t(0) : sum;
  return empty ? get_lane<typename C::acc_t>(start, lane) : sum;
}

// The sums of the neurons that fire together: part number `part` of a group's sums.
template <class C>
HLS_INLINE ap_uint<C::fire_lanes * C::acc_t::width> part_of(const typename C::acc_word_t& sums, int part) {
  return Choice<C::parts, C::fire_lanes * C::acc_t::width>::of(sums, part);
}

// Walks through the parts of all groups in the order in which they fire.
template <class C>
struct FireTurn {
  typename C::group_index_t group;
  typename C::part_index_t part;

  HLS_INLINE FireTurn() : group(0), part(0) {}

  HLS_INLINE void next() {
    const bool last = part == C::parts - 1;
    part = last ? 0 : int(part) + 1;
    if (last && C::groups > 1) group = group + 1;
  }

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

  // All sums of the group, of which this is a part.
  HLS_INLINE typename C::acc_word_t group_sums(const typename C::acc_word_t acc[C::groups], bool empty,
                                               const typename C::acc_word_t held[C::groups], bool held_empty) const {
    const int index = C::groups == 1 ? 0 : int(group);
    return empty ? start_of<C>(held, held_empty, index) : acc[index];
  }
};

}  // namespace asn
#endif
