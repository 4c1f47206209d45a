// Words of streams from and to text, for the native run of the benchmarks.
#ifndef BENCH_NATIVE_WORDS_H
#define BENCH_NATIVE_WORDS_H

#include <ap_int.h>
#include <hls_stream.h>

#include <fstream>
#include <iostream>
#include <string>

// Hexadecimal words of a file, one a line, into a stream.
template <class T>
void load(hls::stream<T>& stream, const char* name) {
  std::ifstream file(name);
  std::string digits;
  while (file >> digits) {
    ap_uint<T::width> word = 0;
    for (char digit : digits) {
      word <<= 4;
      word |= ap_uint<T::width>(digit <= '9' ? digit - '0' : digit - 'a' + 10);
    }
    stream.write(T(word));
  }
}

// What a stream holds, one line `KERNEL STREAM HEX` a word.
template <class T>
void show(hls::stream<T>& stream, const char* kernel, const char* name) {
  while (!stream.empty()) {
    const ap_uint<T::width> word = stream.read();
    std::string digits;
    for (int low = (T::width - 1) / 4 * 4; low >= 0; low -= 4) {
      int digit = 0;
      for (int bit = 0; bit < 4 && low + bit < T::width; bit++) digit |= int(bool(word[low + bit])) << bit;
      digits += "0123456789abcdef"[digit];
    }
    std::cout << kernel << ' ' << name << ' ' << digits << '\n';
  }
}

#endif
