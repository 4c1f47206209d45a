// Processes that run together in a C simulation: networks with loops have no order in which one can follow the other.
//
// Each process is a coroutine with a stack of its own, and runs until it waits: for a word of a stream that is empty, or for
// room in one that holds as many words as its FIFO has places. `run_all` resumes one after the other; where all wait for
// each other, as hardware would, the failure names the streams. No C++ library.
#ifndef ASN_SIM_TOGETHER_H
#define ASN_SIM_TOGETHER_H

#include "recording.h"

#include <sys/mman.h>
#include <ucontext.h>

namespace asn_sim {

const size_t STACK_BYTES = size_t(16) << 20;  // as the main stack of a process, and more; memory is taken as it is used

struct Coroutine {
  ucontext_t context;
  void* stack;
  const char* call;  // the text of its call
  void (*run)(void* body);
  void* body;
  bool is_done;
  const char* stream;  // the stream that it waits for
  int64_t depth;       // of that stream if it waits for room, 0 if it waits for a word
};

struct Together {
  ucontext_t main;
  Elements<Coroutine*> all;  // their stacks stay for the next inference
  int64_t started;
  Coroutine* running;
  bool has_moved;  // a word, or a process has ended
};

inline Together& together() {
  static Together all;
  return all;
}

inline void enter() {
  Coroutine* own = together().running;
  own->run(own->body);
  own->is_done = true;
}

inline Coroutine* new_coroutine() {
  Coroutine* made = static_cast<Coroutine*>(calloc(1, sizeof(Coroutine)));
  made->stack = mmap(nullptr, STACK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (made->stack == MAP_FAILED) {
    fputs("C simulation: out of memory for the stack of a process\n", stderr);
    abort();
  }
  return made;
}

// A process that `run_all` will run; body() must live until then.
template <class BODY>
inline void start(const char* call, BODY& body) {
  Together& all = together();
  if (all.started == all.all.count) all.all.push(new_coroutine());
  Coroutine& made = *all.all.first[all.started++];
  made.call = call;
  made.run = [](void* found) { (*static_cast<BODY*>(found))(); };
  made.body = &body;
  made.is_done = false;
  getcontext(&made.context);
  made.context.uc_stack.ss_sp = made.stack;
  made.context.uc_stack.ss_size = STACK_BYTES;
  made.context.uc_link = &all.main;
  makecontext(&made.context, enter, 0);
}

inline bool is_running() { return together().running != nullptr; }

// What a process does while a stream is empty, or (depth > 0) full.
inline void wait_for(const char* stream, int64_t depth) {
  Coroutine* own = together().running;
  own->stream = stream;
  own->depth = depth;
  swapcontext(&own->context, &together().main);
}

inline void note_move() { together().has_moved = true; }

// Each process that has not ended, and what it waits for.
inline void fail_waiting() {
  char text[400];
  int64_t used = 0;
  for (int64_t i = 0; i < together().started; i++) {
    const Coroutine& one = *together().all.first[i];
    if (one.is_done || used >= int64_t(sizeof text)) continue;
    const int name = int(strcspn(one.call, "( \n"));
    const char* separator = used ? "; " : "";
    const int64_t room = int64_t(sizeof text) - used;
    used += one.depth ? snprintf(text + used, room, "%s%.*s for room in %s, which holds %lld word(s)", separator, name,
                                 one.call, one.stream, static_cast<long long>(one.depth))
                      : snprintf(text + used, room, "%s%.*s for a word of %s", separator, name, one.call, one.stream);
  }
  fail("processes wait for each other: %s", text);
}

// Run all that were started until they have ended. Whether they did; else failure() says what they wait for.
inline bool run_all() {
  Together& all = together();
  const int64_t count = all.started;
  int64_t left = count;
  do {
    all.has_moved = false;
    for (int64_t i = 0; i < count; i++) {
      Coroutine& one = *all.all.first[i];
      if (one.is_done) continue;
      all.running = &one;
      swapcontext(&all.main, &one.context);
      all.running = nullptr;
      if (one.is_done) {
        left--;
        note_move();
      }
    }
  } while (left && all.has_moved);
  if (left) fail_waiting();
  all.started = 0;
  return !left;
}

}  // namespace asn_sim
#endif
