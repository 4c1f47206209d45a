// Every population and read-out of kernel_configs.h that is tested, each under a name that Python knows.
#ifndef KERNEL_CASES_H
#define KERNEL_CASES_H

#include "kernel_configs.h"

#include <tuple>
#include <utility>

// Words of one input stream.
struct Words {
  const uint64_t* words;
  int count;
};

namespace {

template <class WORD>
void fill(hls::stream<WORD>& stream, const uint64_t* words, int count) {
  for (int i = 0; i < count; i++) stream.write(WORD(words[i]));
}

template <class WORD>
int drain(hls::stream<WORD>& stream, uint64_t* words) {
  int count = 0;
  while (!stream.empty()) words[count++] = stream.read().to_uint64();
  return count;
}

// Words of currents come as one number each lane.
template <int BITS>
void fill_packed(hls::stream<ap_uint<4 * BITS> >& stream, const Words& input) {
  for (int i = 0; i < input.count; i += 4) {
    ap_uint<4 * BITS> word = 0;
    for (int lane = 0; lane < 4; lane++) asn::put_lane(word, lane, ap_int<BITS>(int64_t(input.words[i + lane])));
    stream.write(word);
  }
}

template <class STREAM>
void fill_input(STREAM& stream, const Words& input) {
  fill(stream, input.words, input.count);
}
void fill_input(hls::stream<ap_uint<4 * 13> >& stream, const Words& input) { fill_packed<13>(stream, input); }

// Words of counts, the same with and without currents (else -2), and the currents.
template <class C>
int drain_both(hls::stream<counts_word_t>& found, hls::stream<counts_word_t>& again,
               hls::stream<typename C::acc_word_t>& currents, uint64_t* counts, int64_t* sums) {
  const int count = drain(found, counts);
  for (int i = 0; i < count; i++) {
    if (again.read().to_uint64() != counts[i]) return -2;
  }
  for (int i = 0; !currents.empty(); i += 4) {
    const typename C::acc_word_t word = currents.read();
    for (int lane = 0; lane < 4; lane++) sums[i + lane] = asn::get_lane<typename C::acc_t>(word, lane).to_int64();
  }
  return count;
}

template <class C, class... P, size_t... I>
int run_twice(const Words* inputs, uint64_t* counts, int64_t* sums, std::index_sequence<I...>) {
  std::tuple<typename P::stream_t...> streams;
  hls::stream<counts_word_t> found("counts"), again("again");
  hls::stream<typename C::acc_word_t> currents("currents");
  int done[] = {(fill_input(std::get<I>(streams), inputs[I]), 0)...};
  asn::population_with_currents<C, hls::stream<typename C::acc_word_t>, P...>(found, currents,
                                                                            std::get<I>(streams)...);
  int sent[] = {(fill_input(std::get<I>(streams), inputs[I]), done[I])...};
  asn::population<C, P...>(again, std::get<I>(streams)...);
  (void)sent;
  return drain_both<C>(found, again, currents, counts, sums);
}

template <class C, class... P>
int run(const Words* inputs, uint64_t* counts, int64_t* sums) {
  return run_twice<C, P...>(inputs, counts, sums, std::index_sequence_for<P...>());
}

// The same by two processes.
template <class C, class P>
int run_steps(const Words* inputs, uint64_t* counts, int64_t* sums) {
  hls::stream<typename P::input_event::word_t> events("events");
  hls::stream<typename C::sums_word_t> handed("handed");
  hls::stream<counts_word_t> found("counts"), again("again");
  hls::stream<typename C::acc_word_t> currents("currents");
  fill_input(events, inputs[0]);
  asn::integrate_steps<C, P>(handed, events);
  asn::fire_steps_with_currents<C>(found, currents, handed);
  fill_input(events, inputs[0]);
  asn::integrate_steps<C, P>(handed, events);
  asn::fire_steps<C>(again, handed);
  return drain_both<C>(found, again, currents, counts, sums);
}

struct PopulationCase {
  const char* name;
  int (*run)(const Words* inputs, uint64_t* counts, int64_t* sums);
};

template <class C, int SHIFT = 0, bool IS_FRAME = false>
using DenseOn = asn::Dense<C, Synapses<IS_FRAME, SHIFT, 0> >;
template <class C, int SHIFT = 0, bool IS_FRAME = false, class EVENT = asn::Event<3, 2> >
using TwoOn = asn::Dense<C, Synapses<IS_FRAME, SHIFT, 0, asn::Several<EVENT, 2> > >;
template <class C, int SHIFT = 0, bool IS_FRAME = false, class EVENT = SameEvent>
using DiagonalOn = asn::Diagonal<C, Synapses<IS_FRAME, SHIFT, 1, EVENT> >;
template <class C, int SHIFT = 0, bool IS_FRAME = false>
using CurrentOn = asn::Current<C, Currents<IS_FRAME, SHIFT> >;

typedef Of<Population<Levels>, asn::Stateless> Plain;
typedef Of<Population<SignedLevels>, asn::Stateless> PlainSigned;
typedef Of<AllFrames<Population<Levels> >, asn::Stateless> PlainFrames;
typedef Of<HoldsFrame<Population<Levels> >, asn::Stateless> PlainHeld;
template <class N>
using With = Of<Population<N>, asn::Membrane>;
typedef Of<AllFrames<Population<Membranes<> > >, asn::Membrane> Frames;
typedef Of<HoldsFrame<Population<Membranes<> > >, asn::Membrane> Held;
typedef Of<Loop<Population<WithoutBase>, 0, false>, asn::Membrane> SelfLoop;
typedef Of<Loop<Population<Levels>, 1, true>, asn::Stateless> Started;
typedef Of<Loop<HoldsFrame<Population<Membranes<> > >, 0, true>, asn::Membrane> HeldLoop;
typedef Of<Loop<Population<SignedLevels>, 0, false>, asn::Stateless> SignedLoop;

typedef Of<Paired<Population<Levels> >, asn::Stateless> PairedPlain;
typedef Of<Paired<Loop<HoldsFrame<Population<Membranes<> > >, 0, true> >, asn::Membrane> PairedLoop;

typedef With<Membranes<asn::RESET_HARD> > Hard;
typedef With<Membranes<asn::RESET_NONE> > NoReset;
typedef With<Membranes<asn::RESET_SOFT, true> > LeakFirst;
typedef With<Membranes<asn::RESET_SOFT, false, true> > Floor;
typedef With<Membranes<asn::RESET_SOFT, true, true> > LeakFirstFloor;
typedef With<Membranes<asn::RESET_SOFT, false, false, true> > PerNeuron;
typedef With<Membranes<asn::RESET_SOFT, false, false, false, true> > Synaptic;
typedef With<Membranes<asn::RESET_HARD, true, true, true, true> > Everything;
typedef With<Membranes<asn::RESET_HARD, false, true, true, true, SignedLevels> > EverythingSigned;

const PopulationCase populations[] = {
    {"stateless", run<Plain, DenseOn<Plain> >},
    {"stateless, frame", run<PlainFrames, DenseOn<PlainFrames, 0, true> >},
    {"stateless, signed", run<PlainSigned, DenseOn<PlainSigned> >},
    {"soft", run<With<Membranes<> >, DenseOn<With<Membranes<> > > >},
    {"soft, frame", run<Frames, DenseOn<Frames, 0, true> >},
    {"no leak", run<With<WithoutLeak>, DenseOn<With<WithoutLeak> > >},
    {"hard", run<Hard, DenseOn<Hard> >},
    {"none", run<NoReset, DenseOn<NoReset> >},
    {"leak first", run<LeakFirst, DenseOn<LeakFirst> >},
    {"floor", run<Floor, DenseOn<Floor> >},
    {"leak first, floor", run<LeakFirstFloor, DenseOn<LeakFirstFloor> >},
    {"leak per neuron", run<PerNeuron, DenseOn<PerNeuron> >},
    {"synaptic current", run<Synaptic, DenseOn<Synaptic> >},
    {"everything", run<Everything, DenseOn<Everything> >},
    {"everything, signed", run<EverythingSigned, DenseOn<EverythingSigned> >},
    {"dense, shifted", run<Plain, DenseOn<Plain, 2> >},
    {"dense, two in a word", run<With<Membranes<> >, TwoOn<With<Membranes<> > > >},
    {"dense, two in a word, shifted", run<Plain, TwoOn<Plain, 2, false, asn::SignedEvent<3, 2> > >},
    {"held, two in a word", run<PlainHeld, TwoOn<PlainHeld, 0, true>, DiagonalOn<PlainHeld> >},
    {"diagonal", run<Plain, DiagonalOn<Plain> >},
    {"diagonal, shifted", run<Plain, DiagonalOn<Plain, 3> >},
    {"diagonal, signed", run<Plain, DiagonalOn<Plain, 1, false, SignedEvent> >},
    {"diagonal, frame", run<PlainFrames, DiagonalOn<PlainFrames, 0, true> >},
    {"current", run<Plain, CurrentOn<Plain> >},
    {"current, shifted", run<Plain, CurrentOn<Plain, 2> >},
    {"current, frame", run<PlainFrames, CurrentOn<PlainFrames, 0, true> >},
    {"three", run<Plain, DenseOn<Plain, 1>, DiagonalOn<Plain>, CurrentOn<Plain, 2> >},
    {"three of frames",
     run<PlainFrames, DenseOn<PlainFrames, 1, true>, DiagonalOn<PlainFrames, 0, true>,
         CurrentOn<PlainFrames, 2, true> >},
    {"held, dense", run<PlainHeld, DenseOn<PlainHeld, 0, true>, DiagonalOn<PlainHeld> >},
    {"held, diagonal", run<PlainHeld, DenseOn<PlainHeld>, DiagonalOn<PlainHeld, 2, true> >},
    {"held, current", run<Held, DenseOn<Held, 0, true>, DiagonalOn<Held>, CurrentOn<Held, 1> >},
    {"held current", run<Held, DenseOn<Held>, DiagonalOn<Held, 0, true>, CurrentOn<Held, 1, true> >},
    {"loop", run<SelfLoop, DenseOn<SelfLoop> >},
    {"loop, started", run<Started, DenseOn<Started> >},
    {"loop, held", run<HeldLoop, DenseOn<HeldLoop, 0, true> >},
    {"loop, signed", run<SignedLoop, DenseOn<SignedLoop>, DiagonalOn<SignedLoop> >},
    {"paired", run<PairedPlain, DenseOn<PairedPlain, 1> >},
    {"steps", run_steps<Plain, Synapses<false, 1, 0> >},
    {"steps, everything", run_steps<Everything, Synapses<false, 0, 0> >},
    {"steps, paired", run_steps<PairedPlain, Synapses<false, 0, 0> >},
    {"paired, loop, held", run<PairedLoop, DenseOn<PairedLoop, 0, true> >},
};

template <class C, class... P, size_t... I>
int run_readout(void (*kernel)(hls::stream<typename C::score_word_t>&, typename P::stream_t&...),
                const Words* inputs, uint64_t* result, std::index_sequence<I...>) {
  std::tuple<typename P::stream_t...> streams;
  hls::stream<typename C::score_word_t> scores("scores");
  asn::AxisStream<32 * C::scores_in_word> out("out");
  int done[] = {(fill_input(std::get<I>(streams), inputs[I]), 0)...};
  (void)done;
  kernel(scores, std::get<I>(streams)...);
  asn::send_scores<C>(scores, out);
  int sent = 0;
  while (!out.empty()) {
    const asn::AxisWord<32 * C::scores_in_word> word = out.read();
    for (int i = 0; i < C::scores_in_word; i++) {
      const bool last = i == C::scores_in_word - 1 && word.last == 1;
      result[sent++] = asn::get_lane<ap_uint<32> >(word.data, i).to_uint64() | (uint64_t(last) << 63);
    }
  }
  return sent;
}

template <class C, class... P>
int accumulated(const Words* inputs, uint64_t* result) {
  return run_readout<C, P...>(asn::readout<C, P...>, inputs, result, std::index_sequence_for<P...>());
}

template <class C, class... P>
int leaky(const Words* inputs, uint64_t* result) {
  return run_readout<C, P...>(asn::leaky_readout<C, P...>, inputs, result, std::index_sequence_for<P...>());
}

struct ReadoutCase {
  const char* name;
  int (*run)(const Words* inputs, uint64_t* result);
};

typedef HoldsFrame<Readout> HeldReadout;
typedef Paired<Readout> PairedReadout;
typedef SpansSteps<Readout> StepsReadout;
typedef Leaky<asn::OUTPUT_LAST> Last;
typedef Leaky<asn::OUTPUT_MAX> Max;
typedef Paired<Max> PairedMax;
typedef AllFrames<Leaky<asn::OUTPUT_SUM> > SumOfFrames;
typedef HoldsFrame<Leaky<asn::OUTPUT_SUM> > HeldSum;

const ReadoutCase readouts[] = {
    {"readout", accumulated<Readout, DenseOn<Readout> >},
    {"readout, frame", accumulated<FrameReadout, DenseOn<FrameReadout, 0, true> >},
    {"readout, two", accumulated<Readout, DenseOn<Readout, 1>, DiagonalOn<Readout> >},
    {"readout, held", accumulated<HeldReadout, DenseOn<HeldReadout, 0, true>, DiagonalOn<HeldReadout, 2> >},
    {"readout, two in a word", accumulated<InWords<Readout, 2>, DenseOn<InWords<Readout, 2> > >},
    {"readout, four in a word", accumulated<InWords<Readout, 4>, DenseOn<InWords<Readout, 4> > >},
    {"readout of two in a word", accumulated<Readout, TwoOn<Readout> >},
    {"last", leaky<Last, DenseOn<Last> >},
    {"max", leaky<Max, DenseOn<Max>, DiagonalOn<Max, 1> >},
    {"max, four in a word", leaky<InWords<Max, 4>, DenseOn<InWords<Max, 4> > >},
    {"sum, frame", leaky<SumOfFrames, DenseOn<SumOfFrames, 0, true> >},
    {"readout, steps", accumulated<StepsReadout, DenseOn<StepsReadout> >},
    {"readout, paired", accumulated<PairedReadout, DenseOn<PairedReadout> >},
    {"max, paired", leaky<PairedMax, DenseOn<PairedMax> >},
    {"sum, held", leaky<HeldSum, DenseOn<HeldSum, 0, true>, DiagonalOn<HeldSum> >},
};

}  // namespace
#endif
