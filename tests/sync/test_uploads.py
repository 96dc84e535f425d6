"""Resumable uploads by tus 1.0: offsets, checksums, who may go on, what completes."""

import base64
import hashlib
import threading
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select, update
from werkzeug.test import EnvironBuilder, run_wsgi_app

from portal.accounts.models import Device
from portal.core import jobs
from portal.core.db import db, writing
from portal.core.registry import registry
from portal.core.storage import Blob, Upload
from portal.signoff.models import Approval
from portal.sync import limits
from tests.factories import Estate
from tests.facts import visit_body
from tests.sync.cases import each
from tests.sync.contract_client import Tablet, attachment, new_fact
from tests.sync.pictures import JPEG, PNG, jpeg

Make = Callable[..., dict[str, Any]]


def place_of(tablet: Tablet, content: bytes, kind: str = "image/jpeg", **more: Any) -> str:
    status, found, headers = tablet.create_upload(content, kind, **more)
    assert status == 201, found
    return headers["Location"]


def blobs() -> list[Blob]:
    db.session.rollback()
    return list(db.session.scalars(select(Blob)))


def test_the_server_says_what_it_can_do(tablet: Tablet) -> None:
    tablet.token = None
    status, _, headers = tablet.call("OPTIONS", "/sync/uploads")
    assert status == 204
    assert headers["Tus-Version"] == "1.0.0"
    assert set(headers["Tus-Extension"].split(",")) == {
        "creation", "creation-with-upload", "checksum", "termination", "expiration",
    }  # fmt: skip
    assert set(headers["Tus-Checksum-Algorithm"].split(",")) == {"sha1", "sha256"}
    assert headers["Tus-Max-Size"] == str(64 * 1024 * 1024)


def test_an_upload_goes_on_where_it_stopped_and_is_finished_by_its_last_byte(tablet: Tablet) -> None:
    content = jpeg(10_000)
    place = place_of(tablet, content)
    status, _, headers = tablet.patch_upload(place, 0, content[:4_000])
    assert (status, headers["Upload-Offset"]) == (204, "4000")
    assert "Upload-Expires" in headers
    assert tablet.offset_of(place) == 4_000
    assert blobs() == []
    assert tablet.patch_upload(place, 4_000, content[4_000:])[0] == 204
    (blob,) = blobs()
    assert (blob.sha256, blob.size, blob.type) == (hashlib.sha256(content).hexdigest(), 10_000, "image/jpeg")


def test_an_upload_that_stands_says_what_was_announced(tablet: Tablet) -> None:
    place = place_of(tablet, jpeg(500))
    _, _, headers = tablet.call("HEAD", place, headers={"Tus-Resumable": "1.0.0"})
    told = dict(pair.split(" ") for pair in headers["Upload-Metadata"].split(","))
    assert base64.b64decode(told["sha256"]).decode() == hashlib.sha256(jpeg(500)).hexdigest()
    assert base64.b64decode(told["type"]) == b"image/jpeg"


def test_another_offset_is_409_and_says_the_right_one(tablet: Tablet) -> None:
    content = jpeg(1_000)
    place = place_of(tablet, content)
    tablet.patch_upload(place, 0, content[:300])
    for offset in (0, 299, 301, 1_000):
        status, found, headers = tablet.patch_upload(place, offset, content[300:])
        assert (status, found["error"]["code"], headers["Upload-Offset"]) == (409, "wrong_offset", "300")
    assert tablet.offset_of(place) == 300


def test_creation_may_bring_the_bytes_along(tablet: Tablet) -> None:
    told = f"sha256 {base64.b64encode(hashlib.sha256(JPEG).hexdigest().encode()).decode()},type aW1hZ2UvanBlZw=="
    headers = {
        "Upload-Length": str(len(JPEG)),
        "Upload-Metadata": told,
        "Content-Type": "application/offset+octet-stream",
    }
    status, _, got = tablet.tus("POST", "/sync/uploads", headers, JPEG)
    assert (status, got["Upload-Offset"]) == (201, str(len(JPEG)))
    assert len(blobs()) == 1


def test_a_hash_the_office_has_is_complete_at_once(tablet: Tablet, enrolled: Callable[..., Tablet]) -> None:
    tablet.upload(JPEG, "image/jpeg")
    colleague = enrolled("second_field_staff")
    status, _, headers = colleague.create_upload(JPEG, "image/jpeg")
    assert (status, headers["Upload-Offset"]) == (201, str(len(JPEG)))
    assert len(blobs()) == 1, "stored once"
    status, found, _ = colleague.create_upload(JPEG, "image/jpeg", length=len(JPEG) + 1)
    assert (status, found["error"]["code"]) == (400, "wrong_length")


def test_another_offices_photo_is_still_missing(
    tablet: Tablet, enrolled: Callable[..., Tablet], office: Estate
) -> None:
    tablet.upload(JPEG, "image/jpeg")
    theirs = enrolled("other_supervisor")
    photo = attachment(JPEG, "image/jpeg")
    body = visit_body(office, "other_supervisor", photos=[photo["sha256"]])
    fact = new_fact("visit", str(office.foreign_household_id), "visit@1", body, attachments=[photo])
    assert theirs.send_one(fact)["state"] == "partial"
    status, _, headers = theirs.create_upload(JPEG, "image/jpeg")
    assert (status, headers["Upload-Offset"]) == (201, "0"), "nothing betrays that somebody has it"
    theirs.upload(JPEG, "image/jpeg")
    assert theirs.send_one(fact)["state"] == "same"


def test_a_wrong_hash_at_the_end_is_460_and_drops_the_bytes(tablet: Tablet) -> None:
    content = jpeg(2_000)
    place = place_of(tablet, content, sha256="0" * 64)
    tablet.patch_upload(place, 0, content[:1_000])
    status, found, headers = tablet.patch_upload(place, 1_000, content[1_000:])
    assert (status, found["error"]["code"], headers["Upload-Offset"]) == (460, "wrong_hash", "0")
    assert tablet.offset_of(place) == 0
    assert blobs() == []


def test_after_a_wrong_hash_the_right_bytes_are_taken(tablet: Tablet) -> None:
    right, wrong = jpeg(2_000), jpeg(2_000, seed=7)
    place = place_of(tablet, right)
    assert tablet.patch_upload(place, 0, wrong)[0] == 460
    assert tablet.patch_upload(place, 0, right)[0] == 204
    assert len(blobs()) == 1


@each("algorithm", ["sha1", "sha256"])
def test_a_part_with_a_wrong_checksum_is_460_and_only_that_part_is_dropped(tablet: Tablet, algorithm: str) -> None:
    content = jpeg(2_000, len(algorithm))
    place = place_of(tablet, content)

    def summed(part: bytes) -> dict[str, str]:
        return {"Upload-Checksum": f"{algorithm} {base64.b64encode(hashlib.new(algorithm, part).digest()).decode()}"}

    assert tablet.patch_upload(place, 0, content[:500], **summed(content[:500]))[0] == 204
    status, found, headers = tablet.patch_upload(place, 500, content[500:900], **summed(b"other"))
    assert (status, found["error"]["code"], headers["Upload-Offset"]) == (460, "wrong_checksum", "500")
    assert tablet.offset_of(place) == 500
    assert tablet.patch_upload(place, 500, content[500:], **summed(content[500:]))[0] == 204


def test_an_unknown_checksum_algorithm_is_400(tablet: Tablet) -> None:
    place = place_of(tablet, JPEG)
    status, found, _ = tablet.patch_upload(place, 0, JPEG, **{"Upload-Checksum": "md5 AAAA"})
    assert (status, found["error"]["code"]) == (400, "checksum_algorithm")


@each(
    "headers, status, code",
    [
        ({"Upload-Length": "-1"}, 400, "bad_length"),
        ({"Upload-Length": "0"}, 400, "bad_length"),
        ({"Upload-Length": "x"}, 400, "bad_length"),
        ({"Upload-Length": str(64 * 1024 * 1024 + 1)}, 413, "too_large"),
        ({"Upload-Metadata": ""}, 400, "bad_metadata"),
        ({"Upload-Metadata": "sha256 ?,type aW1hZ2UvanBlZw=="}, 400, "bad_metadata"),
        ({"Upload-Metadata": "sha256 MDAwMA==,type aW1hZ2UvanBlZw=="}, 400, "bad_metadata"),
        ({"Upload-Metadata": f"sha256 {base64.b64encode(b'0' * 64).decode()}"}, 400, "bad_metadata"),
        ({"Tus-Resumable": "0.2.2"}, 412, "tus_version"),
    ],
)
def test_a_malformed_creation_is_told(tablet: Tablet, headers: dict[str, str], status: int, code: str) -> None:
    got, found, _ = tablet.create_upload(JPEG, "image/jpeg", **headers)
    assert (got, found["error"]["code"]) == (status, code)


def test_more_bytes_than_announced_are_refused_and_none_is_kept(tablet: Tablet) -> None:
    place = place_of(tablet, JPEG)
    status, found, _ = tablet.patch_upload(place, 0, JPEG + b"x")
    assert (status, found["error"]["code"]) == (413, "beyond_length")
    assert tablet.offset_of(place) == 0


def test_any_device_of_the_same_user_may_go_on_and_nobody_else(tablet: Tablet, enrolled: Callable[..., Tablet]) -> None:
    content = jpeg(3_000)
    place = place_of(tablet, content)
    tablet.patch_upload(place, 0, content[:1_000])
    colleague, again = enrolled("second_field_staff"), enrolled("field_staff", "another tablet")
    for method in ("HEAD", "DELETE"):
        assert colleague.tus(method, place)[0] == 404
    assert colleague.patch_upload(place, 1_000, content[1_000:])[0] == 404
    assert again.offset_of(place) == 1_000
    assert again.patch_upload(place, 1_000, content[1_000:])[0] == 204


def test_an_unknown_upload_is_404(tablet: Tablet) -> None:
    assert tablet.patch_upload(f"/sync/uploads/{uuid.uuid4()}", 0, b"x")[0] == 404
    assert tablet.patch_upload("/sync/uploads/../facts", 0, b"x")[0] in (404, 405)


def test_termination_gives_an_upload_up_but_not_what_the_office_has(tablet: Tablet, app: Flask) -> None:
    content = jpeg(3_000)
    place = place_of(tablet, content)
    tablet.patch_upload(place, 0, content[:1_000])
    assert tablet.tus("DELETE", place)[0] == 204
    assert tablet.tus("HEAD", place)[0] == 404
    assert list((app.config["PORTAL"].instance / "uploads").iterdir()) == []
    done = tablet.upload(JPEG, "image/jpeg")
    assert tablet.tus("DELETE", done)[0] == 204
    assert len(blobs()) == 1


def test_an_unfinished_upload_expires_after_thirty_days(tablet: Tablet) -> None:
    place = place_of(tablet, JPEG)
    row = db.session.scalars(select(Upload)).one()
    assert timedelta(days=29) < row.expires_at - datetime.now(UTC) <= timedelta(days=30)
    with writing() as session:
        session.execute(update(Upload).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))
    assert tablet.tus("HEAD", place)[0] == 410
    status, found, _ = tablet.patch_upload(place, 0, JPEG)
    assert (status, found["error"]["code"]) == (410, "expired")


def sweep() -> None:
    with writing() as session:
        session.execute(update(Upload).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))
        jobs.ask(session, limits.SWEEP, "now", {}, at=datetime.now(UTC))
    while jobs.run_one(registry().jobs):
        pass


def test_what_no_fact_names_is_swept_away_and_what_one_names_stays(app: Flask, tablet: Tablet, visit: Make) -> None:
    named, waiting, unnamed = jpeg(500, 1), jpeg(500, 2), jpeg(500, 3)
    for content in (named, waiting, unnamed):
        tablet.upload(content, "image/jpeg")
    half = place_of(tablet, jpeg(500, 4))
    tablet.patch_upload(half, 0, jpeg(500, 4)[:100])
    photo, other = attachment(named, "image/jpeg"), attachment(waiting, "image/jpeg")
    assert tablet.send_one(visit(body={"photos": [photo["sha256"]]}, attachments=[photo]))["state"] == "stored"
    assert tablet.send_one(visit(attachments=[other], follows=str(uuid.uuid4())))["state"] == "waiting"
    sweep()
    assert {b.sha256 for b in blobs()} == {photo["sha256"], other["sha256"]}
    assert set(app.extensions["store"].hashes()) == {photo["sha256"], other["sha256"]}
    assert list((app.config["PORTAL"].instance / "uploads").iterdir()) == []


def test_bytes_that_are_no_picture_are_never_taken_from_the_store(app: Flask, tablet: Tablet) -> None:
    letter = b"%PDF-1.7 a published letter"
    app.extensions["store"].put(letter)  # another feature's
    tablet.upload(letter, "image/jpeg")
    sweep()
    assert app.extensions["store"].has(hashlib.sha256(letter).hexdigest())


def test_bytes_that_are_not_what_they_were_announced_as_make_no_photo(tablet: Tablet, visit: Make) -> None:
    content = b"MZ this is a program" * 50
    photo = attachment(content, "image/jpeg")
    tablet.upload(content, "image/jpeg")
    result = tablet.send_one(visit(body={"photos": [photo["sha256"]]}, attachments=[photo]))
    assert (result["state"], [p["field"] for p in result["problems"]]) == ("quarantined", ["/attachments/0/type"])


def test_a_partial_fact_whose_photo_turns_out_to_be_another_type_stays_incomplete_and_says_why(
    tablet: Tablet, visit: Make
) -> None:
    photo = {**attachment(PNG, "image/jpeg")}
    fact = visit(body={"photos": [photo["sha256"]]}, attachments=[photo])
    assert tablet.send_one(fact)["state"] == "partial"
    tablet.upload(PNG, "image/png")
    result = tablet.send_one(fact)
    assert (result["state"], result["missing"]) == ("partial", [photo["sha256"]])
    assert [(p["field"], p["code"]) for p in result["problems"]] == [("/attachments/0/type", "wrong_type")]
    assert db.session.scalars(select(Approval.complete)).one() is False


def test_a_record_can_be_signed_once_its_last_photo_has_come(tablet: Tablet, visit: Make) -> None:
    first, second = jpeg(700, 1), jpeg(700, 2)
    photos = [attachment(first, "image/jpeg"), attachment(second, "image/jpeg")]
    fact = visit(body={"photos": [p["sha256"] for p in photos]}, attachments=photos)
    assert tablet.send_one(fact)["missing"] == [p["sha256"] for p in photos]
    complete = select(Approval.complete)
    tablet.upload(first, "image/jpeg")
    assert tablet.send_one(fact)["missing"] == [photos[1]["sha256"]]
    assert db.session.scalars(complete).one() is False
    tablet.upload(second, "image/jpeg")
    db.session.rollback()
    assert db.session.scalars(complete).one() is True
    assert tablet.send_one(fact)["state"] == "same"


def test_a_photo_that_came_while_its_fact_waited_is_not_missing_when_it_is_applied(tablet: Tablet, visit: Make) -> None:
    parent = visit()
    photo = attachment(JPEG, "image/jpeg")
    child = visit("102", body={"photos": [photo["sha256"]]}, attachments=[photo], follows=parent["id"])
    waiting = tablet.send_one(child)
    assert (waiting["state"], waiting["missing"]) == ("waiting", [photo["sha256"]])
    tablet.upload(JPEG, "image/jpeg")
    tablet.send_one(parent)
    assert tablet.send_one(child)["state"] == "same"


class Line:
    """A connection that brings its parts one by one; before the last it waits for ``gate``. ``broken``: it never ends well."""

    def __init__(self, *parts: bytes, gate: threading.Event | None = None) -> None:
        self.parts, self.gate = list(parts), gate

    def read(self, _: int = -1) -> bytes:
        if len(self.parts) == 1 and self.gate is not None:
            self.gate.wait(20)
        return self.parts.pop(0) if self.parts else b""


def patch_over(app: Flask, tablet: Tablet, place: str, line: Line, length: int) -> int:
    """The status of a PATCH whose body comes over the line."""
    builder = EnvironBuilder(
        path=place, method="PATCH",
        headers={"Authorization": f"Bearer {tablet.token}", "Tus-Resumable": "1.0.0", "Upload-Offset": "0",
                 "Content-Type": "application/offset+octet-stream"},
    )  # fmt: skip
    environ = builder.get_environ()
    environ["wsgi.input"], environ["CONTENT_LENGTH"] = line, str(length)
    with app.app_context():
        _, status, _ = run_wsgi_app(app.wsgi_app, environ)
    return int(status.split()[0])


def test_a_broken_patch_keeps_what_came(app: Flask, tablet: Tablet) -> None:
    content = jpeg(300_000)
    place = place_of(tablet, content)
    assert patch_over(app, tablet, place, Line(content[:100_000], content[100_000:170_000]), len(content)) == 400
    assert tablet.offset_of(place) == 170_000
    assert tablet.patch_upload(place, 170_000, content[170_000:])[0] == 204
    assert len(blobs()) == 1


def test_two_at_once_write_one_file_and_only_one_is_let_in(app: Flask, tablet: Tablet) -> None:
    content = jpeg(200_000)
    place = place_of(tablet, content)
    gate, statuses = threading.Event(), []

    def first() -> None:
        line = Line(content[:100_000], content[100_000:], gate=gate)
        statuses.append(patch_over(app, tablet, place, line, len(content)))

    thread = threading.Thread(target=first)
    thread.start()
    until = time.monotonic() + 10
    while tablet.offset_of(place) < 100_000 and time.monotonic() < until:
        time.sleep(0.01)
    status, found, headers = tablet.patch_upload(place, 100_000, content[100_000:])
    gate.set()
    thread.join()
    assert (status, found["error"]["code"]) == (423, "locked")
    assert int(headers["Retry-After"]) > 0
    assert statuses == [204]
    assert len(blobs()) == 1


def test_two_parallel_uploads_of_one_photo_are_one_blob(app: Flask, tablet: Tablet) -> None:
    content = jpeg(50_000)
    places = [place_of(tablet, content), place_of(tablet, content)]
    statuses: list[int] = []

    def go(place: str) -> None:
        with app.app_context():
            statuses.append(tablet.patch_upload(place, 0, content)[0])

    threads = [threading.Thread(target=go, args=(place,)) for place in places]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [204, 204]
    assert len(blobs()) == 1
    assert app.extensions["store"].read(hashlib.sha256(content).hexdigest()) == content


def test_a_proxy_that_knows_only_post_names_the_method(tablet: Tablet) -> None:
    place = place_of(tablet, JPEG)
    headers = {
        "X-HTTP-Method-Override": "PATCH",
        "Upload-Offset": "0",
        "Content-Type": "application/offset+octet-stream",
    }
    assert tablet.tus("POST", place, headers, JPEG)[0] == 204


def test_a_revoked_devices_uploads_count_only_when_the_office_takes_them_out(
    app: Flask, tablet: Tablet, visit: Make, office: Estate
) -> None:
    from portal.sync import office as decisions

    with writing() as session:
        session.execute(update(Device).values(revoked_at=datetime.now(UTC)))
    photo, signature = attachment(JPEG, "image/jpeg"), attachment(PNG, "image/png", "resident_signature", inline=True)
    body = {"photos": [photo["sha256"]], "resident_signature": signature["sha256"], "no_signature_because": None}
    fact = visit(body=body, attachments=[photo, signature])
    assert tablet.send_one(fact)["state"] == "quarantined"
    tablet.upload(JPEG, "image/jpeg")
    assert blobs() == []
    decisions.accept(uuid.UUID(fact["id"]), by=office.actor("supervisor"), at=datetime.now(UTC))
    assert {b.sha256 for b in blobs()} == {photo["sha256"], signature["sha256"]}
    result = tablet.send_one(fact)
    assert (result["state"], [p["code"] for p in result["problems"]]) == ("same", ["decided_by_office"])


def test_the_file_of_an_upload_is_nobody_elses_to_read(app: Flask, tablet: Tablet) -> None:
    place = place_of(tablet, JPEG)
    tablet.patch_upload(place, 0, JPEG[:100])
    folder: Path = app.config["PORTAL"].instance / "uploads"
    (file,) = folder.iterdir()
    assert file.stat().st_mode & 0o077 == 0
