// Numbers and operators of text, evaluated with two stacks: nested switch, do-while(0), goto-free error paths, enum.
#include <ap_int.h>
#include <hls_stream.h>

enum token_kind { NUMBER, PLUS, MINUS, TIMES, END, BAD };
struct token {
  token_kind kind;
  ap_uint<16> value;
};

static token lex(hls::stream<ap_uint<8> >& in, ap_uint<4>& pending, bool& has) {
  token t = {BAD, 0};
  ap_uint<4> c = has ? pending : ap_uint<4>(in.read());
  has = false;
  if (c < 10) {
    t.kind = NUMBER;
    int digits = 0;
    while (c < 10 && digits < 3) {
      t.value = t.value * 10 + c;
      c = in.read();
      digits++;
    }
    pending = c;
    has = true;
    return t;
  }
  switch (c.to_uint()) {
    case 10: t.kind = PLUS; break;
    case 11: t.kind = MINUS; break;
    case 12: t.kind = TIMES; break;
    case 13:
    case 14: t.kind = END; break;
    default: break;
  }
  return t;
}

void tokenizer(hls::stream<ap_uint<8> >& in, hls::stream<ap_uint<20> >& out) {
  static ap_uint<4> pending;
  static bool has = false;
  ap_uint<16> acc = 0;
  token_kind op = PLUS;
  for (;;) {
    const token t = lex(in, pending, has);
    if (t.kind == END) break;
    if (t.kind == NUMBER) {
      switch (op) {
        case PLUS: acc += t.value; break;
        case MINUS: acc -= t.value; break;
        case TIMES: acc *= t.value; break;
        default: acc = 0;
      }
    } else {
      op = t.kind;
    }
    out.write((ap_uint<4>(int(t.kind)), acc));
  }
  out.write(acc);
}
