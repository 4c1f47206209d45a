// hls::stream for C simulation with the embedded engine's integers: a plain queue, without any C++ library.
//
// A stream lives as long as the program and needs no destructor, so that an inference that reads an empty stream can be
// left from anywhere. `attempt` runs one and looks for words left over.
#ifndef ASN_SIM_NATIVE_HLS_STREAM_H
#define ASN_SIM_NATIVE_HLS_STREAM_H

#include "../recording.h"
#include "../together.h"

#include <setjmp.h>

namespace asn_sim {

// What streams of all types have in common.
struct Queue {
  const char* name;
  Record* record = nullptr;
  Queue* next = nullptr;
  bool is_known = false;  // among queues()
  int64_t depth;  // words at most while processes run together; 0: no bound
  int64_t head = 0, tail = 0;

  constexpr explicit Queue(const char* name, int64_t depth) : name(name), depth(depth) {}
};

// All queues that were ever written to.
inline Queue*& queues() {
  static Queue* list = nullptr;
  return list;
}

inline void make_known(Queue& queue) {
  queue.is_known = true;
  queue.record = find_record(queue.name);
  queue.next = queues();
  queues() = &queue;
}

inline jmp_buf& way_out() {
  static jmp_buf place;
  return place;
}

[[noreturn]] inline void give_up() { _longjmp(way_out(), 1); }

template <class INFERENCE>
inline void attempt(const INFERENCE& inference) {
  if (!_setjmp(way_out())) inference();
  for (Queue* queue = queues(); queue; queue = queue->next) {
    if (queue->head != queue->tail) fail_left_over(queue->name, queue->tail - queue->head);
    queue->head = queue->tail = 0;
  }
}

}  // namespace asn_sim

namespace hls {

template <class T>
class stream : asn_sim::Queue {
 public:
  constexpr explicit stream(const char* name = "unnamed", int64_t depth = 0) : Queue(name, depth) {}

  bool empty() const { return head == tail; }
  T read() {
    while (empty() && asn_sim::is_running()) asn_sim::wait_for(name, 0);
    if (empty()) {
      asn_sim::fail_empty(name);
      asn_sim::give_up();
    }
    asn_sim::note_move();
    const T word = words[head++];
    if (empty()) head = tail = 0;
    return word;
  }
  void read(T& word) { word = read(); }
  void write(const T& word) {
    while (depth && tail - head >= depth && asn_sim::is_running()) asn_sim::wait_for(name, depth);
    asn_sim::note_move();
    if (!is_known) asn_sim::make_known(*this);
    if (record) asn_sim::push_bits(record->words, word);
    if (tail == room) words = asn_sim::with_more_room(words, tail, room);
    words[tail++] = word;
  }

 private:
  T* words = nullptr;
  int64_t room = 0;
};

}  // namespace hls
#endif
