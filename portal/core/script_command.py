"""``portal script``: simplified and traditional Chinese on the command line, one line in, one line out."""

import sys
from collections.abc import Iterator
from typing import BinaryIO, Final

import click

from portal.domain.refusals import Refused
from portal.domain.script import FORMATS, SCRIPTS, GlossaryEntry, convert

_WHY: Final = {
    "text.nul": "contains a NUL character",
    "text.surrogate": "contains a lone surrogate",
    "text.encoding": "is not UTF-8",
}


@click.group("script")
def script_cli() -> None:
    """Simplified and traditional Chinese."""


@script_cli.command("convert")
@click.option("--from", "source", type=click.Choice(("auto", *SCRIPTS)), default="auto", show_default=True)
@click.option("--to", "target", type=click.Choice(SCRIPTS), required=True)
@click.option("--format", "fmt", type=click.Choice(FORMATS), default="plain", show_default=True)
@click.option("--name", "names", multiple=True, metavar="NAME", help="A person's name, left as it is; may be repeated.")
@click.option("--quotes", is_flag=True, help="Turn the quotation marks too.")
def convert_lines(source: str, target: str, fmt: str, names: tuple[str, ...], quotes: bool) -> None:
    """Converts standard input to standard output, line by line.

    Each line is looked at by itself: with --from auto its script is found from its own characters, and a line that is
    in the target script already stays as it is. A line that cannot be converted (NUL, not UTF-8) comes out as an empty
    line, is named on standard error, and makes the exit status 1; all other lines are converted.
    """
    kept = [GlossaryEntry.kept(name) for name in names]
    output = sys.stdout.buffer
    refused = 0
    for number, (line, ending) in enumerate(_lines(sys.stdin.buffer), start=1):
        try:
            done = convert(
                _decoded(line), source=source, target=target, fmt=fmt, glossary=kept, quotes=quotes
            ).text.encode()
        except Refused as refusal:
            if refusal.code not in _WHY:
                raise click.ClickException(f"{refusal.code} {refusal.params}") from refusal
            refused += 1
            click.echo(f"line {number}: refused, {_WHY[refusal.code]}", err=True)
            done = b""
        output.write(done + ending)
        output.flush()
    if refused:
        sys.exit(1)


def _lines(stream: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """The lines without their endings, which are kept as they are (also a missing last one)."""
    for line in stream:
        body = line.rstrip(b"\r\n") if line.endswith(b"\n") else line
        yield body, line[len(body) :]


def _decoded(line: bytes) -> str:
    try:
        return line.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError as error:
        raise Refused("text.encoding") from error
