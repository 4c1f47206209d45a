// hls::stream for native runs: a queue; reading an empty one ends the process that does it.
#ifndef FUZZ_NATIVE_STREAM_H
#define FUZZ_NATIVE_STREAM_H

#include <ap_int.h>

#include <cstdio>
#include <cstdlib>
#include <deque>
#include <string>

struct Starved {};

namespace hls {
template <class T>
class stream {
 public:
  T read() {
    if (words.empty()) throw Starved();
    T value = words.front();
    words.pop_front();
    return value;
  }
  void read(T& value) { value = read(); }
  void write(const T& value) {
    if (words.size() > 1000000) std::abort();
    words.push_back(value);
  }
  std::deque<T> words;
};
}  // namespace hls

template <int W>
ap_uint<W> bits_of(const ap_uint<W>& value) { return value; }
template <int W>
ap_uint<W> bits_of(const ap_int<W>& value) { return ap_uint<W>(value); }

// Hexadecimal words, most significant digit first, into a stream.
template <int W, class T>
void send(hls::stream<T>& stream, const char* digits) {
  ap_uint<W> word = 0;
  for (; *digits; digits++) {
    const int digit = *digits <= '9' ? *digits - '0' : *digits - 'a' + 10;
    for (int bit = 3; bit >= 0; bit--) {
      word = word << 1;
      word[0] = (digit >> bit) & 1;
    }
  }
  stream.write(T(word));
}

// What a stream holds, one line `PROGRAM STREAM HEX` a word.
template <int W, class T>
void show(hls::stream<T>& stream, const char* program, const char* name) {
  for (const T& payload : stream.words) {
    const ap_uint<W> word = bits_of(payload);
    std::string text;
    for (int low = 0; low < W; low += 4) {
      int digit = 0;
      for (int bit = 0; bit < 4 && low + bit < W; bit++) digit |= int(bool(word[low + bit])) << bit;
      text.insert(text.begin(), "0123456789abcdef"[digit]);
    }
    std::printf("%s %s %s\n", program, name, text.c_str());
  }
}

// Call a process again and again, as hardware does, until it lacks input.
template <class Process>
void run_process(Process process) {
  try {
    while (true) process();
  } catch (const Starved&) {
  }
}

#endif
