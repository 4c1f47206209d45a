"""What the engine does not take is refused in one sentence: FILE:LINE, the construct, what to write."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from asn2fpga.engine.compile import compile_project
from asn2fpga.errors import HlsError
from asn2fpga.rtl import HlsProject

HEAD = (
    '#include "engine.h"\n#include <ap_int.h>\n#include <hls_stream.h>\ntypedef hls::stream<ap_uint<8> > S;\n'
)
TOP = "void top(S& in, S& out) {\n  HLS_DATAFLOW\n  work(in, out);\n}\n"
POINTER = "a pointer must be the name of an array or stream with indices; select elements, not arrays"
COPY = "HLS_PROCESS void work(S& in, S& out) { out.write(in.read()); }\n"


def process(*lines: str) -> str:
    """A process whose first statement is in line 6, and the top function that calls it."""
    return "\n".join(["HLS_PROCESS void work(S& in, S& out) {", *lines, "}", TOP])


ULTRA = "and UltraRAM begins empty; leave it to block RAM, or write every word before it is read"
REFUSED = {
    "first values in UltraRAM": (
        process("static ap_uint<8> a[300] = {1};", "HLS_RAM_ULTRA(a)", "const ap_uint<8> x = in.read();",
                "out.write(a[x]);", "a[x + 2] = x;"),
        f"work.cpp:7: a has first values, {ULTRA}",
    ),
    "a ROM in UltraRAM": (
        process("static const ap_uint<8> a[300] = {1, 2, 3};", "HLS_RAM_ULTRA(a)",
                "out.write(a[in.read()]);"),
        f"work.cpp:7: a is never written, {ULTRA}",
    ),
    "floating point": (
        process("float x = in.read().to_int();", "out.write(int(x * 1.5f));"),
        "work.cpp:6: floating point is not supported; use ap_int",
    ),
    "pointers that change places": (
        process("ap_uint<8> a[4], b[4];", "ap_uint<8> *p = a, *q = b;",
                "for (int i = 0; i < in.read(); i++) {",
                "p[i & 3] = in.read(); ap_uint<8>* t = p; p = q; q = t; }", "out.write(*q);"),
        f"work.cpp:5: {POINTER}",
    ),
    "new": (
        process("int* a = new int[4];", "a[in.read() & 3] = 1;", "out.write(a[in.read() & 3]);"),
        "work.cpp:6: there is no heap in hardware for new, delete and malloc; declare an array of constant "
        "size",
    ),
    "malloc": (
        process("int* a = (int*)__builtin_malloc(16);", "a[in.read() & 3] = 1;",
                "out.write(a[in.read() & 3]);"),
        "work.cpp:6: there is no heap in hardware for new, delete and malloc; declare an array of constant "
        "size",
    ),
    "virtual functions": (
        "struct base { virtual int next(int) = 0; };\n"
        "struct one : base { int next(int x) { return x + 1; } };\n"
        + process("static one o; base* b = &o; if (in.read() == 3) out.write(b->next(in.read()));"),
        "work.cpp:8: virtual functions cannot become hardware; call functions by name, in a switch if there "
        "are "
        "several",
    ),
    "chosen function": (
        "static int f(int x) { return x + 1; }\nstatic int g(int x) { return x * 3; }\n"
        + process("const ap_uint<8> x = in.read();", "int (*p)(int) = x[0] ? f : g;", "out.write(p(x));"),
        "work.cpp:10: which function is called is known at run time only (a function pointer or a virtual "
        "function); call functions by name, in a switch if there are several",
    ),
    "table of functions": (
        "static int f(int x) { return x + 1; }\nstatic int g(int x) { return x * 3; }\n"
        + process("static int (*const table[2])(int) = {f, g};", "out.write(table[in.read() & 1](3));"),
        "work.cpp:9: table holds pointers, and hardware has no addresses to keep; keep indices of one "
        "array, or "
        "call functions by name, in a switch if there are several",
    ),
    "function of another file": (
        "int elsewhere(int);\n" + process("out.write(elsewhere(in.read()));"),
        "work.cpp:7: elsewhere is not defined in this file; define it here or in a header",
    ),
    "process in a process": (
        "HLS_PROCESS void inner(S& in, S& out) { out.write(in.read()); }\n" + process("inner(in, out);"),
        "work.cpp:7: the process inner is called by another one; call it from the top function",
    ),
    "promise in an unrolled loop": (
        process("static ap_uint<8> sums[64];", "for (int i = 0; i < 8; i++) {", "HLS_PIPELINE(1)",
                "const ap_uint<6> x = in.read();", "HLS_UNROLL_BEFORE",
                "for (int lane = 0; lane < 2; lane++) {", "HLS_UNROLL_INSIDE", "HLS_INDEPENDENT(sums)",
                "sums[x + lane] += lane;", "}", "}", "out.write(sums[3]);"),
        "work.cpp:13: HLS_INDEPENDENT and HLS_DEPENDENCE_DISTANCE must not stand in a loop that is unrolled; "
        "write what holds for the iterations of the pipelined loop there",
    ),
    "promise before a break of an unrolled loop": (
        process("static ap_uint<8> sums[64];", "for (int i = 0; i < 8; i++) {", "HLS_PIPELINE(1)",
                "const ap_uint<6> x = in.read();", "HLS_UNROLL_BEFORE",
                "for (int lane = 0; lane < 2; lane++) {", "HLS_UNROLL_INSIDE",
                "if (x[lane]) {", "HLS_INDEPENDENT(sums)", "sums[lane] += x;", "break;", "}", "}", "}",
                "out.write(sums[1]);"),
        "work.cpp:14: HLS_INDEPENDENT and HLS_DEPENDENCE_DISTANCE must not stand in a loop that is unrolled; "
        "write what holds for the iterations of the pipelined loop there",
    ),
    "recursion": (
        "ap_uint<8> twice(ap_uint<8> x) { return x == 0 ? x : ap_uint<8>(twice(x - 1) + 2); }\n"
        + process("out.write(twice(in.read()));"),
        "work.cpp:7: twice calls itself, and recursion cannot become hardware; write a loop",
    ),
    "recursion of the top function": (
        "static void down(int n, S& out) { if (n > 0) { out.write(n); down(n - 1, out); } }\n"
        "void top(S& in, S& out) {\n  down(in.read(), out);\n}\n",
        "work.cpp:7: down calls itself, and recursion cannot become hardware; write a loop",
    ),
    "any element of an array of streams": (
        "HLS_PROCESS void work(S& in, S (&out)[2]) {\n  out[in.read() - in.read()].write(7);\n}\n"
        + TOP.replace("S& out", "S (&out)[2]"),
        "work.cpp:6: which element of out is meant is not known to be 0 to 255; count to a constant, or "
        "mask the "
        "index",
    ),
    "stream in a process": (
        process("S q;", "q.write(in.read());", "out.write(q.read());"),
        "work.cpp:7: stream q must be a parameter of the process, not a variable; declare it in the top "
        "function",
    ),
    "stream of the file": (
        "S q;\n" + process("q.write(in.read());", "out.write(q.read());"),
        "work.cpp:7: stream q must be a parameter of the process, not a variable; declare it in the top "
        "function",
    ),
    "variable of two processes": (
        "ap_uint<8> table[4];\n"
        "HLS_PROCESS void first(S& in, S& m) { table[in.read() & 3] = 1; m.write(2); }\n"
        "HLS_PROCESS void work(S& in, S& out) {\n  out.write(table[in.read() & 3]);\n}\n"
        + TOP.replace("work(in, out);", "HLS_STREAM(S, m, 2)\nfirst(in, m);\nwork(m, out);"),
        "work.cpp:8: table must be used by one process, not by first and work; send what it holds as words "
        "of a stream",
    ),
    "state of a function in two processes": (
        "HLS_INLINE ap_uint<8> count() { static ap_uint<8> n; n = n + 1; return n; }\n"
        "HLS_PROCESS void first(S& in, S& m) { m.write(in.read() + count()); }\n"
        "HLS_PROCESS void work(S& in, S& out) { out.write(in.read() + count()); }\n"
        + TOP.replace("work(in, out);", "HLS_STREAM(S, m, 2)\nfirst(in, m);\nwork(m, out);"),
        "work.cpp:5: n must be used by one process, not by first and work; send what it holds as words of a "
        "stream",
    ),
    "elements of two types": (
        process("static unsigned short x[8];", "const ap_uint<3> i = in.read();", "x[i] = i;",
                "((unsigned char*)x)[i] = 3;", "out.write(x[in.read() & 7]);"),
        "work.cpp:9: all accesses of x must be of one element type, not of 16 and 8 bits; use one type, or "
        "an array for each field",
    ),
    "stream read and written": (
        process("out.write(in.read());", "out.write(out.read());"),
        "work.cpp:7: stream out must be read or written by a process, not both; use two streams",
    ),
    "array of another file": (
        "extern ap_uint<8> table[8];\n" + process("out.write(table[ap_uint<3>(in.read())]);"),
        "work.cpp:7: the array table must be defined in this file, with constants",
    ),
    "first value of another file": (
        "int any(int);\nstatic const ap_uint<8> three = any(3);\nstatic const ap_uint<8> k = three * 5;\n"
        + process("out.write(in.read() + k);"),
        "work.cpp:7: the first value of k must be a constant (that of three before it is none either); write "
        "the values, or compute them in loops whose numbers of turns are constants",
    ),
    "no such top": (COPY, "top: the top function must be one of work, not 'top'"),
    "more accesses than intervals": (
        process("for (int i = 0; i < 5; i++) { HLS_PIPELINE(1)", *["out.write(in.read());"] * 140, "}"),
        "work.cpp:6: the loop cannot be pipelined at an interval of 128 or less: the accesses of stream "
        "in in one iteration (work.cpp:7, work.cpp:8, work.cpp:9, work.cpp:10, work.cpp:11, work.cpp:12); "
        "use it less often in an iteration, or shorten the dependence between iterations",
    ),
    "computed argument": (
        "static void work(S& in, S& out, int n) { out.write(in.read() + n); }\n"
        "void top(S& in, S& out, int n) {\n#pragma HLS DATAFLOW\n  work(in, out, n + 3);\n}\n",
        "work.cpp:5: the argument n must be an argument of the top function or a constant, not computed "
        "there; compute it in a process",
    ),
    "array as argument": (
        "void top(S& in, S& out, int n[8]) { out.write(in.read() + n[3]); }\n",
        "work.cpp:5: the argument n is an array, a struct, a pointer or a reference, and ports to memory are "
        "not built; send its words through a stream (hls::stream<T>& n), pass single integers by value, and "
        "results as words of a stream",
    ),
    "reference as result": (
        "void top(S& in, ap_uint<8>& r) { r = in.read(); }\n",
        "work.cpp:5: the argument r is an array, a struct, a pointer or a reference, and ports to memory are "
        "not built; send its words through a stream (hls::stream<T>& r), pass single integers by value, and "
        "results as words of a stream",
    ),
    "copy of a stream": (
        "void top(S in, S& out) { out.write(in.read()); }\n",
        "work.cpp:5: the argument in is a copy of a stream, and a stream cannot be copied; write "
        "hls::stream<T>& in, with an ampersand",
    ),
    "argument of nobody": (
        COPY + "void top(S& in, S& out, int n) { work(in, out); }\n",
        "work.cpp:6: argument n of the top function must be used, not left alone; remove it",
    ),
    "top that returns a value": (
        "int top(S& in) { return in.read(); }\n",
        "work.cpp:5: top must return void, not a value; write what it finds to a stream",
    ),
    "top that returns an ap_uint": (
        "ap_uint<8> top(S& in) { return in.read(); }\n",
        "work.cpp:5: top must return void, not a value; write what it finds to a stream",
    ),
    "process that returns a value": (
        "HLS_PROCESS int work(S& in, S& out) { out.write(in.read()); return 3; }\n" + TOP,
        "work.cpp:5: work must return void, not a value; write what it finds to a stream",
    ),
    "nothing there": ("", "top: the top function must be in the source, which has none that is not static or "
                      "inline, not 'top'"),
    "process with state called twice": (
        "HLS_PROCESS void work(S& in, S& out) { static ap_uint<8> n; n = n + in.read(); out.write(n); }\n"
        + TOP.replace("work(in, out);", "HLS_STREAM(S, m, 2)\nwork(in, m);\nwork(m, out);"),
        "top: process work must have no static variable (n) to be called twice; write one function per call",
    ),
    "stream without reader": (
        COPY + "void top(S& in, S& out) {\n  HLS_STREAM(S, middle, 2)\n  work(in, middle);\n}\n",
        "top: stream middle must have one writing and one reading process",
    ),
    "input of two processes": (
        COPY
        + COPY.replace("work", "more")
        + "void top(S& in, S& out, S& b) { work(in, out); more(in, b); }\n",
        "top: stream in of the top function must be used by one process, not more",
    ),
    "input of nobody": (
        COPY + "void top(S& in, S& out, S& debug) { work(in, out); }\n",
        "work.cpp:6: stream debug of the top function must be read or written, not left alone; remove it",
    ),
    "stream without words": (
        COPY + "void top(S& in, S& out) {\n  HLS_STREAM(S, m, 0)\n  work(in, m);\n  work(m, out);\n}\n",
        "work.cpp:7: the depth of a stream must be a constant of 1 or more; 2 words let both of its "
        "processes run side by side",
    ),
    "interval that is computed": (
        process("int n = in.read();", "for (int i = 0; i < 4; i++) { HLS_PIPELINE(n) out.write(i); }"),
        "work.cpp:7: the number of a directive must be a constant; write one",
    ),
    "floating choice": (
        process("ap_uint<8> w = in.read();", "float x = w[0] ? 1.5f : 2.5f;", "out.write(int(x * w));"),
        "work.cpp:7: floating point is not supported; use ap_int",
    ),
    "goto into a loop": (
        process("int n = in.read();", "if (n & 1) goto inside;", "while (n < 200) {", "n += 3;",
                "inside: out.write(n);", "n = n + in.read();", "}"),
        "work.cpp:5: a loop must be entered at its beginning only; write it without goto",
    ),
    "part of an array filled": (
        process("int a[65];", "__builtin_memset(a, 0, 4 * in.read());", "out.write(a[in.read() & 63]);"),
        "work.cpp:7: the length of a fill or copy is not a constant; write a loop",
    ),
    "array filled with what is computed": (
        process("int a[65];", "__builtin_memset(a, in.read(), sizeof(a));", "out.write(a[in.read() & 63]);"),
        "work.cpp:7: the value of memset is not a constant; write a loop",
    ),
    "array filled up to the middle of a word": (
        process("int a[65];", "__builtin_memset(a, 0, 99);", "out.write(a[in.read() & 63]);"),
        "work.cpp:7: only whole integers, arrays and structs can be filled or copied; write a loop",
    ),
    "wide product": (
        process("ap_uint<3000> a = in.read();", "for (int i = 0; i < 9; i++) a = (a << 300) | in.read();",
                "a = a * a;", "out.write(a >> 2992);"),
        "work.cpp:8: a product of 3000 bits is too wide, 2048 are built; split it into words and compute it "
        "in a "
        "loop",
    ),
    "wide division": (
        process("ap_uint<1100> a = in.read();", "for (int i = 0; i < 9; i++) a = (a << 110) | in.read();",
                "a = a / 3;", "out.write(a >> 1000);"),
        "work.cpp:8: a division of 1100 bits is too wide, 1024 are built; split it into words and compute "
        "it in a "
        "loop",
    ),
    "turns that are not known": (
        process("const ap_uint<4> n = in.read();", "for (int i = 0; i < n; i++) {", "#pragma HLS UNROLL",
                "out.write(i);", "}"),
        "work.cpp:7: the loop cannot be unrolled, because its number of turns is not a constant; give it "
        "constant "
        "bounds and leave it with `break`, or unroll it by a factor",
    ),
    "factor that is computed": (
        process("const int n = in.read();", "for (int i = 0; i < 8; i++) {", "#pragma HLS UNROLL factor=n",
                "out.write(i);", "}"),
        "work.cpp:8: the factor of UNROLL must be a constant of 1 or more",
    ),
    "turns that are computed": (
        process("const int n = in.read();", "for (int i = 0; i < n; i++) {",
                "#pragma HLS LOOP_TRIPCOUNT max=n", "out.write(i);", "}"),
        "work.cpp:8: min and max of LOOP_TRIPCOUNT must be constants, min not above max",
    ),
    "dimension that is not there": (
        process("ap_uint<8> a[4][2];", "#pragma HLS ARRAY_PARTITION variable=a dim=3",
                "a[in.read() & 3][0] = 1; out.write(a[in.read() & 3][0]);"),
        "work.cpp:7: ARRAY_PARTITION: dim of a must be 0 (all) to 2, not 3",
    ),
    "partition of no array": (
        process("struct { ap_uint<8> a[1]; } x; x.a[0] = in.read();",
                "#pragma HLS ARRAY_PARTITION variable=x.a cyclic factor=0", "out.write(x.a[0]);"),
        "work.cpp:7: ARRAY_PARTITION: x in parts needs a factor of 1 or more and one dimension",
    ),
    "work beside calls": (
        COPY + "void top(S& in, S& out) {\n  HLS_STREAM(S, m, 2)\n  work(in, m);\n  out.write(1);\n}\n",
        "work.cpp:9: the top function must call processes or do the work itself, not both; move this into a "
        "process",
    ),
}  # fmt: skip


def synthesise(code: str, work: Path) -> None:
    source = work / "work.cpp"
    source.write_text(HEAD + code)
    compile_project(HlsProject(work, source, (), "top", "xc7z020clg400-1", 10.0), work / "out")


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str, tmp_path: Path) -> None:
    code, message = REFUSED[name]
    with pytest.raises(HlsError) as caught:
        synthesise(code, tmp_path)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    "line, message",
    [
        (
            "out.write(ap_uint<8>(in.read()).range(0, 7));",
            "work.cpp:6: a range must go from a higher bit to a lower one; reverse the bits one by one",
        ),
        (
            "ap_uint<3> x = in.read(); out.write((x, x, 5));",
            "work.cpp:6: overload resolution selected deleted operator ',': a part of a concatenation must "
            "be an ap_int or ap_uint, not a built-in integer; write ap_uint<N>(x)",
        ),
        (
            "hls::stream<float> reals;",
            "work.cpp:6: words of a stream must be integers, or structs of integers and of arrays of them",
        ),
        (
            "struct beat { ap_uint<8> data, user; ap_uint<1> last; }; hls::stream<beat> beats;",
            "work.cpp:6: a struct of `data` and `last` must have no more fields; leave them out, or rename "
            "`last`",
        ),
        (
            "struct beat { ap_uint<8> data, last; }; hls::stream<beat> beats;",
            "work.cpp:6: `last` must be one bit; make it ap_uint<1>",
        ),
        (
            "out.write(ap_int<5>(in.read()).xor_reduce());",
            "work.cpp:6: call to deleted member function 'xor_reduce': Xilinx's headers count copies of the "
            "sign; write ap_uint<W>(x).xor_reduce()",
        ),
        (
            "out.write(ap_int<5>(in.read()).lrotate(2));",
            "work.cpp:6: call to deleted member function 'lrotate': Xilinx's headers rotate copies of the "
            "sign in; "
            "rotate an ap_uint<W>",
        ),
        (
            "if (in.size() > 2) out.write(in.read());",
            "work.cpp:6: attempt to use a deleted function: how many words wait is known in C simulation "
            "only; ask empty() or full()",
        ),
        (
            "#pragma HLS ARRAY_PARTITION variable=missing",
            "work.cpp:6: #pragma HLS ARRAY_PARTITION: use of undeclared identifier 'missing'",
        ),
        (
            "#include <hls_math.h>",
            "work.cpp:6: hls_math.h is not built; use ap_int; there is no floating point",
        ),
        ("out.write(in.read()", "work.cpp:7: expected ')'"),
        ("out.write(in.read() + missing);", "work.cpp:6: use of undeclared identifier 'missing'"),
    ],
)
def test_wrong_cpp_shows_the_compilers_first_error(line: str, message: str, tmp_path: Path) -> None:
    log = tmp_path / "out" / "work" / "clang.log"
    with pytest.raises(HlsError, match=re.escape(f"{message}; the whole message is in {log}")):
        synthesise(process(line), tmp_path)


def test_a_top_function_must_not_be_a_word_of_systemverilog(tmp_path: Path) -> None:
    source = tmp_path / "work.cpp"
    source.write_text(HEAD + COPY + "void table(S& in, S& out) { work(in, out); }\n")
    message = "table: the top function must not have a word of SystemVerilog as its name; rename it"
    with pytest.raises(HlsError, match=re.escape(message)):
        compile_project(HlsProject(tmp_path, source, (), "table", "xc7z020clg400-1", 10.0), tmp_path)
