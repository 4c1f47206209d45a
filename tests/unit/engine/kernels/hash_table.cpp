// Hash table with linear probing: a struct in memory, a while loop with two ends, early return from a helper.
#include <ap_int.h>
#include <hls_stream.h>

struct slot {
  ap_uint<10> key;
  ap_uint<5> uses;
  bool valid;
};
static slot table[16];

static unsigned hash(ap_uint<10> key) { return (key * 37 >> 3) & 15; }

static int find(ap_uint<10> key) {
  unsigned at = hash(key);
  for (int tries = 0; tries < 16; tries++) {
    const slot s = table[at];
    if (!s.valid || s.key == key) return at;
    at = (at + 1) % 16;
  }
  return -1;
}

void hash_table(hls::stream<ap_uint<10> >& in, hls::stream<ap_uint<16> >& out) {
  const ap_uint<10> word = in.read();
  const ap_uint<10> key = word & 0x3f;
  const int at = find(key);
  if (at < 0) {
    out.write(0xffff);
    return;
  }
  slot& s = table[at];
  if (!s.valid) {
    s.valid = true;
    s.key = key;
    s.uses = 0;
  }
  s.uses++;
  out.write((s.uses, ap_uint<4>(at)));
}
