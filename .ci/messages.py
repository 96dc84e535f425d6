"""Bring both catalogues up to date with the sources: ``make messages``. New texts stay empty until somebody translates them;
the guard in ``tests/guards/test_catalogues.py`` names what is missing.
"""

import io
import subprocess
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
HEAD = (
    'msgid ""\nmsgstr ""\n"Language: {name}\\n"\n"MIME-Version: 1.0\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    '"Content-Transfer-Encoding: 8bit\\n"\n"Plural-Forms: nplurals=1; plural=0;\\n"\n\n'
)


def sources() -> Catalog:
    template = ROOT / "translations" / "messages.pot"
    pybabel = Path(sys.executable).with_name("pybabel")
    options = ["-q", "extract", "-F", "babel.cfg", "-k", "_l", "-k", "lazy_gettext", "--no-location", "--omit-header"]
    subprocess.run([pybabel, *options, "-o", template, "."], cwd=ROOT, check=True)
    found = read_po(io.BytesIO(template.read_bytes()))
    template.unlink()
    return found


def renewed(name: str, wanted: Catalog, held: Catalog) -> tuple[Catalog, int]:
    fresh, missing = Catalog(locale=name, fuzzy=False), 0
    for message in wanted:
        if not message.id:
            continue
        first = message.id if isinstance(message.id, str) else message.id[0]
        known = held.get(first)
        text = "" if known is None or not known.string else known.string
        text = text if isinstance(text, str) else text[0]
        missing += not text
        fresh.add(message.id, text if isinstance(message.id, str) else (text,), flags=message.flags - {"fuzzy"})
    return fresh, missing


def main() -> None:
    wanted = sources()
    for name in ("zh_Hans", "zh_Hant"):
        path = ROOT / "translations" / name / "LC_MESSAGES" / "messages.po"
        fresh, missing = renewed(name, wanted, read_po(io.BytesIO(path.read_bytes())))
        out = io.BytesIO()
        write_po(out, fresh, omit_header=True, width=120, sort_output=True)
        path.write_text(HEAD.format(name=name) + out.getvalue().decode(), encoding="utf-8")
        print(f"{name}: {missing} to be translated")


if __name__ == "__main__":
    main()
