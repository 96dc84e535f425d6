"""The sheet for the board: the text that was entered, in both scripts, whatever was entered; the file that was kept."""

import pytest
from flask import Flask
from sqlalchemy import select

from portal.core import jobs
from portal.core.db import db
from portal.core.registry import registry
from portal.publishing.models import Edition
from tests.client import PortalClient
from tests.core.prints import squeezed, text_of
from tests.factories import Estate
from tests.public.test_pages import HOSTILE, published

LONG = "三月征询意见，我们发出意见表 248 份，收回 203 份。\n您反映最集中的是下面几件事，请您监督。"


def all_words(edition: Edition) -> list[str]:
    texts = edition.texts
    words = [texts[k] for k in ("title", "number", "salutation", "company", "office")]
    words += [line for k in ("opening", "closing") for line in texts[k].split("\n")]
    for row in texts["rows"]:
        words += [row["brief"], *row["explanation"].split("\n"), *(m["text"] for m in row["measures"])]
    return words


@pytest.mark.parametrize(
    "texts", [{"opening": LONG}, {k: f"{k} {HOSTILE}" for k in ("title", "opening", "brief", "explanation", "measure")}]
)
def test_the_printed_letter_says_what_was_entered_in_both_scripts(
    app: Flask, estate: Estate, fonts: object, texts: dict[str, str]
) -> None:
    letter = published(estate, **texts)
    while jobs.run_one(registry().jobs):
        pass
    client = app.test_client()
    assert isinstance(client, PortalClient)
    db.session.rollback()
    for edition in db.session.scalars(select(Edition)).all():
        slug = edition.script.lower()
        answer = client.get(f"/{slug}/letters/{letter.public_id}/letter.pdf")
        assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
        printed = squeezed(text_of(answer.get_data(), "-raw"))
        for words in all_words(edition):
            assert squeezed(words) in printed, words
        assert edition.content_sha256 is not None
        assert edition.content_sha256[:4] in printed
        assert f"localhost/p/{letter.public_id}" in printed
        again = client.get(
            f"/{slug}/letters/{letter.public_id}/letter.pdf", headers={"If-None-Match": answer.headers["ETag"]}
        )
        assert again.status_code == 304
    page = client.page(f"/zh-hans/letters/{letter.public_id}")
    assert f"/zh-hans/letters/{letter.public_id}/letter.pdf" in page.links()
