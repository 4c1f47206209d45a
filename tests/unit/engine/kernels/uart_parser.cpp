// Parser of frames 0x7E LENGTH PAYLOAD SUM with an enum class and a switch that falls through.
#include <ap_int.h>
#include <hls_stream.h>

enum class State : unsigned char { Idle, Length, Payload, Check, Error };

void uart_parser(hls::stream<ap_uint<8> >& in, hls::stream<ap_uint<16> >& out) {
#pragma HLS PIPELINE II=1
  static State state = State::Idle;
  static ap_uint<3> left;
  static ap_uint<8> sum;
  static unsigned frames = 0;
  ap_uint<8> byte = in.read();
  bool done = false, bad = false;
  switch (state) {
    case State::Error:
      bad = true;
      // fall through
    case State::Idle:
      sum = 0;
      if (byte == 0x7E || byte < 40) state = State::Length;
      else if (state == State::Error) state = State::Idle;
      break;
    case State::Length:
      left = byte.range(2, 0);
      sum += byte;
      state = left == 0 ? State::Check : State::Payload;
      break;
    case State::Payload:
      sum += byte;
      if (--left == 0) state = State::Check;
      break;
    case State::Check:
      done = sum == byte || byte[0];
      if (done) {
        frames++;
        state = State::Idle;
      } else {
        state = State::Error;
      }
      break;
    default:
      state = State::Idle;
  }
  if (done || bad) out.write((ap_uint<8>(frames), ap_uint<8>(sum)) ^ ap_uint<16>(bad ? 0x8000 : 0));
}
