// Xilinx's hls::stream for C simulation, with what a test needs added:
//   - the words of streams that asn_sim::record named are kept (integers of up to 64 bits);
//   - reading an empty stream and words left over when a stream dies are failures, not lines on the terminal.
#ifndef ASN_SIM_HLS_STREAM_H
#define ASN_SIM_HLS_STREAM_H

// All that Xilinx's header includes, before `stream` is renamed.
#include <cxxabi.h>
#include <stdlib.h>
#include <cstdint>
#include <iostream>
#include <map>
#include <queue>
#include <sstream>
#include <stdexcept>
#include <string>
#include <typeinfo>
#include <vector>

#include <ap_int.h>

#define stream xilinx_stream
#include_next <hls_stream.h>
#undef stream

namespace asn_sim {

// Messages of one stream: message i is words[offsets[i] .. offsets[i + 1]).
struct Record {
  std::vector<uint64_t> words;
  std::vector<int64_t> offsets;
};

inline std::map<std::string, Record>& records() {
  static std::map<std::string, Record> all;
  return all;
}

// Record of a stream that is to be recorded, else null.
inline Record* find_record(const std::string& name) {
  std::map<std::string, Record>::iterator found = records().find(name);
  return found == records().end() ? nullptr : &found->second;
}

// The first failure since it was last cleared.
inline std::string& failure() {
  static std::string text;
  return text;
}

inline void fail(const std::string& text) {
  if (failure().empty()) failure() = text;
}

template <int BITS>
inline uint64_t bits_of(const ap_uint<BITS>& word) {
  return word.to_uint64();
}

template <class T>
inline uint64_t bits_of(const T&) {
  return 0;
}

}  // namespace asn_sim

namespace hls {

template <class T>
class stream : public xilinx_stream<T> {
 public:
  explicit stream(const char* name = "unnamed")
      : xilinx_stream<T>(std::string(name)), record(asn_sim::find_record(name)) {}

  ~stream() {
    if (this->empty()) return;
    std::ostringstream text;
    text << this->_name << ": stream must be empty after an inference, not hold " << this->size()
         << " word(s)";
    asn_sim::fail(text.str());
    while (!this->empty()) xilinx_stream<T>::read();
  }

  T read() {
    if (this->empty()) {
      asn_sim::fail(this->_name + ": stream must hold a word when it is read, not be empty");
      throw std::runtime_error(asn_sim::failure());
    }
    return xilinx_stream<T>::read();
  }

  void write(const T& word) {
    if (record != nullptr) record->words.push_back(asn_sim::bits_of(word));
    xilinx_stream<T>::write(word);
  }

 private:
  asn_sim::Record* record;
};

}  // namespace hls
#endif
