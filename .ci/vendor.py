"""Fetch the browser libraries anew from their packages and write their checksums: ``python .ci/vendor.py``.

Nothing calls this but a person who changes a version; the guard test compares the files with ``CHECKSUMS.json``.
"""

import hashlib
import json
import subprocess
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILES = [
    ("static/vendor", "htmx.org", "2.0.11", "0BSD", "dist/htmx.min.js", "htmx-2.0.11.min.js"),
    ("static/vendor", "idb", "8.0.4", "ISC", "build/index.js", "idb-8.0.4.js"),
    ("static/vendor", "signature_pad", "5.1.4", "MIT", "dist/signature_pad.min.js", "signature_pad-5.1.4.min.js"),
    ("static/vendor", "tus-js-client", "4.3.1", "MIT", "dist/tus.min.js", "tus-4.3.1.min.js"),
    ("tests/vendor", "axe-core", "4.14.1", "MPL-2.0", "axe.min.js", "axe-4.14.1.min.js"),
]


def fetch(folder: str, package: str, version: str, licence: str, inside: str, name: str) -> dict[str, str]:
    with tempfile.TemporaryDirectory() as temporary:
        subprocess.run(["npm", "pack", "--silent", f"{package}@{version}"], cwd=temporary, check=True)
        archive = next(Path(temporary).glob("*.tgz"))
        with tarfile.open(archive) as tar:
            for member, target in ((inside, name), ("LICENSE", f"LICENSE.{package}.txt")):
                content = tar.extractfile(f"package/{member}").read()
                if target.endswith(".js"):
                    lines = content.splitlines(keepends=True)
                    content = b"".join(line for line in lines if b"sourceMappingURL" not in line)
                (ROOT / folder / target).write_bytes(content)
    return {"package": package, "version": version, "licence": licence, "file": f"{folder}/{name}"}


def main() -> None:
    entries = [fetch(*row) for row in FILES]
    for entry in entries:
        entry["sha256"] = hashlib.sha256((ROOT / entry["file"]).read_bytes()).hexdigest()
    (ROOT / "static/vendor/CHECKSUMS.json").write_text(json.dumps(entries, indent=2) + "\n")


if __name__ == "__main__":
    main()
