// A row of cells joined by arrays of streams: each holds a weight, adds its product and passes the sample on.
#include <ap_int.h>
#include <hls_stream.h>

const int CELLS = 4;
template <int WEIGHT>
static void cell(hls::stream<ap_int<12> >& x_in, hls::stream<ap_int<20> >& y_in, hls::stream<ap_int<12> >& x_out,
                 hls::stream<ap_int<20> >& y_out) {
#pragma HLS PIPELINE II=1
  static ap_int<12> held = 0;
  const ap_int<12> x = x_in.read();
  y_out.write(y_in.read() + held * WEIGHT);
  x_out.write(held);
  held = x;
}
static void feed(hls::stream<ap_int<12> >& in, hls::stream<ap_int<12> >& x, hls::stream<ap_int<20> >& y) {
#pragma HLS PIPELINE II=1
  x.write(in.read());
  y.write(0);
}
static void drain(hls::stream<ap_int<12> >& x, hls::stream<ap_int<20> >& y, hls::stream<ap_int<20> >& out) {
#pragma HLS PIPELINE II=1
  out.write(y.read() ^ ap_int<20>(x.read()));
}

void systolic(hls::stream<ap_int<12> >& in, hls::stream<ap_int<20> >& out) {
#pragma HLS DATAFLOW
  hls::stream<ap_int<12> > x[CELLS];
  hls::stream<ap_int<20> > y[CELLS];
#pragma HLS STREAM variable=x depth=3
#pragma HLS STREAM variable=y depth=3
  feed(in, x[0], y[0]);
  cell<3>(x[0], y[0], x[1], y[1]);
  cell<-7>(x[1], y[1], x[2], y[2]);
  cell<11>(x[2], y[2], x[3], y[3]);
  drain(x[3], y[3], out);
}
