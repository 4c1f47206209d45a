// C simulation of a generated network: the real top function, once per input message.
//
// Compile with CSIM_SOURCE (the network's file, in quotes) and CSIM_TOP (its top function). As a shared library
// it is called through the functions below; with CSIM_MAIN it is a program (see main), for sanitisers.
#include CSIM_SOURCE  // first: it sets the limits of ap_int.h

#include <hls_stream.h>

#include <cstdio>
#include <cstdlib>

namespace {

const char* const output_name = "m_axis";

void send(hls::stream<asn::AxisWord>& port, const uint64_t* words, int64_t count) {
  for (int64_t i = 0; i < count; i++) port.write(asn::axis_word(ap_uint<32>(words[i]), i == count - 1));
}

void receive(hls::stream<asn::AxisWord>& port, asn_sim::Record& record) {
  while (!port.empty()) {
    const asn::AxisWord word = port.read();
    record.words.push_back(word.data.to_uint64());
    if ((word.last == 1) != port.empty()) {
      asn_sim::fail("m_axis: TLAST must be set on the last word of a message and on no other");
    }
  }
}

void infer(const uint64_t* words, int64_t count) {
  hls::stream<asn::AxisWord> s_axis("s_axis");
  hls::stream<asn::AxisWord> m_axis("m_axis_port");
  send(s_axis, words, count);
  CSIM_TOP(s_axis, m_axis);
  receive(m_axis, asn_sim::records()[output_name]);
}

void clear() {
  asn_sim::failure().clear();
  for (auto& entry : asn_sim::records()) {
    entry.second.words.clear();
    entry.second.offsets.assign(1, 0);
  }
}

void close_messages() {
  for (auto& entry : asn_sim::records()) entry.second.offsets.push_back(entry.second.words.size());
}

}  // namespace

#pragma GCC visibility push(default)
extern "C" {

// Keep the words of this stream (its name in the top function) from now on.
void csim_record(const char* stream) { asn_sim::records()[stream]; }

// Run all messages, one after the other. Number of messages done; fewer than asked means csim_failure().
int64_t csim_run(const uint64_t* words, const int64_t* offsets, int64_t messages) {
  asn_sim::records()[output_name];
  clear();
  for (int64_t i = 0; i < messages; i++) {
    try {
      infer(words + offsets[i], offsets[i + 1] - offsets[i]);
    } catch (const std::runtime_error&) {  // its text is csim_failure()
    }
    if (!asn_sim::failure().empty()) return i;
    close_messages();
  }
  return messages;
}

const char* csim_failure() { return asn_sim::failure().c_str(); }
const uint64_t* csim_words(const char* stream) { return asn_sim::records()[stream].words.data(); }
const int64_t* csim_offsets(const char* stream) { return asn_sim::records()[stream].offsets.data(); }

}  // extern "C"
#pragma GCC visibility pop

#ifdef CSIM_MAIN

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
    const asn_sim::Record& record = asn_sim::records()[i < argc ? argv[i] : output_name];
    std::fwrite(&messages, 8, 1, output);
    std::fwrite(record.offsets.data(), 8, record.offsets.size(), output);
    std::fwrite(record.words.data(), 8, record.words.size(), output);
  }
  std::fclose(input);
  return std::fclose(output);
}

#endif
