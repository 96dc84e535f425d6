"""Cut fixed faces out of a variable font: ``python -m portal.core.documents.instancing SOURCE WEIGHT TARGET …``.

Run in a process of its own, because one face costs some twelve seconds and a few hundred megabytes. A variable font
handed to the PDF library as it is would print every text in its lightest weight.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

# Layout features, vertical metrics and style records: the PDF library reads none of them, and interpolating them is
# most of the work.
UNREAD_TABLES = ("GSUB", "GPOS", "GDEF", "BASE", "vhea", "vmtx", "VVAR", "STAT", "VORG")
FAMILY, STYLE, UNIQUE, FULL, POSTSCRIPT, TYPOGRAPHIC_FAMILY, TYPOGRAPHIC_STYLE = 1, 2, 3, 4, 6, 16, 17
"""Identifiers in a font's table of names."""


def cut_face(source: Path, weight: int, target: Path) -> None:
    """Write the face of ``source`` at ``weight`` (100 to 900) to ``target`` as static TrueType outlines."""
    with TTFont(source, lazy=True) as font:
        for table in UNREAD_TABLES:
            if table in font:
                del font[table]
        instancer.instantiateVariableFont(
            font,
            {"wght": weight},
            inplace=True,
            optimize=False,
            overlap=instancer.OverlapMode.KEEP_AND_DONT_SET_FLAGS,
        )
        _name(font, target.stem)
        font.save(target)


def _name(font: TTFont, postscript: str) -> None:
    """Give the face a name of its own: two faces of one name would share one embedded subset in a PDF, and bold would
    print as regular."""
    names = font["name"]
    family = names.getBestFamilyName() or postscript
    style = postscript.rpartition("-")[2]
    for record in list(names.names):
        if record.nameID in (UNIQUE, TYPOGRAPHIC_FAMILY, TYPOGRAPHIC_STYLE):
            names.removeNames(nameID=record.nameID)
    for identifier, text in ((FAMILY, family), (STYLE, style), (FULL, f"{family} {style}"), (POSTSCRIPT, postscript)):
        names.setName(text, identifier, 3, 1, 0x409)


def main(arguments: Sequence[str]) -> None:
    for at in range(0, len(arguments), 3):
        source, weight, target = arguments[at : at + 3]
        cut_face(Path(source), int(weight), Path(target))


if __name__ == "__main__":
    main(sys.argv[1:])
