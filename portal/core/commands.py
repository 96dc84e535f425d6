"""How a command gets its application: the factory is handed down by ``portal.cli``, so features need not import it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import click


def in_app(command: Callable[..., Any]) -> Callable[..., Any]:
    """Run a command inside the application's context."""

    @wraps(command)
    def inside(*args: Any, **kwargs: Any) -> Any:
        factory = click.get_current_context().find_root().obj
        with factory().app_context():
            return command(*args, **kwargs)

    return inside
