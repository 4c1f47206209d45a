// hls::stream for native runs: a queue; reading an empty one ends the process that does it.
#ifndef FUZZ_NATIVE_STREAM_H
#define FUZZ_NATIVE_STREAM_H

#include <ap_int.h>
#include <ap_shift_reg.h>

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

static jmp_buf starved;  // where a process without input goes

namespace hls {
template <class T, int DEPTH = 0>
class stream;
template <class T>
class stream<T, 0> {
 public:
  static const int ROOM = 1 << 16;
  T words[ROOM];
  int first = 0, last = 0, asked = 0;

  stream() {}
  explicit stream(const char*) {}
  T read() {
    if (first == last) longjmp(starved, 1);
    asked = 0;
    return words[first++];
  }
  void read(T& value) { value = read(); }
  void write(const T& value) {
    if (last == ROOM) abort();
    words[last++] = value;
  }
  // A process that asks again and again, and finds nothing, has done all that it can.
  bool empty() {
    if (first == last && ++asked > 1000) longjmp(starved, 1);
    return first == last;
  }
  bool full() { return false; }
  bool read_nb(T& value) {
    if (empty()) return false;
    value = read();
    return true;
  }
  bool write_nb(const T& value) {
    write(value);
    return true;
  }
  void operator>>(T& value) { value = read(); }
  void operator<<(const T& value) { write(value); }
};
template <class T, int DEPTH>
class stream : public stream<T, 0> {
 public:
  stream() {}
  explicit stream(const char*) {}
};
}  // namespace hls

template <int W>
ap_uint<W> bits_of(const ap_uint<W>& value) { return value; }
template <int W>
ap_uint<W> bits_of(const ap_int<W>& value) { return ap_uint<W>(value); }

// Hexadecimal words with spaces between them, most significant digit first, into a stream.
template <int W, class T, int DEPTH>
void send(hls::stream<T, DEPTH>& stream, const char* digits) {
  ap_uint<W> word = 0;
  for (; ; digits++) {
    if (!*digits || *digits == ' ') {
      stream.write(T(word));
      if (!*digits) return;
      word = 0;
      continue;
    }
    const int digit = *digits <= '9' ? *digits - '0' : *digits - 'a' + 10;
    for (int bit = 3; bit >= 0; bit--) {
      word = word << 1;
      word[0] = (digit >> bit) & 1;
    }
  }
}

// What a stream holds, one line `PROGRAM STREAM HEX` a word.
template <int W, class T, int DEPTH>
void show(hls::stream<T, DEPTH>& stream, const char* program, const char* name) {
  for (int position = stream.first; position < stream.last; position++) {
    const ap_uint<W> word = bits_of(stream.words[position]);
    printf("%s %s ", program, name);
    for (int low = (W - 1) / 4 * 4; low >= 0; low -= 4) {
      int digit = 0;
      for (int bit = 0; bit < 4 && low + bit < W; bit++) digit |= int(bool(word[low + bit])) << bit;
      putchar("0123456789abcdef"[digit]);
    }
    putchar('\n');
  }
}

// Call a process again and again, as hardware does, until it lacks input.
template <class Process>
void run_process(Process process) {
  if (setjmp(starved)) return;
  while (true) process();
}

#endif
