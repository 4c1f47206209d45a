"""Operations into stages: chaining under the delay model, modulo scheduling of loops."""
