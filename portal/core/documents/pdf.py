"""HTML to PDF.

The HTML comes from a print template with autoescape on, in the CSS that xhtml2pdf knows (tables and frames, no flex, no
grid). Nothing is fetched over a network, and a local file only from the folder that the caller names.
"""

import io
import logging
import re
import threading
import traceback
from dataclasses import dataclass
from html import escape
from pathlib import Path

from portal.core.documents.corrections import install, keep_ideographic_spaces
from portal.core.documents.failures import DocumentFailed
from portal.core.documents.fonts import register_fonts

log = logging.getLogger(__name__)

# Characters that change nothing a reader of paper sees, or that turn a line around, or that no XML parser takes. The
# faces have no glyph for them, so each would print as a box.
INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
    "\u200b-\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e0fff]"
)
LONE_SURROGATE = re.compile("[\ud800-\udfff]")

_one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class Rendered:
    """A finished PDF. ``missing`` are characters that none of the faces can draw: they stand in it as empty boxes."""

    content: bytes
    missing: tuple[str, ...] = ()


def render_pdf(html: str, *, title: str, lang: str, assets: Path | None = None) -> bytes:
    """The PDF of ``html``; characters that could not be drawn are named in the log. See ``render``."""
    rendered = render(html, title=title, lang=lang, assets=assets)
    if rendered.missing:
        log.warning("no glyph for %s", " ".join(f"U+{ord(character):04X}" for character in rendered.missing))
    return rendered.content


def render(html: str, *, title: str, lang: str, assets: Path | None = None) -> Rendered:
    """Lay ``html`` out and write it as PDF.

    ``title`` becomes the document's title and ``lang`` (a BCP 47 tag) its language, so the HTML names neither.
    ``assets`` is the only folder from which a local file may be read; without it none is. Documents are made one at a
    time in a process; more at once need more processes.

    Raises ``DocumentFailed`` (``fonts_not_ready``, ``wrong_library``, ``not_drawn``).
    """
    with _one_at_a_time:
        install()
        register_fonts()
        return _draw(_prepared(html, lang), title, assets)


def _prepared(html: str, lang: str) -> str:
    html = LONE_SURROGATE.sub("?", INVISIBLE.sub("", keep_ideographic_spaces(html)))
    return re.sub(r"<html\b", f'<html lang="{escape(lang)}"', html, count=1)


def _draw(html: str, title: str, assets: Path | None) -> Rendered:
    from xhtml2pdf import pisa
    from xhtml2pdf.config.resources import ResourceAccessPolicy

    policy = ResourceAccessPolicy.server(assets, allow_remote=False)
    out = io.BytesIO()
    try:
        context = pisa.CreatePDF(
            html,
            dest=out,
            encoding="utf-8",
            resource_policy=policy,
            context_meta={"title": title},
            raise_exception=True,
        )
    except Exception as error:  # the library raises whatever its parts raise
        # Its message may quote the document, and so a resident: only the kind of error and its place go on.
        place = traceback.extract_tb(error.__traceback__)[-1]
        raise DocumentFailed(
            "not_drawn", error=type(error).__name__, at=f"{Path(place.filename).name}:{place.lineno}"
        ) from None
    return Rendered(out.getvalue(), tuple(sorted(context._glyph_warned)))
