"""When the pixels of a map move: flows between maps are of pixels, (B, P), in the order in which they travel.

A window goes on reading while it works on a pixel, and waits for every word that it reads: so what a pixel
sends may wait for pixels that it does not need. docs/spec/maps.md, "Latency".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.edge import Edge
from asn2fpga.kinds.maps.pace import Intake
from asn2fpga.kinds.timing import Flow

EARLY = -(1 << 40)
"""When a pixel leaves that needs nothing of the input, as its windows look at padding alone: long before."""


def there(flow: Flow, read: IntArray) -> IntArray:
    """(B, P) when so many pixels of a map are there, read (P,); EARLY where none are asked for."""
    found: IntArray = np.where(read > 0, flow.last[:, np.maximum(read, 1) - 1], EARLY)
    return found


@dataclass(frozen=True, eq=False)
class Windows:
    """Of the pixels of a process, as far as its window waits for what arrives, (B, P) each: before which it
    does not begin, before which a first word is not complete, and before which the pixel is not done.
    """

    begins: IntArray
    first: IntArray
    done: IntArray

    def beside(self, other: Windows) -> Windows:
        """Of a process that takes both."""
        return Windows(
            np.maximum(self.begins, other.begins),
            np.maximum(self.first, other.first),
            np.maximum(self.done, other.done),
        )


def walked(flow: Flow, edge: Edge, intake: Intake, tokens: IntArray, cycles: IntArray, sent: int) -> Windows:
    """tokens, cycles: (B, P) words that a window sends for a pixel, and cycles in which they are worked on;
    sent: words that are made of them. A token leaves as another word is read, while there are some to read
    ahead.
    """
    words, ahead = edge.words_per_pixel, intake.ahead * edge.words_per_pixel
    first, last = _words_read(edge, intake, tokens)
    begins, next_begins = (
        _word_there(flow, words, np.minimum(first + more + 1, ahead[:, None]).T)
        for more in (0, -(-tokens.T // sent))
    )
    left = np.maximum(tokens - (last - first).T, 0)  # that are sent after the last word is read
    done = _word_there(flow, words, last.T) + cycles * left // np.maximum(tokens, 1)
    return Windows(begins, next_begins, done)


def _words_read(edge: Edge, intake: Intake, tokens: IntArray) -> tuple[IntArray, IntArray]:
    """(P, B) words that a window has read when it begins a pixel, and when it has sent its tokens (B, P)."""
    ahead = intake.ahead * edge.words_per_pixel
    begun = np.minimum(intake.begun * edge.words_per_pixel + 1, ahead)  # who has to wait reads a word more
    first, last = (np.empty(tokens.shape[::-1], np.int64) for _ in range(2))
    read = np.zeros(len(tokens), np.int64)
    for pixel, count in enumerate(np.ascontiguousarray(tokens.T)):
        np.maximum(read, begun[pixel], out=first[pixel])
        read = np.minimum(first[pixel] + count, ahead[pixel], out=last[pixel])
    return first, last


def read_alone(edge: Edge, intake: Intake, tokens: IntArray) -> IntArray:
    """(B, P) words of one sending of a map that a window reads while it has no token of these to send: before
    each pixel, and after the last one.
    """
    first, last = _words_read(edge, intake, tokens)
    before = np.concatenate([np.zeros_like(last[:1]), last[:-1]])
    alone: IntArray = np.ascontiguousarray((first - before).T)
    alone[:, -1] += np.maximum(edge.words_per_inference // edge.rounds - last[-1], 0)
    return alone


def _word_there(flow: Flow, words: int, read: IntArray) -> IntArray:
    """(B, P) when so many words of a map are there: those of a pixel come evenly."""
    pixel, word = np.divmod(np.maximum(read, 1) - 1, words)
    first, last = (np.take_along_axis(times, pixel, axis=1) for times in (flow.first, flow.last))
    found: IntArray = first + (last - first) * word // (words - 1) if words > 1 else last
    return np.where(read > 0, found, EARLY)


def worked(windows: Windows, cycles: IntArray) -> tuple[IntArray, IntArray]:
    """(B, P) when a process begins a pixel and when it is done with it, one after the other.

    cycles: (B, P) of each.
    """
    total = np.cumsum(cycles, axis=1)
    done = total + np.maximum.accumulate(np.maximum(windows.begins + cycles, windows.done) - total, axis=1)
    free = np.concatenate([np.full_like(done[:, :1], EARLY), done[:, :-1]], axis=1)
    return np.maximum(free, windows.begins), done


def sent_in_words(first: IntArray, last: IntArray, words: int) -> Flow:
    """Pixels of so many words, of which the first leaves no later than the last."""
    return Flow(last if words == 1 else np.minimum(first, last), last)


def in_turn(flow: Flow, words: int) -> Flow:
    """Pixels that leave one after the other, so many words of each: none before the one before it has."""
    steps = words * np.arange(flow.last.shape[1])
    last = np.maximum.accumulate(flow.last - steps, axis=1) + steps
    before = np.concatenate([np.full_like(last[:, :1], EARLY), last[:, :-1] + 1], axis=1)
    return Flow(np.minimum(np.maximum(flow.first, before), last), last)
