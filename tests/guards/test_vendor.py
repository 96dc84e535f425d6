"""Browser libraries are vendored files with version, licence and checksum."""

import hashlib
import json
from pathlib import Path

ROOT = Path(__file__).parents[2]
ENTRIES = json.loads((ROOT / "static/vendor/CHECKSUMS.json").read_text())


def changed(read: object = Path.read_bytes) -> list[str]:
    return [e["file"] for e in ENTRIES if hashlib.sha256(read(ROOT / e["file"])).hexdigest() != e["sha256"]]  # type: ignore[operator]


def test_vendored_files_match_their_checksums() -> None:
    assert not changed()


def test_a_vendored_file_changed_by_a_byte_is_seen() -> None:
    assert len(changed(lambda path: path.read_bytes() + b" ")) == len(ENTRIES)


def test_every_vendored_script_is_listed_with_its_licence() -> None:
    files = {
        f"{p.parent.relative_to(ROOT)}/{p.name}"
        for folder in ("static/vendor", "tests/vendor")
        for p in (ROOT / folder).glob("*.js")
    }
    assert files == {e["file"] for e in ENTRIES}
    for e in ENTRIES:
        assert (ROOT / e["file"]).parent.joinpath(f"LICENSE.{e['package']}.txt").stat().st_size > 100
