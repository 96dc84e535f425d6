import subprocess
import sys
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables.TupleVariation import TupleVariation

from portal.core.documents import fonts as module
from portal.core.documents.failures import DocumentFailed
from portal.core.documents.fonts import FACES, FontFiles, fonts_ready, prepare_fonts, prepared_folder
from portal.core.documents.instancing import cut_face
from tests.core.prints import ROOT

PREPARE = """
import sys
from pathlib import Path
from portal.core.documents import fonts
fonts._sources = lambda: Path(sys.argv[1])
sys.prefix = sys.argv[2]
make = fonts._make
def counted(*arguments):
    print("made", flush=True)
    make(*arguments)
fonts._make = counted
print(sorted(fonts.prepare_fonts()))
"""


def square(width: int) -> TTGlyphPen:
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    pen.lineTo((0, 500))
    pen.lineTo((width, 500))
    pen.lineTo((width, 0))
    pen.closePath()
    return pen


def write_variable_font(file: Path) -> None:
    """One glyph, 100 units wide at weight 100 and 900 at weight 900."""
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", "one"])
    builder.setupCharacterMap({0x4E00: "one"})
    builder.setupGlyf({".notdef": square(100).glyph(), "one": square(100).glyph()})
    builder.setupHorizontalMetrics({".notdef": (1000, 0), "one": (1000, 0)})
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Noto Sans Test", "styleName": "Thin"})
    builder.setupOS2()
    builder.setupPost()
    builder.setupFvar([("wght", 100, 100, 900, "Weight")], [])
    wider = [(0, 0), (0, 0), (800, 0), (800, 0), (0, 0), (0, 0), (0, 0), (0, 0)]
    builder.setupGvar({"one": [TupleVariation({"wght": (0, 1, 1)}, wider)]})
    file.parent.mkdir(parents=True, exist_ok=True)
    builder.save(file)


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    folder = tmp_path / "pack"
    for face in FACES:
        write_variable_font(folder / face.source)
        (folder / face.source).with_name("OFL.txt").write_text("licence")
    return folder


def prepare(sources: Path, prefix: Path) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", PREPARE, str(sources), str(prefix)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def test_a_face_is_cut_at_its_weight_and_bears_its_own_name(tmp_path: Path) -> None:
    source = tmp_path / "Variable.ttf"
    write_variable_font(source)
    for weight, width, name in ((400, 400, "NotoTest-Regular"), (700, 700, "NotoTest-Bold")):
        cut_face(source, weight, tmp_path / f"{name}.ttf")
        with TTFont(tmp_path / f"{name}.ttf") as font:
            assert "fvar" not in font and "gvar" not in font
            assert font["glyf"]["one"].xMax == width
            assert font["OS/2"].usWeightClass == weight
            assert font["name"].getDebugName(6) == name


def test_two_processes_that_start_at_once_prepare_the_fonts_once(sources: Path, tmp_path: Path) -> None:
    started = [prepare(sources, tmp_path / "prefix") for _ in range(2)]
    answers = [process.communicate(timeout=120)[0].split("\n") for process in started]
    assert [process.returncode for process in started] == [0, 0]
    assert sum(answer.count("made") for answer in answers) == 1
    assert all(str(sorted(face.name for face in FACES)) in answer for answer in answers)
    (folder,) = [entry for entry in (tmp_path / "prefix/share/fonts").iterdir() if entry.is_dir()]
    assert {file.name for file in folder.glob("*.ttf")} == {face.file for face in FACES}
    assert len(list(folder.glob("*OFL.txt"))) == 2


def test_what_a_killed_process_left_behind_is_cleared_away(sources: Path, tmp_path: Path) -> None:
    folder = tmp_path / "prefix/share/fonts"
    left = folder / f".{prepared_folder().name}.4711"
    left.mkdir(parents=True)
    (left / FACES[0].file).write_bytes(b"half")
    process = prepare(sources, tmp_path / "prefix")
    process.communicate(timeout=120)
    assert process.returncode == 0
    assert [entry for entry in folder.iterdir() if entry.name.startswith(".")] == []


def test_a_broken_source_fails_with_a_code_and_leaves_nothing(
    sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (sources / FACES[0].source).write_bytes(b"no font")
    monkeypatch.setattr(module, "_sources", lambda: sources)
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "prefix"))
    with pytest.raises(DocumentFailed) as failure:
        prepare_fonts()
    assert failure.value.code == "fonts_not_prepared"
    assert not fonts_ready()
    assert [entry for entry in (tmp_path / "prefix/share/fonts").iterdir() if entry.is_dir()] == []


def test_a_place_that_cannot_be_written_is_said_plainly(
    sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "prefix").write_text("a file, not a folder")
    monkeypatch.setattr(module, "_sources", lambda: sources)
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "prefix"))
    with pytest.raises(DocumentFailed) as failure:
        prepare_fonts()
    assert failure.value.code == "fonts_not_writable"


def test_the_folder_named_in_the_environment_comes_first(
    fonts: FontFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for face in FACES:
        (tmp_path / face.file).symlink_to(fonts[face.name])
    monkeypatch.setenv("PORTAL_FONT_DIR", str(tmp_path))
    assert fonts_ready()
    assert prepare_fonts() == {face.name: tmp_path / face.file for face in FACES}


def test_a_named_folder_that_lacks_a_face_is_an_error_and_not_passed_over(
    fonts: FontFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for face in FACES[1:]:
        (tmp_path / face.file).symlink_to(fonts[face.name])
    monkeypatch.setenv("PORTAL_FONT_DIR", str(tmp_path))
    assert not fonts_ready()
    with pytest.raises(DocumentFailed) as failure:
        prepare_fonts()
    assert (failure.value.code, failure.value.params) == ("fonts_missing", {"folder": str(tmp_path)})


def test_the_packages_of_npm_are_used_where_they_are_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ROOT", tmp_path)
    for face in FACES:
        file = tmp_path / "node_modules" / face.npm_file
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"")
    assert prepare_fonts() == {face.name: tmp_path / "node_modules" / face.npm_file for face in FACES}


def test_prepared_faces_are_kept_by_what_decides_their_outlines(monkeypatch: pytest.MonkeyPatch) -> None:
    before = prepared_folder()
    monkeypatch.setattr(module, "RECIPE", "another")
    assert prepared_folder() != before
    assert prepared_folder().parent == before.parent == Path(sys.prefix) / "share" / "fonts"


def test_both_weights_of_both_families_are_prepared_with_rare_names_in_them(fonts: FontFiles) -> None:
    for face in FACES:
        with TTFont(fonts[face.name], lazy=True) as font:
            assert font["OS/2"].usWeightClass == face.weight
            held = font.getBestCmap()
        assert all(
            ord(character) in held for character in ("欧阳𬱖业委会" if face.family == "NotoSC" else "歐陽𨋢業委會")
        )
