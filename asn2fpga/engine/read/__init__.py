"""LLVM IR to processes: control flow, memories, streams, predicates."""
