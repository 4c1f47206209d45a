// Each kernel of hw/hls on its own, callable from Python. The ROMs are plain arrays that Python fills, so one
// compiled configuration serves many random networks. kernel_cases.h has the populations and read-outs.
#include "compress.h"
#include "fork.h"
#include "scanner.h"
#include "sources/encode.h"
#include "sources/receive_events.h"

#include "kernel_cases.h"

#include <cstring>
#include <type_traits>

namespace {

template <int PIXELS, int COUNT_BITS = 8, int IN_WORD = 4, int EVENTS = 1>
struct Pixels {
  static const int pixels = PIXELS;
  static const int pixels_in_word = IN_WORD;
  static const int words = (PIXELS + IN_WORD - 1) / IN_WORD;
  typedef ap_uint<(IN_WORD == 4 ? 2 : IN_WORD == 8 ? 3 : 4)> lane_t;
  typedef asn::Event<(PIXELS <= 2 ? 1 : PIXELS <= 4 ? 2 : PIXELS <= 8 ? 3 : 4), COUNT_BITS> event_t;
  typedef typename std::conditional<EVENTS == 1, event_t, asn::Several<event_t, 2> >::type output_event;
  typedef ap_uint<2> word_index_t;
  typedef ap_uint<1 + 2 + IN_WORD * COUNT_BITS> pixels_t;
};

struct Received {
  static const int time_steps = 3;
  typedef asn::Event<3, 2> output_event;
};

struct Forked {
  static const int steps = 3;
  typedef asn::Event<3, 2> output_event;
};

struct ForkedWords {
  static const int words = 9;
};

// words: units of 32 bits.
template <int BITS>
void fill_axis(asn::AxisStream<BITS>& stream, const uint64_t* words, int count) {
  for (int first = 0; first < count; first += BITS / 32) {
    ap_uint<BITS> word = 0;
    for (int i = 0; i < BITS / 32; i++) asn::put_lane(word, i, ap_uint<32>(words[first + i]));
    stream.write(asn::axis_word<BITS>(word, first + BITS / 32 == count));
  }
}

template <class CONFIG>
int run_encode(const uint64_t* words, int count, uint64_t* result) {
  asn::AxisStream<8 * CONFIG::pixels_in_word> pixels("pixels");
  hls::stream<typename CONFIG::output_event::word_t> events("events");
  fill_axis<8 * CONFIG::pixels_in_word>(pixels, words, count);
  hls::stream<typename CONFIG::pixels_t> found("found");
  asn::load_pixels<CONFIG>(pixels, found);
  asn::encode<CONFIG>(found, events);
  return drain(events, result);
}

template <class CONFIG>
int run_compress(const uint64_t* words, int count, uint64_t* result) {
  hls::stream<counts_word_t> counts("counts");
  hls::stream<typename CONFIG::output_event::word_t> events("events");
  fill(counts, words, count);
  asn::compress<CONFIG>(counts, events);
  return drain(events, result);
}

int drain_all(uint64_t*) { return 0; }

// All copies of a stream, one behind the other.
template <class STREAM, class... Streams>
int drain_all(uint64_t* words, STREAM& stream, Streams&... others) {
  const int count = drain(stream, words);
  return count + drain_all(words + count, others...);
}

}  // namespace

extern "C" {

void set_rom(int tag, const uint64_t* words, int slices, int rows) {
  for (int slice = 0; slice < slices; slice++) {
    std::memcpy(rom_from<0>(tag)[slice], words + slice * rows, 8 * rows);
  }
}

// Lanes of 17 bits, as signed numbers: what get_lane finds in a row that Python packed, and whether put_lane
// makes the same row of them.
int lanes_of_row(int row, int64_t* values) {
  const int lanes = 16;
  const ap_uint<lanes * 17> word = asn::rom_word<Rom<thresholds_tag>, lanes * 17>(row);
  ap_uint<lanes * 17> again = 0;
  for (int lane = 0; lane < lanes; lane++) {
    const ap_int<17> value = asn::get_lane<ap_int<17> >(word, lane);
    values[lane] = value.to_int64();
    asn::put_lane(again, lane, value);
  }
  return again == word;
}

int scan(uint64_t word, uint64_t* indices, uint64_t* counts) {
  asn::Scanner<4, 3, 2> scanner;
  scanner.load(ap_uint<12>(word));
  int found = 0;
  while (scanner.pending != 0) {
    ap_uint<2> index;
    ap_uint<3> count;
    scanner.take(index, count);
    indices[found] = index.to_uint64();
    counts[found++] = count.to_uint64();
  }
  return found;
}

// The lowest of 40 lanes of one bit, which is found by a tree; -1 if there is none.
int lowest_of_many(uint64_t word) {
  asn::Scanner<40, 1, 6> scanner;
  scanner.load(ap_uint<40>(word));
  if (scanner.pending == 0) return -1;
  ap_uint<6> index;
  ap_uint<1> count;
  const ap_uint<40> before = scanner.pending;
  scanner.take(index, count);
  const ap_uint<40> taken = before ^ scanner.pending;
  return taken == ap_uint<40>(1) << int(index) && count == 1 ? int(index) : -2;
}

}  // extern "C"

template <int IN_WORD, int EVENTS>
int encode_words(int pixels, const uint64_t* words, int count, uint64_t* result) {
  switch (pixels) {
    case 1: return run_encode<Pixels<1, 8, IN_WORD, EVENTS> >(words, count, result);
    case 2: return run_encode<Pixels<2, 8, IN_WORD, EVENTS> >(words, count, result);
    case 4: return run_encode<Pixels<4, 8, IN_WORD, EVENTS> >(words, count, result);
    case 7: return run_encode<Pixels<7, 8, IN_WORD, EVENTS> >(words, count, result);
    default: return run_encode<Pixels<9, 8, IN_WORD, EVENTS> >(words, count, result);
  }
}

extern "C" {

int encode(int events, int in_word, int pixels, const uint64_t* words, int count, uint64_t* result) {
  if (events == 2) return encode_words<8, 2>(pixels, words, count, result);
  if (in_word == 4) return encode_words<4, 1>(pixels, words, count, result);
  if (in_word == 8) return encode_words<8, 1>(pixels, words, count, result);
  return encode_words<16, 1>(pixels, words, count, result);
}

int encode_5_bits(const uint64_t* words, int count, uint64_t* result) {
  return run_encode<Pixels<7, 5> >(words, count, result);
}

int receive_events(const uint64_t* words, int count, uint64_t* result) {
  asn::AxisStream<32> port("words");
  hls::stream<Received::output_event::word_t> events("events");
  fill_axis<32>(port, words, count);
  asn::receive_events<Received>(port, events);
  return drain(events, result);
}

int fork_to(int readers, const uint64_t* words, int count, uint64_t* result) {
  typedef hls::stream<Forked::output_event::word_t> stream_t;
  stream_t events("events"), a("a"), b("b"), c("c");
  fill(events, words, count);
  if (readers == 2) asn::fork<Forked>(events, a, b);
  if (readers == 3) asn::fork<Forked>(events, a, b, c);
  return drain_all(result, a, b, c);
}

int fork_words_to(int readers, const uint64_t* words, int count, uint64_t* result) {
  typedef hls::stream<ap_uint<40> > stream_t;
  stream_t currents("currents"), a("a"), b("b"), c("c");
  fill(currents, words, count);
  if (readers == 2) asn::fork_words<ForkedWords>(currents, a, b);
  if (readers == 3) asn::fork_words<ForkedWords>(currents, a, b, c);
  return drain_all(result, a, b, c);
}

// Sums of one time step: neurons in groups of lanes, 12 numbers. What acc held before must not matter.
void integrate(const uint64_t* words, int count, int64_t* sums) {
  typedef Synapses<false, 0, 0> P;
  hls::stream<P::input_event::word_t> events("events");
  Sums::acc_word_t acc[3], held[3];
  for (int group = 0; group < 3; group++) acc[group] = held[group] = 123456789 * (group + 1);
  bool empty = true;
  fill(events, words, count);
  asn::Dense<Sums, P>::integrate(events, acc, empty, held, false);
  for (int i = 0; i < 12; i++) {
    sums[i] = asn::get_lane<Sums::acc_t>(asn::word_of<Sums>(acc, empty, i / 4), i % 4).to_int64();
  }
}

// Two numbers of 7 bits as a pair of lanes of 20 bits: the pair, and the numbers that are read from it.
int64_t pair_of(int64_t lower, int64_t upper, int64_t* numbers) {
  const ap_int<28> pair = asn::pair_of<20>(ap_int<7>(lower), ap_int<7>(upper));
  const ap_uint<40> word = ap_int<40>(pair);
  const ap_uint<40> sums = asn::with_borrows<ap_int<20>, 2>(word, asn::borrows_of<ap_int<20>, 2>(word));
  for (int lane = 0; lane < 2; lane++) numbers[lane] = asn::get_lane<ap_int<20> >(sums, lane).to_int64();
  return pair.to_int64();
}

int64_t leak(int64_t value) {
  typedef Membranes<> N;
  return asn::Rest<N>::leak(N::potential_t(value), 0, 0).to_int64();
}

int compress(int in_word, bool is_signed, const uint64_t* words, int count, uint64_t* result) {
  if (in_word == 2) return run_compress<SendsTwo<Population<SignedLevels> > >(words, count, result);
  return is_signed ? run_compress<Population<SignedLevels> >(words, count, result)
                   : run_compress<Population<Levels> >(words, count, result);
}

// Words of counts; sums: the currents that are sent. -1: there is none of that name.
int population(const char* name, const Words* inputs, uint64_t* counts, int64_t* sums) {
  for (const PopulationCase& one : populations) {
    if (std::strcmp(one.name, name) == 0) return one.run(inputs, counts, sums);
  }
  return -1;
}

// Words of the message; the top bit of each is TLAST.
int readout(const char* name, const Words* inputs, uint64_t* result) {
  for (const ReadoutCase& one : readouts) {
    if (std::strcmp(one.name, name) == 0) return one.run(inputs, result);
  }
  return -1;
}

}  // extern "C"
