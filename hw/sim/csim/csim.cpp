// C simulation of a generated network: the real top function, once per input message.
//
// Compile with CSIM_SOURCE (the network's file, in quotes) and CSIM_TOP (its top function). As a shared library
// it is called through the functions below; with CSIM_MAIN it is a program (see main), for sanitisers. Words of the
// ports have CSIM_INPUT_BITS and CSIM_OUTPUT_BITS; in arrays and files they lie as units of 32 bits, the lowest first.
// native/ has a stream for the integers of the embedded engine, xilinx/ one for those of Xilinx.
#include CSIM_SOURCE  // first: it sets the limits of ap_int.h

#include <hls_stream.h>

namespace {

using asn_sim::Record;

const char* const output_name = "m_axis";

const int input_units = CSIM_INPUT_BITS / 32, output_units = CSIM_OUTPUT_BITS / 32;

void send(asn::AxisStream<CSIM_INPUT_BITS>& port, const uint64_t* units, int64_t count) {
  for (int64_t first = 0; first < count; first += input_units) {
    ap_uint<CSIM_INPUT_BITS> word = 0;
    for (int i = 0; i < input_units; i++) asn::put_lane(word, i, ap_uint<32>(units[first + i]));
    port.write(asn::axis_word<CSIM_INPUT_BITS>(word, first + input_units == count));
  }
}

void receive(asn::AxisStream<CSIM_OUTPUT_BITS>& port, Record& record) {
  while (!port.empty()) {
    const asn::AxisWord<CSIM_OUTPUT_BITS> word = port.read();
    for (int i = 0; i < output_units; i++) {
      record.words.push(asn::get_lane<ap_uint<32> >(word.data, i).to_uint64());
    }
    if ((word.last == 1) != port.empty()) {
      asn_sim::fail("m_axis: TLAST must be set on the last word of a message and on no other");
    }
  }
}

void infer(const uint64_t* units, int64_t count) {
  const int no_bound = 0;
  HLS_STREAM(asn::AxisStream<CSIM_INPUT_BITS>, s_axis, no_bound)
  HLS_STREAM(asn::AxisStream<CSIM_OUTPUT_BITS>, m_axis_port, no_bound)
  send(s_axis, units, count);
  CSIM_TOP(s_axis, m_axis_port);
  receive(m_axis_port, *asn_sim::find_record(output_name));
}

void clear() {
  *asn_sim::failure() = 0;
  for (Record* record = asn_sim::records(); record; record = record->next) {
    record->words.count = record->offsets.count = 0;
    record->offsets.push(0);
  }
}

void close_messages() {
  for (Record* record = asn_sim::records(); record; record = record->next) {
    record->offsets.push(record->words.count);
  }
}

}  // namespace

#pragma GCC visibility push(default)
extern "C" {

// Keep the words of this stream (its name in the top function) from now on.
void csim_record(const char* stream) { asn_sim::add_record(stream); }

// Run all messages, one after the other. Number of messages done; fewer than asked means csim_failure().
int64_t csim_run(const uint64_t* words, const int64_t* offsets, int64_t messages) {
  asn_sim::add_record(output_name);
  clear();
  for (int64_t i = 0; i < messages; i++) {
    asn_sim::attempt([=] { infer(words + offsets[i], offsets[i + 1] - offsets[i]); });
    if (*asn_sim::failure()) return i;
    close_messages();
  }
  return messages;
}

const char* csim_failure() { return asn_sim::failure(); }
const uint64_t* csim_words(const char* stream) { return asn_sim::find_record(stream)->words.first; }
const int64_t* csim_offsets(const char* stream) { return asn_sim::find_record(stream)->offsets.first; }

}  // extern "C"
#pragma GCC visibility pop

#ifdef CSIM_MAIN

#include <cstdio>
#include <vector>

// csim MESSAGES RESULT STREAM...: MESSAGES is int64 n, n + 1 offsets, the words. RESULT gets the same for each
// STREAM and then for m_axis.
int main(int argc, char** argv) {
  std::FILE* input = std::fopen(argv[1], "rb");
  std::FILE* output = std::fopen(argv[2], "wb");
  int64_t messages = 0;
  if (!input || !output || std::fread(&messages, 8, 1, input) != 1) return 2;
  std::vector<int64_t> offsets(messages + 1);
  if (std::fread(offsets.data(), 8, offsets.size(), input) != offsets.size()) return 2;
  std::vector<uint64_t> words(offsets.back());
  if (std::fread(words.data(), 8, words.size(), input) != words.size()) return 2;
  for (int i = 3; i < argc; i++) csim_record(argv[i]);
  const int64_t done = csim_run(words.data(), offsets.data(), messages);
  if (done != messages) {
    std::fprintf(stderr, "error: message %lld, %s\n", static_cast<long long>(done), csim_failure());
    return 1;
  }
  for (int i = 3; i <= argc; i++) {
    const Record& record = *asn_sim::find_record(i < argc ? argv[i] : output_name);
    std::fwrite(&messages, 8, 1, output);
    std::fwrite(record.offsets.first, 8, record.offsets.count, output);
    std::fwrite(record.words.first, 8, record.words.count, output);
  }
  std::fclose(input);
  return std::fclose(output);
}

#endif
