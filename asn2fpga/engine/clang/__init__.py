"""C++ to LLVM IR as plain data: clang, chosen LLVM passes, a parser of their text."""
