"""One word list: the code of a refusal → the sentence a person reads, in their language, saying what to do next.

Each area keeps its words in a module of its own beside this one, as ``WORDS``; a code stands in one of them only.
"""

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules
from typing import Any


def _gathered() -> dict[str, Any]:
    words: dict[str, Any] = {}
    for area in sorted(module.name for module in iter_modules(__path__)):
        own = getattr(import_module(f"{__name__}.{area}"), "WORDS", {})
        if twice := words.keys() & own.keys():
            raise RuntimeError(f"{area} says again what is said already: {', '.join(sorted(twice))}")
        words |= own
    return words


WORDS: dict[str, Any] = _gathered()


def sentence(code: str, params: Mapping[str, Any] | None = None) -> str:
    """The sentence for a code; an unknown code is told in general words, never shown as it is."""
    template = str(WORDS.get(code, WORDS["unknown"]))
    try:
        return template % dict(params or {})
    except (KeyError, ValueError):
        return str(WORDS["unknown"])
