"""Integer networks of attention and of products of maps: one line each. Every check of
test_attention_cases.py runs over them.
"""

from __future__ import annotations

from dataclasses import replace

from attention_graphs import AttentionCase, Fired, ProductCase

LARGEST = Fired(8, 8, levels=4)

# fmt: off
ATTENTION_CASES = (
    AttentionCase("one head", LARGEST, LARGEST, LARGEST, pixels=(4, 4)),
    AttentionCase("two heads over time", Fired(8, 4, 2), Fired(8, 8, 2), Fired(8, 2, 2), 2, time_steps=2),
    AttentionCase("four heads, lanes odd to them", Fired(16, 3), Fired(16, 12), Fired(24, 16), 4, (5,)),
    AttentionCase("levels below zero, words in part without channels", Fired(10, 4, 3, low=-1),
                  Fired(10, 3, 4, low=-2), Fired(7, 3, 3, low=-1), time_steps=2),
    AttentionCase("signed counts, several heads in a word", Fired(8, 8, 3, low=-1, signed=True),
                  Fired(8, 6, 3, low=-2, signed=True), Fired(12, 12, 2, low=-1, signed=True), 4, (2, 3), 3),
    AttentionCase("one channel, keys never zero", Fired(1, 1, 4, low=-1), Fired(1, 1, 4, low=1),
                  Fired(1, 1, 4, low=-1), pixels=(2, 3)),
    AttentionCase("one token", Fired(4, 2, 4), Fired(4, 2, 4), Fired(6, 4, 4, low=2), pixels=(1,)),
    AttentionCase("a head for each channel", Fired(6, 4), Fired(6, 6), Fired(6, 2, 3), 6, (4, 2), 2),
    AttentionCase("a memory in block RAM", Fired(24, 8), Fired(24, 8), Fired(12, 4, 3), 1, (6,), 2),
)
SCORES_CASES = tuple(
    replace(case, name=f"{case.name}, scores first", order="scores") for case in ATTENTION_CASES
)
PRODUCT_CASES = (
    ProductCase("a mask of the whole map", Fired(8, 4, 4), Fired(8, 4, 4)),
    ProductCase("lanes that differ, levels below zero", Fired(12, 6, 4, low=-1), Fired(12, 4, 3, low=-2),
                time_steps=2, mask_first=True),
    ProductCase("a channel for each head", Fired(16, 8, 4), Fired(4, 3)),
    ProductCase("several heads in a word", Fired(16, 12, 3, low=-1), Fired(8, 8), time_steps=2),
    ProductCase("one channel", Fired(10, 4, 4, low=-1), Fired(1, 1, 2), time_steps=3),
    ProductCase("one pixel", Fired(8, 3, 4), Fired(8, 4, 2), reduction="max", time_steps=2),
    ProductCase("one pixel, heads", Fired(8, 2, 4, low=-1), Fired(2, 2, 2, low=1), reduction="max"),
    ProductCase("one pixel, one channel", Fired(8, 8, 4), Fired(1, 1, 2), reduction="max", mask_first=True),
    ProductCase("sums of each channel", Fired(12, 6, 2, low=-1), Fired(6, 4, 3), reduction="sum",
                time_steps=2),
)
# fmt: on
EVERY_TIME = "one head"  # in RTL
