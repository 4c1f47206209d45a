"""What was worked out already: nodes and graphs never change, so what is known of one stays true.

Passes that search try many graphs that differ in a node or two, and ask the same of all the others.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

Value = TypeVar("Value")


class Known:
    """What was worked out for objects that are compared by identity; forgotten with them."""

    def __init__(self) -> None:
        self._found: WeakKeyDictionary[Any, dict[Hashable, Any]] = WeakKeyDictionary()

    def of(self, thing: Any, key: Hashable, make: Callable[[], Value]) -> Value:
        """What `make` gives, called once for a thing and a key. It may give the thing, but hold it nowhere
        else, or the thing would never go.
        """
        found = self._found.get(thing)
        if found is None:
            found = self._found[thing] = {}
        value = found.get(key, _NOTHING)
        if value is _NOTHING:
            made = make()
            found[key] = _ITSELF if made is thing else made
            return made
        return thing if value is _ITSELF else value  # type: ignore[no-any-return]


_NOTHING, _ITSELF = object(), object()


class Recent:
    """The last `most` things that were asked for; 0: nothing is kept."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._found: OrderedDict[Hashable, Any] = OrderedDict()

    def of(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """What `make` gives; the key may hold objects that are compared by identity, which are kept too."""
        if key in self._found:
            self._found.move_to_end(key)
            return self._found[key]  # type: ignore[no-any-return]
        made = make()
        if self.most:
            self._found[key] = made
            if len(self._found) > self.most:
                self._found.popitem(last=False)
        return made
