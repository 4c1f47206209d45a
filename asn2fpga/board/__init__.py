"""Boards: what a part offers and how the board is programmed; each board is one TOML file, no code."""
