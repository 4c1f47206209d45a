// A ring buffer and a stack as class templates, with operators and static members; unions of behaviour by inheritance.
#include <ap_int.h>
#include <hls_stream.h>

template <typename T>
class container {
 protected:
  int count_ = 0;

 public:
  bool empty() const { return count_ == 0; }
  int size() const { return count_; }
};

template <typename T, int LOG>
class ring : public container<T> {
  T words[1 << LOG];
  ap_uint<LOG> head = 0, tail = 0;

 public:
  ring& operator<<(const T& w) {
    words[tail++] = w;
    this->count_++;
    return *this;
  }
  T pop() {
    this->count_--;
    return words[head++];
  }
  const T& operator[](ap_uint<LOG> i) const { return words[ap_uint<LOG>(head + i)]; }
};

template <typename T, int N>
class stack : public container<T> {
  T words[N];

 public:
  void push(T w) { words[this->count_++] = w; }
  T pop() { return words[--this->count_]; }
};

void fifo_class(hls::stream<ap_uint<8> >& in, hls::stream<ap_uint<8> >& out) {
  static ring<ap_uint<8>, 3> queue;
  static stack<ap_uint<8>, 8> pile;
  const ap_uint<8> command = in.read();
  if (command[0] && queue.size() < 7) queue << command;
  if (command[1] && pile.size() < 8) pile.push(command ^ 0x55);
  if (command[2] && !queue.empty()) out.write(queue.pop());
  if (command[3] && !pile.empty()) out.write(pile.pop());
  if (queue.size() > 2) out.write(queue[2]);
}
