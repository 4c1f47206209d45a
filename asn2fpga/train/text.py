"""Text for the language model of `train-example`: the documentation that ships with Python, as token ids."""

from __future__ import annotations

import math
import re

import numpy as np
import numpy.typing as npt

from asn2fpga.errors import InputError

ALPHABET = "\n !\"#%'()*+,-./0123456789:;<=>[\\]_abcdefghijklmnopqrstuvwxyz{|}~"
"""The characters by their token ids."""

_ALIKE = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "\t": " "})
_IDS = {character: number for number, character in enumerate(ALPHABET)}

Ids = npt.NDArray[np.uint8]


def plain(text: str) -> str:
    """`text` in small letters and the characters of ALPHABET; others are left out, runs of spaces are one."""
    kept = "".join(c for c in text.lower().translate(_ALIKE) if c in _IDS)
    return re.sub(r"\n{3,}", "\n\n", re.sub(r" +", " ", kept))


def encode(text: str) -> Ids:
    """The token ids of what `plain` makes of a text."""
    return np.array([_IDS[character] for character in plain(text)], np.uint8)


def decode(ids: npt.NDArray[np.integer]) -> str:
    """The text of token ids. InputError for ids that stand for no character."""
    if ids.size and not 0 <= int(ids.min()) <= int(ids.max()) < len(ALPHABET):
        raise InputError(
            f"ids: token ids must be in 0..{len(ALPHABET) - 1}, not {int(ids.min())}..{int(ids.max())}."
        )
    return "".join(ALPHABET[int(number)] for number in ids)


def python_topics() -> str:
    """What Python's own help says of the language, all topics in the order of their names."""
    from pydoc_data.topics import topics

    return "\n".join(topics[name] for name in sorted(topics))


def windows(ids: Ids, length: int, stride: int) -> tuple[Ids, npt.NDArray[np.int64]]:
    """x (samples, length) that begin `stride` characters apart; y (samples,), the character after each."""
    starts = np.arange(0, len(ids) - length, stride)
    return ids[starts[:, None] + np.arange(length)], ids[starts + length].astype(np.int64)


def perplexity(scores: npt.NDArray[np.floating], following: npt.NDArray[np.integer]) -> float:
    """exp of the mean of -log p, p the probability that softmax(scores) gives the character that follows.

    scores: (samples, characters), real; of integers times their unit (`score_scale` of a build). following:
    (samples,). 1 of a model that always knows, as many as characters of one that knows nothing.
    """
    values = np.asarray(scores, np.float64)
    values = values - values.max(axis=1, keepdims=True)
    chosen = np.take_along_axis(values, following[:, None].astype(np.int64), axis=1)[:, 0]
    return math.exp(float((np.log(np.exp(values).sum(axis=1)) - chosen).mean()))
