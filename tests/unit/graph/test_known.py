"""What was worked out for nodes that do not change: once for each question, and forgotten with the node."""

from __future__ import annotations

import gc
import weakref

from asn2fpga.graph.known import Known, Recent


class Thing:
    """Compared by identity, as nodes are."""


def test_a_question_about_a_thing_is_answered_once() -> None:
    known, thing, made = Known(), Thing(), list[str]()

    def make(answer: str) -> str:
        made.append(answer)
        return answer

    for key in ("a", "b", "a"):
        assert known.of(thing, key, lambda key=key: make(key)) == key  # type: ignore[misc]
    assert known.of(Thing(), "a", lambda: make("other")) == "other"
    assert made == ["a", "b", "other"]


def test_nothing_is_an_answer() -> None:
    known, thing = Known(), Thing()
    assert known.of(thing, "a", lambda: None) is None
    assert known.of(thing, "a", lambda: 1) is None  # type: ignore[arg-type, return-value]


def test_a_thing_that_is_its_own_answer_goes_all_the_same() -> None:
    known, things = Known(), [Thing()]
    gone = weakref.ref(things[0])
    assert known.of(things[0], "same", lambda: things[0]) is things[0]
    assert known.of(things[0], "same", Thing) is things[0]
    things.clear()
    gc.collect()
    assert gone() is None


def test_the_least_recently_asked_is_forgotten() -> None:
    recent = Recent(2)
    assert [recent.of(key, lambda key=key: key) for key in "aba"] == ["a", "b", "a"]  # type: ignore[misc]
    recent.of("c", lambda: "c")
    assert recent.of("a", lambda: "new") == "a"
    assert recent.of("b", lambda: "new") == "new"


def test_of_none_nothing_is_kept() -> None:
    recent = Recent(0)
    assert [recent.of("a", lambda key=key: key) for key in "xy"] == ["x", "y"]  # type: ignore[misc]
