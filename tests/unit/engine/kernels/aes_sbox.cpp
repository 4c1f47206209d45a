// AES: the S-box by table and by inversion in GF(2^8), MixColumns, as helper templates.
#include <ap_int.h>
#include <hls_stream.h>
typedef ap_uint<8> u8;

static u8 xtime(u8 a) { return (a << 1) ^ (a[7] ? 0x1b : 0); }
static u8 gmul(u8 a, u8 b) {
#pragma HLS INLINE
  u8 p = 0;
  for (int i = 0; i < 8; i++) {
#pragma HLS UNROLL
    if (b[i]) p ^= a;
    a = xtime(a);
  }
  return p;
}
static u8 inverse(u8 a) {
  u8 r = 1;
  for (int i = 0; i < 254; i++) r = gmul(r, a);
  return r;
}
static u8 sub_byte(u8 a) {
  const u8 s = inverse(a);
  u8 r = 0x63;
  for (int shift = 0; shift < 5; shift++) {
    u8 t = s;
    t.lrotate(shift);
    r ^= t;
  }
  return r;
}

void aes_sbox(hls::stream<ap_uint<32> >& in, hls::stream<ap_uint<32> >& out) {
  static const u8 RCON[4] = {0x01, 0x02, 0x04, 0x08};
  ap_uint<32> w = in.read();
  u8 col[4];
  for (int i = 0; i < 4; i++) col[i] = sub_byte(w.range(8 * i + 7, 8 * i)) ^ RCON[i];
  ap_uint<32> m;
  for (int i = 0; i < 4; i++) {
    const u8 a = col[i], b = col[(i + 1) % 4], c = col[(i + 2) % 4], d = col[(i + 3) & 3];
    m.range(8 * i + 7, 8 * i) = xtime(a) ^ xtime(b) ^ b ^ c ^ d;
  }
  out.write(m);
}
