"""How long the open letter takes as a PDF, beside WeasyPrint on the same letter in the same run.

Both libraries are warm, set the same words in the same four faces over the same pages with the number of pages in the
footer, and take turns. The figure is processor time (other work on the machine does not count), as a median; wall time
is printed beside it. Goal: at most 0.6 of WeasyPrint's. Floor: WeasyPrint itself.
"""

import io
import json
import os
import re
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pypdf import PdfReader

from portal.core.documents.fonts import FACES, prepare_fonts
from portal.core.documents.pdf import render
from tests.core.prints import fill, letter, squeezed, text_of

GOAL = 0.6
ISSUES = 9
ROUNDS = 20


def measure(rounds: int = ROUNDS) -> dict[str, Any]:
    """Render the letter ``rounds`` times with each library and compare the medians."""
    context = letter()
    context["rows"] = [row | {"no": no + 1} for no, row in enumerate(context["rows"] * (ISSUES // 3))]
    html = fill("publishing/letter_pdf.html", context)
    theirs = _weasyprint(_their_html(html))

    def ours() -> bytes:
        return render(html, title=context["title"], lang=context["lang"]).content

    contenders = {"linli": ours, "weasyprint": theirs}
    sizes = {name: len(run()) for name, run in contenders.items()}
    pages = {name: len(PdfReader(io.BytesIO(run())).pages) for name, run in contenders.items()}
    for name, run in contenders.items():
        if "锦绣物业服务有限公司" not in squeezed(text_of(run())):
            raise RuntimeError(f"{name} did not set the letter")
    cpu: dict[str, list[float]] = {name: [] for name in contenders}
    wall: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, run in contenders.items():
            at, used = time.perf_counter(), time.process_time()
            run()
            cpu[name].append((time.process_time() - used) * 1000)
            wall[name].append((time.perf_counter() - at) * 1000)
    medians = {name: statistics.median(times) for name, times in cpu.items()}
    return {
        "what": "letter as PDF, warm",
        "n": rounds,
        "cpu_ms": {name: round(value, 1) for name, value in medians.items()},
        "wall_ms": {name: round(statistics.median(times), 1) for name, times in wall.items()},
        "pages": pages,
        "bytes": sizes,
        "ratio": round(medians["linli"] / medians["weasyprint"], 3),
        "goal": GOAL,
        "floor": 1.0,
    }


def _their_html(html: str) -> str:
    """The same letter in WeasyPrint's dialect: page margins for frames, a running element for the footer."""
    html = re.sub(
        r"@page \{.*?\} \}",
        "@page { size: A4; margin: 23mm 26mm 29mm 28mm; @bottom-left { content: element(foot); width: 100% } }\n"
        "#foot { position: running(foot) }\n"
        ".pn::after { content: counter(page) } .pc::after { content: counter(pages) }",
        html,
        count=1,
        flags=re.DOTALL,
    )
    html = html.replace("<pdf:pagenumber/>", '<span class="pn"></span>').replace(
        "<pdf:pagecount/>", '<span class="pc"></span>'
    )
    foot = re.search(r'<div id="foot">.*?</div>', html, flags=re.DOTALL)
    if foot is None:
        raise RuntimeError("the letter has no footer")
    html = html.replace(foot[0], "").replace("<body>", f"<body>{foot[0]}")  # a running element comes before its pages
    html = html.replace("<html>", '<html lang="zh-Hans">')
    return html.replace("NotoSC, NotoTC", "'Noto Sans SC', 'Noto Sans TC'").replace(
        "%22NotoSC%22", "%22Noto%20Sans%20SC%22"
    )


def _weasyprint(html: str) -> Callable[[], bytes]:
    """WeasyPrint with our faces as the system's only fonts, its quickest way (``@font-face`` costs it more)."""
    folder = prepare_fonts()[FACES[0].name].parent
    settings = Path(tempfile.mkdtemp()) / "fonts.conf"
    settings.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        f"<dir>{folder}</dir><cachedir>{settings.parent}</cachedir></fontconfig>"
    )
    os.environ["FONTCONFIG_FILE"] = str(settings)
    from weasyprint import HTML
    from weasyprint.text.fonts import FontConfiguration

    fonts = FontConfiguration()
    return lambda: HTML(string=html).write_pdf(font_config=fonts)


if __name__ == "__main__":
    print(json.dumps(measure(), ensure_ascii=False, indent=2))
