// Arrays of structs with fields of different widths, and state that is kept in members of a class.
#include "engine.h"
#include <ap_int.h>
#include <hls_stream.h>

struct structs_in_memory_entry {
  ap_uint<3> key;
  ap_int<17> value;
  bool used;
  ap_uint<9> history[3];
  ap_uint<70> wide;
};

class structs_in_memory_store {
  ap_uint<20> total;
  ap_uint<8> counts[16];
  short last[2][4];

 public:
  structs_in_memory_store() : total(7) {
    for (int i = 0; i < 16; i++) counts[i] = 3 * i;
    for (int i = 0; i < 8; i++) last[i >> 2][i & 3] = i - 4;
  }
  void add(ap_uint<8> word) {
    total += word;
    counts[word & 15]++;
    last[word & 1][(word >> 1) & 3] += word;
  }
  ap_uint<20> get(int i) const { return total + counts[i] + last[i & 1][i >> 2]; }
};

HLS_PROCESS void p_a(hls::stream<ap_uint<8> >& in00, hls::stream<ap_int<24> >& m00) {
  structs_in_memory_entry table[16];
  for (int i = 0; i < 16; i++) {
    table[i].key = i;
    table[i].value = i * 3 - 7;
    table[i].used = i & 1;
    table[i].wide = i;
    for (int k = 0; k < 3; k++) table[i].history[k] = i * k;
  }
  for (int i = 0; i < 8; i++) {
    const ap_uint<8> word = in00.read();
    table[word & 15].value += word;
    table[word & 15].history[word % 3] += 5;
    table[(word >> 3) & 15].wide = (table[word & 15].wide << 7) | word;
    const structs_in_memory_entry entry = table[(word >> 2) & 15];
    m00.write(entry.key + entry.value + entry.used + entry.history[i % 3] + (entry.wide >> 9));
    table[word >> 4] = entry;
  }
}

HLS_PROCESS void p_b(hls::stream<ap_int<24> >& m00, hls::stream<ap_uint<24> >& out00) {
  static structs_in_memory_store store;
  const ap_int<24> word = m00.read();
  store.add(word);
  out00.write(store.get((word >> 4) & 15));
}
