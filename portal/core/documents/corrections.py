"""Four corrections to the PDF libraries, made when the first document is rendered.

1. Lines of Chinese are broken by ``portal.core.documents.linebreak`` and justified; ``<br>`` and the page number work
   inside such a paragraph.
2. The map from glyphs back to text is right for characters beyond the first plane (𬱖, 𨋢), so that a name can be
   searched for, copied and read aloud.
3. The ideographic space U+3000, which HTML parsing would fold into one ordinary space, keeps its width.
4. The number of all pages costs no second build (``portal.core.documents.page_total``).

They call private names of exactly one version, so another version is refused before anything is drawn.
"""

import logging
from collections.abc import Sequence
from importlib import metadata
from typing import Any

from portal.core.documents.failures import DocumentFailed
from portal.core.documents.linebreak import (
    BREAK,
    MARK,
    NEVER_FIRST,
    NEVER_LAST,
    PAIRED,
    SPACE,
    THING,
    Glyph,
    Line,
    Unit,
    break_lines,
    kind_of,
)

WRITTEN_FOR = {"xhtml2pdf": "0.2.28", "reportlab": "5.1.0"}
NEEDED = (
    "FragLine",
    "ParaLines",
    "_handleBulletWidth",
    "_justifyDrawParaLineX",
    "_leftDrawParaLineX",
    "_putFragLine",
    "_sameFrag",
    "getAscentDescent",
    "imgVRange",
    "setXPos",
)
LOOSEST = 0.35
"""The widest gap justification may add between two characters, in units of the type size."""

_installed = False


def assert_versions() -> None:
    """Refuse any other version than the one the corrections were written for; reads package metadata only.

    Raises ``DocumentFailed`` (``wrong_library``).
    """
    for package, wanted in WRITTEN_FOR.items():
        found = metadata.version(package)
        if found != wanted:
            raise DocumentFailed("wrong_library", package=package, found=found, wanted=wanted)


def keep_ideographic_spaces(html: str) -> str:
    """``html`` with each U+3000 as four no-break spaces, which together are nearly as wide and survive HTML."""
    return html.replace("\u3000", "\u00a0" * 4)


def install() -> None:
    """Put the corrections in place, once per process. Raises ``DocumentFailed`` (``wrong_library``)."""
    global _installed
    if _installed:
        return
    assert_versions()
    from reportlab.pdfbase import ttfonts
    from xhtml2pdf import reportlab_paragraph as engine
    from xhtml2pdf.tags import pisaTagPDFPAGECOUNT

    from portal.core.documents import page_total

    lacking = [name for name in NEEDED if not hasattr(engine, name)]
    lacking += [name for name in ("breakLinesCJK", "_get_split_blParaFunc") if not hasattr(engine.Paragraph, name)]
    if lacking or not hasattr(ttfonts, "makeToUnicodeCMap"):
        raise DocumentFailed("wrong_library", package="xhtml2pdf", found=", ".join(lacking), wanted="all names")
    _silence()
    ttfonts.makeToUnicodeCMap = to_unicode_map
    setter = _Setter(engine)
    engine.Paragraph.breakLinesCJK = setter.break_paragraph
    engine.Paragraph._get_split_blParaFunc = setter.splitter()
    engine._justifyDrawParaLineX = setter.justifier()
    pisaTagPDFPAGECOUNT.start, pisaTagPDFPAGECOUNT.end = page_total.start, page_total.end
    _installed = True


def _silence() -> None:
    """The libraries' log lines quote the text around a fault, which may be a resident's: they go no further."""
    for name in ("xhtml2pdf", "svglib"):
        logger = logging.getLogger(name)
        logger.addHandler(logging.NullHandler())
        logger.propagate = False


def to_unicode_map(font: str, subset: Sequence[int]) -> str:
    """The ToUnicode CMap of a subset: glyph number to UTF-16, surrogate pairs included (PDF 32000-1, 9.10.3)."""
    rows = [f"<{at:02X}> <{chr(point).encode('utf-16-be').hex().upper()}>" for at, point in enumerate(subset)]
    lines = [
        "/CIDInit /ProcSet findresource begin",
        "12 dict begin",
        "begincmap",
        f"/CIDSystemInfo << /Registry ({font}) /Ordering ({font}) /Supplement 0 >> def",
        f"/CMapName /{font} def",
        "/CMapType 2 def",
        "1 begincodespacerange",
        "<00> <FF>",
        "endcodespacerange",
    ]
    for at in range(0, len(rows), 100):  # the format allows a hundred in one block
        block = rows[at : at + 100]
        lines += [f"{len(block)} beginbfchar", *block, "endbfchar"]
    return "\n".join([*lines, "endcmap", "CMapName currentdict /CMap defineresource pop", "end", "end"])


class _Face(dict[str, Glyph]):
    """The glyphs of one registered font, made as they are met."""

    def __init__(self, font: Any) -> None:
        super().__init__()
        self.font = font

    def __missing__(self, character: str) -> Glyph:
        kind = kind_of(character)
        text = " " if kind == SPACE else character
        glyph = self[character] = Glyph(
            kind,
            text,
            self.font.stringWidth(text, 1000) / 1000,
            may_start=character not in NEVER_FIRST,
            may_end=character not in NEVER_LAST,
            paired=character in PAIRED,
        )
        return glyph


class _Setter:
    """Sets a paragraph in lines the way the library's drawing code expects them."""

    def __init__(self, engine: Any) -> None:
        self.engine = engine
        self.faces: dict[str, _Face] = {}

    def face(self, name: str) -> _Face:
        from reportlab.pdfbase import pdfmetrics

        font = pdfmetrics.getFont(name)
        face = self.faces.get(name)
        if face is None or face.font is not font:
            face = self.faces[name] = _Face(font)
        return face

    @property
    def break_paragraph(self) -> Any:
        setter, engine = self, self.engine

        def break_lines_cjk(paragraph: Any, width: Any) -> Any:
            style = paragraph.style
            widths = list(width) if isinstance(width, list | tuple) else [width]
            engine._handleBulletWidth(paragraph.bulletText, style, widths, rtl=paragraph.dir == "rtl")
            paragraph.height = 0
            if not paragraph.frags:
                return engine.ParaLines(
                    kind=0,
                    fontSize=style.fontSize,
                    fontName=style.fontName,
                    textColor=style.textColor,
                    lines=[],
                    ascent=style.fontSize,
                    descent=-0.2 * style.fontSize,
                )
            leading = getattr(paragraph, "autoLeading", getattr(style, "autoLeading", ""))
            units = setter.units(paragraph.frags, paragraph.encoding)
            lines = break_lines(units, widths)
            measured = [setter.fragment_line(units, line, leading not in ("", "off")) for line in lines]
            return engine.ParaLines(kind=1, lines=measured)

        return break_lines_cjk

    def units(self, fragments: Sequence[Any], encoding: str) -> list[Unit]:
        """The fragments' characters one by one, runs of white space folded into one."""
        units: list[Unit] = []
        last = SPACE
        for fragment in fragments:
            thing = getattr(fragment, "cbDefn", None)
            if thing is not None:
                measure = "advance" if getattr(thing, "kind", "") == "inlineBox" else "width"
                width = getattr(thing, measure, 0) or 0
                last = THING if width else MARK
                units.append((Glyph(last, getattr(fragment, "text", "") or "", width), fragment, width))
            elif hasattr(fragment, "lineBreak"):
                if units and units[-1][0].kind == SPACE:
                    units.pop()
                units.append((Glyph(BREAK, "", 0.0), fragment, 0.0))
                last = SPACE
            else:
                last = self._text_units(units, fragment, encoding, last)
        while units and units[-1][0].kind == SPACE:
            units.pop()
        return units

    def _text_units(self, units: list[Unit], fragment: Any, encoding: str, last: int) -> int:
        text = fragment.text if hasattr(fragment, "text") else "".join(getattr(fragment, "words", ()))
        if isinstance(text, bytes):
            text = text.decode(encoding)
        face, size = self.face(fragment.fontName), fragment.fontSize
        for character in str(text):  # the page number is an object that turns into text once the page is known
            glyph = face[character]
            if glyph.kind != SPACE or last != SPACE:
                units.append((glyph, fragment, glyph.advance * size))
            last = glyph.kind
        return last

    def fragment_line(self, units: Sequence[Unit], line: Line, measure_pictures: bool) -> Any:
        """The line as runs of like fragments, with the height its tallest one needs."""
        engine = self.engine
        runs: list[Any] = []
        held: list[str] = []
        seen = first = None
        size = ascent = descent = 0.0
        gaps = -1
        for glyph, fragment, _ in units[line.start : line.stop]:
            gaps += int(glyph.kind != MARK)
            if fragment is not seen:
                seen = fragment
                up, down = self._height(fragment, measure_pictures)
                size, ascent, descent = max(size, fragment.fontSize), max(ascent, up), min(descent, down)
                if first is None or not engine._sameFrag(first, fragment):
                    _close_run(runs, first, held)
                    first, held = fragment, []
            held.append(glyph.text)
        _close_run(runs, first, held)
        return engine.FragLine(
            kind=1,
            extraSpace=line.room,
            wordCount=1,
            words=runs,
            fontSize=size,
            ascent=ascent,
            descent=descent,
            lineBreak=line.forced,
            gaps=gaps,
            spaced=line.spaced,
        )

    def _height(self, fragment: Any, measure_pictures: bool) -> tuple[float, float]:
        thing = getattr(fragment, "cbDefn", None)
        if measure_pictures and thing is not None and getattr(thing, "width", None):
            down, up = self.engine.imgVRange(thing.height, thing.valign, fragment.fontSize)
            return up, down
        up, down = self.engine.getAscentDescent(fragment.fontName, fragment.fontSize)
        return up, down

    def splitter(self) -> Any:
        """A paragraph cut by the end of a page must not gain a space where two Chinese characters met."""
        original = self.engine.Paragraph._get_split_blParaFunc

        def split_function(paragraph: Any) -> Any:
            if paragraph.style.wordWrap == "CJK" and paragraph.blPara.kind == 1:
                return _rejoin
            return original(paragraph)

        return split_function

    def justifier(self) -> Any:
        """Justified Chinese shares the room between all characters; upstream has only the spaces between words."""
        engine, original = self.engine, self.engine._justifyDrawParaLineX

        def justify(text: Any, offset: float, line: Any, last: int = 0) -> None:
            gaps = getattr(line, "gaps", None)
            if gaps is None:
                original(text, offset, line, last)
            elif last or gaps < 1 or line.lineBreak or not 0 < line.extraSpace <= line.fontSize * LOOSEST * gaps:
                engine._leftDrawParaLineX(text, offset, line, last)
            else:
                engine.setXPos(text, offset)
                text.setCharSpace(line.extraSpace / gaps)
                engine._putFragLine(offset, text, line)
                text.setCharSpace(0)
                engine.setXPos(text, -offset)

        return justify


def _close_run(runs: list[Any], first: Any, held: list[str]) -> None:
    if first is not None:
        run = first.clone()
        run.text = "".join(held)
        runs.append(run)


def _rejoin(paragraph: Any, start: int, stop: int) -> list[Any]:
    lines = paragraph.lines[start:stop]
    fragments: list[Any] = []
    for line in lines:
        fragments.extend(line.words)
        if getattr(line, "spaced", False) and line is not lines[-1] and fragments:
            fragments[-1] = fragments[-1].clone()
            fragments[-1].text = f"{fragments[-1].text} "
    return fragments
