"""Neurons that users wrote themselves, known by what they do: docs/decisions/neurons-by-behaviour.md."""
