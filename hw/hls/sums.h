// The sums of a population: `groups` packed words of `lanes` sums, in a memory that is never cleared.
//
// Whether a sum is there at all is kept beside the memory (Sums::empty): the first projection that adds to a group
// overwrites what the memory held, so nothing has to be cleared and no reset can leave a sum behind. Where only
// some of the projections read a frame, the sums of those are kept over the time steps (`held`), and those of each
// time step start from them.
//
// Config C: lanes, groups, acc_t, acc_word_t, group_index_t, holds_frame.
#ifndef ASN_SUMS_H
#define ASN_SUMS_H

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

}  // namespace asn
#endif
