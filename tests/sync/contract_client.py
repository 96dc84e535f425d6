"""A client written from the sync contract and ``/sync/schema`` alone: it knows none of the server's code.

Whatever the server answers is held against the schema that the server itself hands out, and against the envelope.
"""

import base64
import gzip
import hashlib
import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import jsonschema
import rfc8785

Answer = tuple[int, Mapping[str, str], bytes]
Transport = Callable[[str, str, Mapping[str, str], bytes], Answer]
ENVELOPE = ("portal", "version", "server_time", "epoch", "high", "device")
SENT = ("stored", "same", "settled")


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def fact_hash(fact: Mapping[str, Any]) -> str:
    """Less the fact's own sha256 and each attachment's data; RFC 8785; SHA-256."""
    bare = {key: value for key, value in fact.items() if key != "sha256"}
    if isinstance(bare.get("attachments"), list):
        bare["attachments"] = [
            {k: v for k, v in a.items() if k != "data"} if isinstance(a, dict) else a for a in bare["attachments"]
        ]
    return hashlib.sha256(rfc8785.dumps(bare)).hexdigest()


def sealed(fact: dict[str, Any]) -> dict[str, Any]:
    return {**fact, "sha256": fact_hash(fact)}


def new_fact(kind: str, subject: str, form: str, body: Mapping[str, Any], /, **changed: Any) -> dict[str, Any]:
    fact = {
        "id": str(uuid.uuid4()), "kind": kind, "subject": subject, "follows": None, "base": None, "form": form,
        "occurred_at": "2026-03-05T02:24:00.000Z", "recorded_at": now(),
        "clock": {"offset_ms": -1500, "measured_at": now()}, "body": dict(body), "attachments": [], **changed,
    }  # fmt: skip
    return sealed(fact)


def attachment(content: bytes, kind: str, role: str = "photo", *, inline: bool = False, **more: Any) -> dict[str, Any]:
    found = {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content), "type": kind, "role": role, **more}
    return found | ({"data": base64.b64encode(content).decode()} if inline else {})


@lru_cache(maxsize=64)
def _validator(schema: str) -> jsonschema.Draft202012Validator:
    """Made once for each schema: making one costs more than a hundred answers checked with it."""
    return jsonschema.Draft202012Validator(json.loads(schema))


@dataclass
class Tablet:
    """One tablet. ``store`` is what it has downloaded: (kind, id) → record."""

    transport: Transport
    token: str | None = None
    cursor: str | None = None
    store: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    digests: dict[str, str] | None = None
    epoch: str | None = None
    _schema: dict[str, Any] | None = None

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
        raw: bytes | None = None,
    ) -> tuple[int, dict[str, Any], Mapping[str, str]]:
        """One request; the answer without its envelope (which is checked), its status and headers."""
        asked = {"Accept-Encoding": "gzip", **(headers or {})}
        if self.token and "Authorization" not in asked:
            asked["Authorization"] = f"Bearer {self.token}"
        content = raw if raw is not None else b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        status, got, answer = self.transport(method, path, asked, content)
        if got.get("Content-Encoding") == "gzip":
            answer = gzip.decompress(answer)
        envelope = json.loads(got["Linli-Sync"])
        assert tuple(envelope) == ENVELOPE
        assert envelope["portal"] == "linli-sync" and envelope["version"] == 1
        assert got["Cache-Control"] == "no-store"
        assert got["Accept-Encoding"] == "gzip"
        assert "Set-Cookie" not in got
        assert not path.startswith("/sync/uploads") or got["Tus-Resumable"] == "1.0.0"
        self.epoch = envelope["epoch"]
        if not answer:
            assert status == 204 or method == "HEAD"
            return status, {"envelope": envelope}, got
        assert got["Content-Type"].startswith("application/json")
        whole = json.loads(answer)
        assert {key: whole[key] for key in ENVELOPE} == envelope
        self._check(method, path, status, whole)
        return status, {k: v for k, v in whole.items() if k not in ENVELOPE} | {"envelope": envelope}, got

    def _check(self, method: str, path: str, status: int, whole: dict[str, Any]) -> None:
        """Hold an answer against the schema, once it is there."""
        if status >= 400:
            assert set(whole["error"]) == {"code", "params"}
        if self._schema is None:
            return
        if status >= 400:
            self.validate({"$ref": "#/$defs/failure"}, whole)
            return
        known = self._schema["calls"].get(f"{method} {path.partition('?')[0]}")
        if known and known["answer"]:
            self.validate(known["answer"], whole)

    @property
    def schema(self) -> dict[str, Any]:
        if self._schema is None:
            status, found, _ = self.call("GET", "/sync/schema")
            assert status == 200, found
            found.pop("envelope")
            self._schema = found
        return self._schema

    def validate(self, schema: dict[str, Any], value: Any) -> None:
        """Against a schema whose references point into the schema answer."""
        root = {key: part for key, part in self.schema.items() if key not in ("enumerations", "problems")}
        _validator(json.dumps({**root, "allOf": [schema]})).validate(value)

    def fits(self, kind: str, fact: Any) -> bool:
        try:
            self.validate({"$ref": f"#/facts/{kind}"}, fact)
        except jsonschema.ValidationError:
            return False
        return True

    def enrol(self, login: str, password: str, **more: Any) -> tuple[int, dict[str, Any]]:
        asked = {"login": login, "password": password, "device_name": "平板 1", **more}
        status, found, _ = self.call("POST", "/sync/devices", asked)
        if status == 201:
            self.token = found["token"]
        return status, found

    def send(self, facts: Sequence[Any], *, packed: bool = False) -> list[dict[str, Any]]:
        headers = {"Content-Encoding": "gzip"} if packed else {}
        content = json.dumps({"facts": list(facts)}, ensure_ascii=False).encode()
        status, found, _ = self.call(
            "POST", "/sync/facts", raw=gzip.compress(content) if packed else content, headers=headers
        )
        assert status == 200, found
        assert len(found["results"]) == len(facts)
        results: list[dict[str, Any]] = found["results"]
        for fact, result in zip(facts, results, strict=True):
            if result["receipt"] is not None:
                assert result["receipt"]["id"] == fact["id"]
                assert result["receipt"]["sha256"] == fact["sha256"]
        return results

    def send_one(self, fact: Any) -> dict[str, Any]:
        return self.send([fact])[0]

    def pull(self) -> int:
        """Pull to the end and apply by the rules; returns how many pages it took."""
        pages, fresh = 0, None
        more = True
        while more:
            address = "/sync/pull" + (f"?cursor={self.cursor}" if self.cursor is not None else "")
            status, page, _ = self.call("GET", address)
            assert status == 200, page
            assert len(page["records"]) <= 500
            places = [(r["office"] or "", r["n"]) for r in page["records"]]
            assert places == sorted(places)
            if page["reset"]:
                fresh = {}
            target = self.store if fresh is None else fresh
            for record in page["records"]:
                target[record["kind"], record["id"]] = record
            for gone in page["removed"]:
                target.pop((gone["kind"], gone["id"]), None)
            self.cursor, more, pages = page["cursor"], page["more"], pages + 1
        if fresh is not None:
            self.store = fresh
        self.digests = page["digests"]
        return pages

    def of_kind(self, kind: str) -> dict[str, dict[str, Any]]:
        return {own: record for (k, own), record in self.store.items() if k == kind}

    def own_digests(self) -> dict[str, str]:
        """The sum modulo 2^128 of the last 16 bytes of sha256("kind|id|n") for each community."""
        sums: dict[str, int] = {}
        for (kind, own), record in self.store.items():
            if kind in ("community", "building", "household"):
                text = f"{kind}|{own}|{record['n']}".encode("ascii")
                term = int.from_bytes(hashlib.sha256(text).digest()[16:], "big")
                sums[record["community"]] = (sums.get(record["community"], 0) + term) % (1 << 128)
        return {community: f"{total:032x}" for community, total in sums.items()}

    # uploads, tus 1.0

    def tus(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, content: bytes = b""
    ) -> tuple[int, dict[str, Any], Mapping[str, str]]:
        return self.call(method, path, raw=content, headers={"Tus-Resumable": "1.0.0", **(headers or {})})

    def create_upload(
        self, content: bytes, kind: str, *, sha256: str | None = None, length: int | None = None, **more: str
    ) -> tuple[int, dict[str, Any], Mapping[str, str]]:
        told = {"sha256": sha256 or hashlib.sha256(content).hexdigest(), "type": kind}
        metadata = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in told.items())
        size = str(len(content) if length is None else length)
        return self.tus("POST", "/sync/uploads", {"Upload-Length": size, "Upload-Metadata": metadata, **more})

    def patch_upload(
        self, place: str, offset: int, content: bytes, **more: str
    ) -> tuple[int, dict[str, Any], Mapping[str, str]]:
        headers = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream", **more}
        return self.tus("PATCH", place, headers, content)

    def offset_of(self, place: str) -> int:
        status, _, headers = self.tus("HEAD", place)
        assert status == 200
        return int(headers["Upload-Offset"])

    def upload(self, content: bytes, kind: str, *, chunk: int = 1000) -> str:
        """From creation to the last byte, going on from wherever the server is."""
        status, found, headers = self.create_upload(content, kind)
        assert status == 201, found
        place = headers["Location"]
        while (offset := self.offset_of(place)) < len(content):
            status, found, _ = self.patch_upload(place, offset, content[offset : offset + chunk])
            assert status == 204, found
        return place
