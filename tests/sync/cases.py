"""Many cases in one test: one installation serves them all, so each must leave the others alone."""

import inspect
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any


def each(names: str, cases: Iterable[Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """As ``parametrize``, but in a row; a failure names its case."""
    keys = [name.strip() for name in names.split(",")]
    listed = list(cases)

    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        signature = inspect.signature(test)

        @wraps(test)
        def in_a_row(**fixtures: Any) -> None:
            for case in listed:
                values = case if len(keys) > 1 else (case,)
                try:
                    test(**fixtures, **dict(zip(keys, values, strict=True)))
                except BaseException as problem:
                    problem.add_note(f"in the case {values!r}"[:500])
                    raise

        kept = [p for name, p in signature.parameters.items() if name not in keys]
        in_a_row.__signature__ = signature.replace(parameters=kept)  # type: ignore[attr-defined]
        return in_a_row

    return decorate
