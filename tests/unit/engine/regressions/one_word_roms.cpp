
HLS_PROCESS void one_word_roms_a(hls::stream<ap_uint<8> >& in00, hls::stream<ap_int<34> >& out00) {
  ap_int<34> v0 = 0;
  static ap_uint<154> v1;
  static ap_uint<1> ram0[16];
  static ap_int<8> ram1[8];
  int i1 = 0;
  ap_uint<5> placei1 = 0;
  ap_uint<5> starti1 = 0;
  int i2 = 0;
  bool donei2 = false;
  int i3 = 0;
  bool donei3 = false;
  v1 = in00.read();
  if (true) {
    i1 = 0;
    while (true) {
      placei1 = starti1;
      starti1 = 3;
      while (true) {
        HLS_PIPELINE(3)
        i1 = i1 + 1;
        if (i1 >= 4) break;
        if (placei1 == 4) {
          break;
        }
        if ((ap_int<154>((ram0[ap_uint<1>(ap_uint<1>(v0 < ram1[3]))] & v1)) != ap_uint<34>(ap_uint<8>(ram1[ap_uint<1>(ap_uint<34>(ap_uint<1>(v0 <= v0)))])))) {
          if (true) {
            i2 = 0;
            donei2 = false;
            while (!donei2) {
              if ((ap_uint<34>(ap_uint<1>((ap_int<8>(v1) / ap_uint<8>(ap_int<8>(ap_uint<8>(2u)) | ap_uint<1>(1))))) == ap_int<34>((v1 >> ap_uint<1>(ram0[i2]))))) {
                v0 ^= ap_int<1>((ap_uint<1>(ap_uint<154>((v1.range(110, 89) << ap_uint<1>(ap_uint<8>(((ap_uint<8>(i1) < i1) ? ap_uint<8>(v1) : ap_uint<8>(v1))))))) % ap_uint<8>(137)));
                v1 = v0;
              } else {
                v0 = ap_uint<8>(255u);
                v1 = v1;
              }
              if (true) {
                i3 = 0;
                donei3 = false;
                while (!donei3) {
                  HLS_PIPELINE(1)
                  v0.range(33, 23) = ap_uint<154>(ap_uint<154>((-v1)));
                  out00.write(ap_int<34>(ap_uint<154>(ap_uint<1>(ap_int<1>((v1 << ap_uint<1>(ap_uint<8>(i2)))) >= ap_uint<34>(((v0 != 6) ? ap_uint<34>(v1) : ap_uint<34>(v0)))))));
                  i3 = i3 + 1;
                  donei3 = i3 >= 9 || ap_uint<1>(ap_uint<1>(ap_uint<1>(i3 + ap_uint<1>(ap_uint<34>((v1 >> 70)))) * ap_uint<1>(i3 + ap_uint<1>(ap_uint<34>((v1 >> 70)))) + i3) * ap_uint<1>(ap_uint<1>(i3 + ap_uint<1>(ap_uint<34>((v1 >> 70)))) * ap_uint<1>(i3 + ap_uint<1>(ap_uint<34>((v1 >> 70)))) + i3) + i3) > 0;
                }
              }
              i2 = i2 + 1;
              donei2 = i2 >= 2 || ap_uint<8>(ap_uint<8>(ap_uint<8>(ap_uint<8>(i2 + ap_uint<8>(ap_uint<34>((ap_uint<8>(i1) & v0)))) * ap_uint<8>(i2 + ap_uint<8>(ap_uint<34>((ap_uint<8>(i1) & v0)))) + i2) * ap_uint<8>(ap_uint<8>(i2 + ap_uint<8>(ap_uint<34>((ap_uint<8>(i1) & v0)))) * ap_uint<8>(i2 + ap_uint<8>(ap_uint<34>((ap_uint<8>(i1) & v0)))) + i2) + i2) * ap_uint<8>(ap_uint<8>(ap_uint<8>(i2 + ap_uint<8>(ap_uint<34>((ap_uint<8>(i1) & v0)))) * ap_uint<8>(i2 + ap_uint<8>(ap_uint<34>((ap_uint<8>(i1) & v0)))) + i2) * ap_uint<8>(ap_uint<8>(i2 + ap_uint<8>(ap_uint<34>((ap_uint<8>(i1) & v0)))) * ap_uint<8>(i2 + ap_uint<8>(ap_uint<34>((ap_uint<8>(i1) & v0)))) + i2) + i2) + i2) > 108;
            }
          }
          v0 = 1;
          break;
        }
        if ((v1 <= 4)) {
          starti1 = starti1 + 1;
        }
        placei1 = placei1 + 1;
      }
      if (i1 >= 4) break;
    }
  }
  out00.write(ap_int<34>(v0 ^ v1));
}
void one_word_roms_top(hls::stream<ap_uint<8> >& in00, hls::stream<ap_int<34> >& out00) {
  HLS_DATAFLOW
  one_word_roms_a(in00, out00);
}
