// population: the first process of a layer of neurons. Per inference: for each time step, the events of every
// projection are integrated, one projection after the other, and then all groups of neurons fire. A frame is
// integrated once and meant at every time step. Nothing is carried from one inference to the next.
//
// The order of the projections is that of the network, sources first: no projection is waited for while something
// that it needs waits for this process. docs/spec/dataflow.md proves it, and says which FIFOs must hold a time step.
//
// Config C: time_steps, all_frames, holds_frame, is_recurrent, recurrent (a config P of synapses/recurrent.h, or
//           NotRecurrent), starts (ROM of packed counts) if starts_fed_back, neurons (Stateless<C>, Membrane<C>),
//           and what sums.h and the kernels ask for.
// Projections P: Dense<...>, Diagonal<...>, Current<...>: one for each stream, in the order of the streams.
#ifndef ASN_POPULATION_H
#define ASN_POPULATION_H

#include "fire.h"
#include "outputs.h"
#include "sums.h"
#include "synapses/recurrent.h"

#include <hls_stream.h>

namespace asn {

// What most populations do not have: a config is derived from it and says only what it has.
struct PlainPopulation {
  static const bool paired = false;
  static const bool spans_steps = false;
  static const bool holds_frame = false;
  static const bool is_recurrent = false;
  static const bool starts_fed_back = false;
  static const bool every_step = false;
  typedef NotRecurrent recurrent;
  typedef NoRom starts;
};

// The projections that read frames (FRAMES) or those that read events of each time step, one after the other.
template <class C, bool FRAMES>
HLS_INLINE void integrate_all(typename C::acc_word_t[C::groups], bool&, const typename C::acc_word_t[C::groups],
                              bool) {}

template <class C, bool FRAMES, class P, class... Others>
HLS_INLINE void integrate_all(typename C::acc_word_t acc[C::groups], bool& empty,
                              const typename C::acc_word_t held[C::groups], bool held_empty,
                              typename P::stream_t& stream, typename Others::stream_t&... others) {
  if (P::is_frame == FRAMES) P::integrate(stream, acc, empty, held, held_empty);
  integrate_all<C, FRAMES, Others...>(acc, empty, held, held_empty, others...);
}

template <class C, bool IS_RECURRENT>
struct Feedback {
  static HLS_INLINE void integrate(const typename C::counts_word_t last[C::fire_groups],
                                   typename C::acc_word_t acc[C::groups], bool& empty,
                                   const typename C::acc_word_t held[C::groups], bool held_empty) {
    Recurrent<C, typename C::recurrent>::integrate(last, acc, empty, held, held_empty);
  }
};

template <class C>
struct Feedback<C, false> {
  static HLS_INLINE void integrate(const typename C::counts_word_t[C::fire_groups],
                                   typename C::acc_word_t[C::groups], bool&,
                                   const typename C::acc_word_t[C::groups], bool) {}
};

// The counts that stand for 0: what a population that reads itself finds before its first time step.
template <class C>
HLS_INLINE void load_starts(typename C::counts_word_t last[C::fire_groups]) {
  for (int word = 0; word < C::fire_groups; word++) {
    HLS_PIPELINE(1)
    last[word] = rom_word<typename C::starts, C::counts_word_t::width>(word);
  }
}

// CURRENTS: the stream of the sums for readers of currents, or Nothing.
template <class C, class CURRENTS, class... P>
HLS_INLINE void population_with_currents(hls::stream<typename C::counts_word_t>& counts, CURRENTS& currents,
                                         typename P::stream_t&... streams) {
  typename C::acc_word_t acc[C::groups];    // without first values: registers need no reset
  typename C::acc_word_t frame[C::groups];  // the sums of frames, beside those of a time step
  typename C::counts_word_t last[C::fire_groups];
  bool empty = true;
  bool frame_empty = true;
  if (C::all_frames) {
    integrate_all<C, true, P...>(acc, empty, acc, true, streams...);
    fire<C, C::time_steps>(acc, empty, frame, frame_empty, true, counts, currents, last);
    return;
  }
  if (C::holds_frame) integrate_all<C, true, P...>(frame, frame_empty, frame, true, streams...);
  if (C::starts_fed_back) load_starts<C>(last);
  for (int step = 0; step < C::time_steps; step++) {
    empty = true;
    if (step > 0 || C::starts_fed_back) Feedback<C, C::is_recurrent>::integrate(last, acc, empty, frame, frame_empty);
    integrate_all<C, false, P...>(acc, empty, frame, frame_empty, streams...);
    fire<C, 1>(acc, empty, frame, frame_empty, step == 0, counts, currents, last);
  }
}

template <class C, class... P>
HLS_INLINE void population(hls::stream<typename C::counts_word_t>& counts, typename P::stream_t&... streams) {
  Nothing nothing;
  population_with_currents<C, Nothing, P...>(counts, nothing, streams...);
}

}  // namespace asn
#endif
