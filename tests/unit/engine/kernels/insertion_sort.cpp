// Insertion sort into a row of cells, and a bubble sort of structs by key with std::swap.
#include <ap_int.h>
#include <hls_stream.h>
#include <utility>

struct entry {
  ap_uint<6> key;
  ap_int<5> value;
};

void insertion_sort(hls::stream<ap_uint<11> >& in, hls::stream<ap_uint<11> >& out) {
  const int SIZE = 8;
  ap_uint<11> cells[SIZE];
#pragma HLS ARRAY_PARTITION variable=cells complete
  for (int i = 0; i < SIZE; i++) {
#pragma HLS UNROLL
    cells[i] = 2047;
  }
  for (int n = 0; n < SIZE; n++) {
#pragma HLS PIPELINE
    ap_uint<11> carried = in.read();
    for (int i = 0; i < SIZE; i++) {
      if (carried < cells[i]) {
        const ap_uint<11> t = cells[i];
        cells[i] = carried;
        carried = t;
      }
    }
  }
  entry table[4];
  for (int i = 0; i < 4; i++) {
    table[i].key = cells[i];
    table[i].value = cells[7 - i] >> 3;
  }
  for (int i = 0; i < 3; i++) {
    for (int j = 0; j < 3 - i; j++) {
      if (table[j].key < table[j + 1].key) std::swap(table[j], table[j + 1]);
    }
  }
  for (const auto& e : table) out.write((e.key, ap_uint<5>(e.value)));
  for (int i = 0; i < SIZE; i++) out.write(cells[i]);
}
