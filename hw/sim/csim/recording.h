// What a C simulation keeps: the words of the streams that are asked for, and the first failure. No C++ library.
#ifndef ASN_SIM_RECORDING_H
#define ASN_SIM_RECORDING_H

#include <ap_int.h>

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

namespace asn_sim {

// A copy of `count` elements in memory with room for more; the old memory is given back.
template <class T>
inline T* with_more_room(T* elements, int64_t count, int64_t& room) {
  room = room ? 2 * room : 64;
  T* moved = static_cast<T*>(malloc(room * sizeof(T)));
  for (int64_t i = 0; i < count; i++) moved[i] = elements[i];
  free(elements);
  return moved;
}

// Elements side by side; the memory stays when all are dropped.
template <class T>
struct Elements {
  T* first;
  int64_t count, room;

  void push(const T& element) {
    if (count == room) first = with_more_room(first, count, room);
    first[count++] = element;
  }
};

// Messages of one stream: message i is words[offsets[i] .. offsets[i + 1]).
struct Record {
  const char* stream;
  Elements<uint64_t> words;
  Elements<int64_t> offsets;
  Record* next;
};

// The records, as a list.
inline Record*& records() {
  static Record* list = nullptr;
  return list;
}

// Record of a stream that is to be recorded, else null.
inline Record* find_record(const char* stream) {
  Record* record = records();
  while (record && strcmp(record->stream, stream)) record = record->next;
  return record;
}

// Record of a stream, which is recorded from now on.
inline Record* add_record(const char* stream) {
  if (Record* known = find_record(stream)) return known;
  Record* record = static_cast<Record*>(calloc(1, sizeof(Record)));
  record->stream = strdup(stream);
  record->next = records();
  return records() = record;
}

// The first failure since it was last cleared.
inline char* failure() {
  static char text[512];
  return text;
}

inline void fail(const char* format, ...) {
  if (*failure()) return;
  va_list values;
  va_start(values, format);
  vsnprintf(failure(), 512, format, values);
  va_end(values);
}

inline void fail_empty(const char* stream) {
  fail("%s: stream must hold a word when it is read, not be empty", stream);
}

inline void fail_left_over(const char* stream, int64_t words) {
  fail("%s: stream must be empty after an inference, not hold %lld word(s)", stream,
       static_cast<long long>(words));
}

// What is recorded of a word: of an integer its bits, 64 at a time, the lowest first; of anything else nothing.
template <int BITS>
inline void push_bits(Elements<uint64_t>& words, const ap_uint<BITS>& word) {
  for (int low = 0; low < BITS; low += 64) {
    const ap_uint<64> part = word >> low;
    words.push(part.to_uint64());
  }
}

template <class T>
inline void push_bits(Elements<uint64_t>&, const T&) {}

}  // namespace asn_sim
#endif
