// Xilinx's hls::stream for C simulation with Xilinx's integers, with what a test needs added:
//   - the words of streams that have a record are kept;
//   - processes that run together wait for words, and for room (together.h);
//   - reading an empty stream and words left over when a stream dies are failures, not lines on the terminal.
#ifndef ASN_SIM_XILINX_HLS_STREAM_H
#define ASN_SIM_XILINX_HLS_STREAM_H

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

#include "../recording.h"
#include "../together.h"

namespace asn_sim {

[[noreturn]] inline void give_up() { throw std::underflow_error("processes that wait for each other"); }

// Run an inference; one that reads an empty stream ends there.
template <class INFERENCE>
inline void attempt(const INFERENCE& inference) {
  try {
    inference();
  } catch (const std::underflow_error&) {  // its text is failure()
  }
}

}  // namespace asn_sim

namespace hls {

template <class T>
class stream : public xilinx_stream<T> {
 public:
  explicit stream(const char* name = "unnamed", std::size_t depth = 0)
      : xilinx_stream<T>(std::string(name)), record(asn_sim::find_record(name)), depth(depth) {}

  ~stream() {
    if (this->empty()) return;
    asn_sim::fail_left_over(this->_name.c_str(), this->size());
    while (!this->empty()) xilinx_stream<T>::read();
  }

  T read() {
    while (this->empty() && asn_sim::is_running()) asn_sim::wait_for(this->_name.c_str(), 0);
    asn_sim::note_move();
    if (this->empty()) {
      asn_sim::fail_empty(this->_name.c_str());
      throw std::underflow_error(this->_name);
    }
    return xilinx_stream<T>::read();
  }

  void write(const T& word) {
    while (depth && this->size() >= depth && asn_sim::is_running()) asn_sim::wait_for(this->_name.c_str(), depth);
    asn_sim::note_move();
    if (record != nullptr) asn_sim::push_bits(record->words, word);
    xilinx_stream<T>::write(word);
  }

 private:
  asn_sim::Record* record;
  std::size_t depth;  // words at most while processes run together; 0: no bound
};

}  // namespace hls
#endif
