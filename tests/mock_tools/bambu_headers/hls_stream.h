// What Bambu's hls::stream (ac_channel of its libbambu, 2024.10) offers while it synthesises, as declarations: no name,
// no copy, and, for the sake of its ports and FIFOs, no words but integers (a struct would become 32 bits).
#ifndef MOCK_BAMBU_HLS_STREAM_H
#define MOCK_BAMBU_HLS_STREAM_H

#include <ap_int.h>

template <class T>
struct is_ac_int {
  static const bool value = false;
};
template <int W, bool S>
struct is_ac_int<ac_int<W, S> > {
  static const bool value = true;
};

template <class T>
class ac_channel {
  static_assert(is_ac_int<T>::value, "words of a stream must be integers");

 public:
  ac_channel();
  ac_channel(const ac_channel&) = delete;
  ac_channel& operator=(const ac_channel&) = delete;

  T read();
  void read(T&);
  bool nb_read(T&);
  void write(const T&);
  bool nb_write(T&);
  unsigned size();
};

namespace hls {
template <class T>
using stream = ac_channel<T>;
}  // namespace hls

#endif
