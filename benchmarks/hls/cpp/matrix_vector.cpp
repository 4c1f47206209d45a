// 32 x 32 matrix of signed bytes in a ROM, times a vector that comes as four words of eight bytes: eight products
// a cycle.
#include "engine.h"

#include <ap_int.h>
#include <hls_stream.h>

const int MATRIX_ROWS = 32;
const int MATRIX_PARTS = 4;  // words of eight elements a row
const int MATRIX_LANES = 8;

struct MatrixRom {
  unsigned long long words[MATRIX_ROWS * MATRIX_PARTS];
};
constexpr MatrixRom matrix_elements() {
  MatrixRom rom{};
  for (int word = 0; word < MATRIX_ROWS * MATRIX_PARTS; word++) {
    const unsigned long long product = 0xC2B2AE3D27D4EB4Full * (2 * word + 1);
    rom.words[word] = product ^ product >> 31;
  }
  return rom;
}
static constexpr MatrixRom matrix = matrix_elements();

HLS_PROCESS void matrix_vector_multiply(hls::stream<ap_uint<64> >& elements,
                                        hls::stream<ap_int<21> >& products) {
  ap_uint<64> vector[MATRIX_PARTS];
  for (int part = 0; part < MATRIX_PARTS; part++) {
    HLS_PIPELINE(1)
    vector[part] = elements.read();
  }
  ap_int<21> sum = 0;
  for (int row = 0; row < MATRIX_ROWS; row++) {
    for (int part = 0; part < MATRIX_PARTS; part++) {
      HLS_PIPELINE(1)
      const ap_uint<64> factors = matrix.words[row * MATRIX_PARTS + part];
      const ap_uint<64> values = vector[part];
      ap_int<21> dot = 0;
      HLS_UNROLL_BEFORE
      for (int lane = 0; lane < MATRIX_LANES; lane++) {
        HLS_UNROLL_INSIDE
        const ap_int<8> factor = factors.range(8 * lane + 7, 8 * lane);
        const ap_int<8> value = values.range(8 * lane + 7, 8 * lane);
        dot += factor * value;
      }
      sum = part == 0 ? dot : ap_int<21>(sum + dot);
      if (part == MATRIX_PARTS - 1) products.write(sum);
    }
  }
}

void matrix_vector(hls::stream<ap_uint<64> >& elements, hls::stream<ap_int<21> >& products) {
  HLS_DATAFLOW
  matrix_vector_multiply(elements, products);
}
