"""``portal jobs``: work long tasks as they come, or until none waits."""

import logging
import signal
import sys

import click

from portal.core import jobs as queue
from portal.core.commands import in_app
from portal.core.registry import registry


@click.group()
def jobs() -> None:
    """Long work."""


@jobs.command()
@in_app
def work() -> None:
    """Work jobs until stopped."""
    logging.basicConfig(level=logging.INFO)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    queue.work(registry().jobs, standing=registry().standing)


@jobs.command()
@in_app
def run() -> None:
    """Work what waits now, then stop."""
    click.echo(f"worked {queue.work(registry().jobs, standing=registry().standing, until_empty=True)}")
