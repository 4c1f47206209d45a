// Pointers that walk through arrays, also backwards, by several elements, through structs, and range-based loops.
#include "engine.h"
#include <ap_int.h>
#include <hls_stream.h>

struct walking_pointers_pair {
  ap_uint<8> low;
  ap_uint<24> high;
};
HLS_INLINE int walking_pointers_sum(const int* begin, const int* end) {
  int sum = 0;
  while (begin != end) sum += *begin++;
  return sum;
}

HLS_PROCESS void p_a(hls::stream<ap_uint<8> >& in00, hls::stream<ap_uint<24> >& out00) {
  static const int rom[6] = {4, -1, 7, 300, 12, 9};
  ap_uint<13> words[32];
  int numbers[4][10];
  walking_pointers_pair pairs[12];
  const ap_uint<8> word = in00.read();
  ap_uint<13>* p = words;
  for (int i = 0; i < 32; i++) *p++ = i * 5 + word;
  for (int* n = numbers[0]; n < numbers[0] + 40; n++) *n = n - numbers[0] + word;
  for (walking_pointers_pair* q = pairs; q != pairs + 12; ++q) {
    q->low = word + 1;
    q->high = word * 3;
  }
  ap_uint<24> sum = 0;
  for (auto value : words) sum += value;
  out00.write(sum);
  const ap_uint<13>* back = words + 31;
  while (back >= words + 10 && *back != 20) {
    sum ^= *back;
    back -= 3;
  }
  out00.write(sum);
  out00.write(walking_pointers_sum(rom + 1, rom + 1 + (word & 3)));
  out00.write(walking_pointers_sum(numbers[word & 3], numbers[word & 3] + 10));
  for (const auto& pair : pairs) {
    sum += pair.low;
    sum += pair.high;
  }
  out00.write(sum);
}
