"""Where the lines of a chart go: numbers for the page's own SVG, and the report's whole chart."""

from html import escape

from portal.core.i18n import current_language
from portal.domain.charts import along, place
from portal.statistics.service import CampaignFigures, ItemFigure


def axis_from(figures: CampaignFigures) -> float:
    """The left end of the readings' axis: half, or lower in steps of ten where a limit lies below."""
    limits = [f.rate.low for f in figures.readings.values() if f.rate.low is not None]
    lowest = min([0.5, *limits])
    return max(0.0, int(lowest * 10) / 10)


WIDTH, NAME, BAR, ROW = 640, 150, 380, 26


def report_chart(figures: CampaignFigures) -> str:
    """Bars with their intervals for the printed report; greys only, so that a copier keeps what it says."""
    traditional = current_language().catalogue == "zh_Hant"
    font = "NotoTC" if traditional else "NotoSC"
    height = ROW * len(figures.items) + 24
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}">']
    for at, figure in enumerate(figures.items):
        out += _bar(figure, at * ROW + 4, font)
    if figures.target is not None:
        x = NAME + place(figures.target / 100, BAR)
        bottom = ROW * len(figures.items) + 4
        out.append(
            f'<line x1="{x}" y1="0" x2="{x}" y2="{bottom}" stroke="#333" stroke-width="1" stroke-dasharray="4 3"/>'
        )
        out.append(_text(x, bottom + 14, f"{figures.target}%", font, "middle"))
    return "".join([*out, "</svg>"])


def _bar(figure: ItemFigure, top: float, font: str) -> list[str]:
    name = figure.item.label[current_language().catalogue]
    out = [_text(0, top + 13, name, font), f'<rect x="{NAME}" y="{top + 3}" width="{BAR}" height="12" fill="#eeeeea"/>']
    rate = figure.rate
    if rate.value is None:
        return [*out, _text(NAME + BAR + 10, top + 13, "—", font)]
    out.append(f'<rect x="{NAME}" y="{top + 3}" width="{place(rate.value, BAR)}" height="12" fill="#a9a59c"/>')
    if rate.low is not None and rate.high is not None:
        low, high, middle = NAME + place(rate.low, BAR), NAME + place(rate.high, BAR), top + 9
        out.append(f'<circle cx="{NAME + place(rate.middle or 0, BAR)}" cy="{middle}" r="3" fill="#111"/>')
        for x1, y1, x2, y2 in (
            (low, middle, high, middle), (low, middle - 4, low, middle + 4), (high, middle - 4, high, middle + 4)
        ):  # fmt: skip
            out.append(f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="#111" stroke-width="1.5"/>')
    told = f"{rate.percent}%  {rate.numerator}/{rate.denominator}"
    return [*out, _text(NAME + BAR + 10, top + 13, told, font)]


def _text(x: float, y: float, words: str, font: str, anchor: str = "start") -> str:
    return f'<text x="{x}" y="{y}" font-family="{font}" font-size="11" fill="#222" text-anchor="{anchor}">{escape(words)}</text>'


__all__ = ["along", "axis_from", "place", "report_chart"]
