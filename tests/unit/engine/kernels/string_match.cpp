// Knuth-Morris-Pratt with a failure table computed at compile time; char literals, size_t, static_assert, auto.
#include <ap_int.h>
#include <hls_stream.h>
#include <cstddef>
#include <cstdint>

template <std::size_t N>
struct pattern {
  char text[N];
  std::uint8_t fail[N];
  constexpr pattern(const char (&s)[N + 1]) : text(), fail() {
    for (std::size_t i = 0; i < N; i++) text[i] = s[i];
    std::size_t k = 0;
    for (std::size_t i = 1; i < N; i++) {
      while (k > 0 && text[i] != text[k]) k = fail[k - 1];
      if (text[i] == text[k]) k++;
      fail[i] = k;
    }
  }
};

void string_match(hls::stream<ap_uint<8> >& in, hls::stream<ap_uint<16> >& out) {
  static constexpr pattern<6> p("ababac");
  static_assert(sizeof(p.text) == 6, "six letters");
  static std::uint16_t position = 0;
  static std::uint8_t k = 0;
  const char c = 'a' + char(in.read() % 3);
  while (k > 0 && (k == 6 || p.text[k] != c)) k = p.fail[k - 1];
  if (p.text[k] == c) k++;
  if (k >= 3) out.write(position << 4 | k);
  position++;
}
