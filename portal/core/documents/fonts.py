"""The four faces every PDF is set in: where they are, how they are made once, how the PDF libraries learn of them.

Noto Sans SC and TC (SIL Open Font Licence 1.1), regular and bold. Together they draw all of GB 2312, Big5, the table of
8105 characters and the Hong Kong set; a document names the pair in the order of its script, and a character that the
first family lacks is taken from the second.

Looked for in this order: the folder in ``PORTAL_FONT_DIR``, ``node_modules``, the prepared faces in
``<sys.prefix>/share/fonts/<hash>``. The last are cut from the variable fonts of ``justmytype-intl-cjk`` by
``prepare_fonts``, which the job worker calls; a web process only ever asks ``fonts_ready``.
"""

import fcntl
import hashlib
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path

from portal.core.documents.failures import DocumentFailed

log = logging.getLogger(__name__)

RECIPE = "1"  # raised when instancing.py changes what it writes
PACK = "justmytype-intl-cjk"
ROOT = Path(__file__).resolve().parents[3]
SIMPLIFIED_FIRST = "NotoSC, NotoTC"
TRADITIONAL_FIRST = "NotoTC, NotoSC"


@dataclass(frozen=True)
class Face:
    """One weight of one family. ``name`` is what the PDF library calls it, ``family`` what a style sheet calls it."""

    family: str
    bold: bool
    file: str
    npm_file: str
    source: str

    @property
    def name(self) -> str:
        return f"{self.family}-Bold" if self.bold else self.family

    @property
    def weight(self) -> int:
        return 700 if self.bold else 400


def _faces(family: str, script: str) -> tuple[Face, Face]:
    source = f"ofl/notosans{script.lower()}/NotoSans{script}[wght].ttf"
    package = f"@expo-google-fonts/noto-sans-{script.lower()}"
    npm = f"{package}/{{0}}/NotoSans{script}_{{0}}.ttf"
    return (
        Face(family, False, f"NotoSans{script}-Regular.ttf", npm.format("400Regular"), source),
        Face(family, True, f"NotoSans{script}-Bold.ttf", npm.format("700Bold"), source),
    )


FACES: tuple[Face, ...] = (*_faces("NotoSC", "SC"), *_faces("NotoTC", "TC"))

FontFiles = dict[str, Path]
"""Name of a face to the file that holds it; complete or not made at all."""


def families_for(lang: str) -> str:
    """The ``font-family`` list for a language tag: traditional shapes first for ``zh-Hant`` and its regions."""
    traditional = lang.replace("_", "-").lower().startswith(("zh-hant", "zh-hk", "zh-tw", "zh-mo"))
    return TRADITIONAL_FIRST if traditional else SIMPLIFIED_FIRST


def find_fonts() -> FontFiles | None:
    """The files of all four faces, or ``None`` while they have yet to be prepared. Costs a few file look-ups."""
    if given := os.environ.get("PORTAL_FONT_DIR"):
        return _complete({face.name: Path(given) / face.file for face in FACES})
    return _complete({face.name: ROOT / "node_modules" / face.npm_file for face in FACES}) or _complete(
        {face.name: prepared_folder() / face.file for face in FACES}
    )


def fonts_ready() -> bool:
    """Whether a PDF could be made now; a page that would offer one says "PDF is being prepared" while this is false."""
    return find_fonts() is not None


def prepared_folder() -> Path:
    """Where prepared faces are kept: named by what decides their outlines, so an upgrade never reads old ones."""
    recipe = "\n".join((RECIPE, _version(PACK), _version("fonttools"), *(face.file for face in FACES)))
    return Path(sys.prefix) / "share" / "fonts" / hashlib.sha256(recipe.encode()).hexdigest()[:16]


def prepare_fonts() -> FontFiles:
    """Make the faces if they are not there, and say where they are.

    Takes about half a minute on two cores the first time and next to nothing after that. Two processes that start at
    once do the work once: the second waits and finds it done. A process killed half-way leaves nothing that could be
    taken for finished faces.

    Raises ``DocumentFailed`` (``fonts_missing``, ``fonts_not_writable``, ``fonts_not_prepared``).
    """
    if found := find_fonts():
        return found
    if given := os.environ.get("PORTAL_FONT_DIR"):
        raise DocumentFailed("fonts_missing", folder=given)
    sources = _sources()
    target = prepared_folder()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with _only_one(target.with_suffix(".lock")):
            if not target.is_dir():
                _make(sources, target)
    except OSError as error:
        raise DocumentFailed("fonts_not_writable", folder=str(target.parent)) from error
    found = find_fonts()
    if found is None:
        raise DocumentFailed("fonts_not_prepared", folder=str(target))
    return found


def _complete(files: FontFiles) -> FontFiles | None:
    return files if all(file.is_file() for file in files.values()) else None


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


def _sources() -> Path:
    pack = util.find_spec(PACK.replace("-", "_"))
    if pack is None or pack.origin is None:
        raise DocumentFailed("fonts_missing", folder=str(prepared_folder()))
    return Path(pack.origin).parent / "fonts"


@contextmanager
def _only_one(lock: Path) -> Iterator[None]:
    """Hold the file's lock; the system lets go of it by itself when the process that holds it dies."""
    with lock.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _make(sources: Path, target: Path) -> None:
    # The lock is ours, so whatever draft lies here was left by a process that was killed.
    for left in target.parent.glob(f".{target.name}.*"):
        shutil.rmtree(left, ignore_errors=True)
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    draft.mkdir()
    try:
        # One regular and one bold each: the simplified family is the heavier, so that both processes end together.
        _cut(sources, draft, ((FACES[0], FACES[3]), (FACES[1], FACES[2])))
        for licence in {sources / Path(face.source).parent / "OFL.txt" for face in FACES}:
            shutil.copyfile(licence, draft / f"{licence.parent.name}-OFL.txt")
        draft.rename(target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _cut(sources: Path, draft: Path, shares: tuple[tuple[Face, ...], ...]) -> None:
    workers = []
    for share in shares:
        arguments = [text for face in share for text in (sources / face.source, str(face.weight), draft / face.file)]
        command = [sys.executable, "-m", "portal.core.documents.instancing", *map(str, arguments)]
        workers.append(subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE))
    # Every worker is waited for before any verdict, so that none goes on writing into a folder about to be removed.
    complaints = [worker.communicate()[1] for worker in workers]
    if any(worker.returncode for worker in workers):
        log.error("fonts were not prepared: %s", b"\n".join(complaints).decode(errors="replace"))
        raise DocumentFailed("fonts_not_prepared", folder=str(draft.parent))


_registered = False


def register_fonts() -> None:
    """Tell reportlab, xhtml2pdf and svglib of the faces, once per process (a fifth of a second, 80 MB).

    Named this way a style sheet needs no ``@font-face``, which would read and hash 35 MB for every document, and a
    chart (SVG) finds the same faces instead of asking the system for some other font.

    Raises ``DocumentFailed`` (``fonts_not_ready``).
    """
    global _registered
    if _registered:
        return
    files = find_fonts()
    if files is None:
        raise DocumentFailed("fonts_not_ready")
    from reportlab.lib.fonts import addMapping
    from svglib.fonts import register_font
    from xhtml2pdf.default import DEFAULT_FONT

    for face in FACES:
        # svglib's own registration loads the file into reportlab too, under the same name.
        _, known = register_font(
            face.family, str(files[face.name]), "bold" if face.bold else "normal", "normal", face.name
        )
        if not known:
            raise DocumentFailed("fonts_missing", folder=str(files[face.name].parent))
        for italic in (0, 1):
            addMapping(face.family, int(face.bold), italic, face.name)
        DEFAULT_FONT[face.family.lower()] = face.family
    _registered = True
