// PID controller with saturation and anti-windup; parameters as a constexpr struct; references to members.
#include <ap_int.h>
#include <hls_stream.h>

struct gains {
  int p, i, d, shift;
};
constexpr gains GAINS{37, 5, 90, 6};

template <int W>
static ap_int<W> saturate(ap_int<48> x) {
  const ap_int<48> high = (ap_int<48>(1) << (W - 1)) - 1, low = -high - 1;
  return x > high ? ap_int<W>(high) : x < low ? ap_int<W>(low) : ap_int<W>(x);
}

struct pid_state {
  ap_int<24> integral;
  ap_int<13> last;
};

void pid(hls::stream<ap_int<12> >& in, hls::stream<ap_int<12> >& out) {
#pragma HLS PIPELINE II=1
  static pid_state s = {0, 0};
  auto& integral = s.integral;
  const ap_int<12> wanted = 700;
  const ap_int<13> error = wanted - in.read();
  const ap_int<48> u = (error * GAINS.p + integral * GAINS.i + (error - s.last) * GAINS.d) >> GAINS.shift;
  const ap_int<12> y = saturate<12>(u);
  if (y == u) integral = saturate<24>(integral + error);
  s.last = error;
  out.write(y);
}
