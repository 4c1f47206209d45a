// DCT of 4 x 4 blocks as two passes with a transposition between, arrays passed to functions, const tables.
#include <ap_int.h>
#include <hls_stream.h>
#define DCT_SIZE 4
typedef short dct_t;

static const dct_t coeff[DCT_SIZE][DCT_SIZE] = {
    {64, 64, 64, 64}, {83, 36, -36, -83}, {64, -64, -64, 64}, {36, -83, 83, -36}};

static void dct_1d(const dct_t src[DCT_SIZE], dct_t dst[DCT_SIZE]) {
outer:
  for (unsigned k = 0; k < DCT_SIZE; k++) {
    int tmp = 0;
  inner:
    for (unsigned n = 0; n < DCT_SIZE; n++) tmp += src[n] * coeff[k][n];
    dst[k] = (tmp + (1 << 6)) >> 7;
  }
}

void dct(hls::stream<ap_int<16> >& in, hls::stream<ap_int<16> >& out) {
  dct_t row[DCT_SIZE][DCT_SIZE], mid[DCT_SIZE][DCT_SIZE], col[DCT_SIZE][DCT_SIZE], res[DCT_SIZE][DCT_SIZE];
  for (int i = 0; i < DCT_SIZE; i++)
    for (int j = 0; j < DCT_SIZE; j++) row[i][j] = in.read();
rows:
  for (int i = 0; i < DCT_SIZE; i++) dct_1d(row[i], mid[i]);
  for (int i = 0; i < DCT_SIZE; i++)
    for (int j = 0; j < DCT_SIZE; j++) col[j][i] = mid[i][j];
cols:
  for (int i = 0; i < DCT_SIZE; i++) dct_1d(col[i], res[i]);
  for (int j = 0; j < DCT_SIZE; j++)
    for (int i = 0; i < DCT_SIZE; i++) out.write(res[i][j]);
}
