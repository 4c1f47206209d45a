// fire_steps: neurons whose sums are the same at every time step, those of frames, where maps go on step by step. It
// runs once for each step. At the first one the sums come, as gather makes them, and are kept; then each step takes
// a cycle a word, however long the sums took.
//
// Config C: that of gather (gather.h), with counts_word_t, neurons (InMemory<C>, WithoutState<C>) and neuron of what
//           fires; rounds: time steps of an inference.
#ifndef ASN_MAPS_FIRE_STEPS_H
#define ASN_MAPS_FIRE_STEPS_H

#include "firing.h"

namespace asn {

template <class C>
HLS_INLINE void fire_steps(hls::stream<typename C::acc_word_t>& sums,
                           hls::stream<typename C::counts_word_t>& counts) {
  const int turns = C::out_height * C::out_width * C::groups;
  static typename C::acc_word_t kept[turns];
  static ap_uint<bits_for(C::rounds)> round = 0;
  typename C::neurons neurons;
  ap_uint<bits_for(C::groups)> group = 0;
  for (int turn = 0; turn < turns; turn++) {
    HLS_PIPELINE(1)
    HLS_INDEPENDENT(kept)
    typename C::acc_word_t word = kept[turn];
    if (round == 0) word = sums.read();
    if (round == 0) kept[turn] = word;
    counts.write(neurons.fire(word, Neurons(C::groups == 1 ? 0 : int(group), turn), round == 0, true));
    group = group == C::groups - 1 ? 0 : int(group) + 1;
  }
  round = round == C::rounds - 1 ? 0 : int(round) + 1;
}

}  // namespace asn
#endif
