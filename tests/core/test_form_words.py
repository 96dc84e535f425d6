"""Every code that the answers to a form can have, and every slug that a form offers, has its words."""

import re

import pytest
from flask import Flask

from portal.core.labels import LABELS
from portal.core.messages import WORDS, sentence
from portal.domain.formspec import Field, load, problems, published

CODES = re.findall(r"``([a-z_]+)``", problems.__doc__ or "")
GROUPS = {
    ("visit", "type"): "visit_type",
    ("visit", "method"): "method",
    ("visit", "outcome"): "outcome",
    ("visit", "relation"): "relation",
    ("attempt", "outcome"): "outcome",
    ("opinion", "channel"): "channel",
    ("opinion", "kind"): "opinion_kind",
    ("opinion", "part"): "part",
    ("questionnaire_s0", "overall"): "satisfaction",
}


@pytest.mark.parametrize("code", CODES)
def test_every_code_of_a_forms_answers_has_a_sentence(app: Flask, code: str) -> None:
    with app.test_request_context():
        words = sentence(code, {"limit": 5, "min": 0, "max": 9})
        assert code in WORDS
        assert words != sentence("unknown")
        assert "%(" not in words


def field_of(form: str, key: str) -> Field:
    document = load(form, published()[form][-1])
    inner = [member for field in document.fields for member in field.fields]
    return next(field for field in (*document.fields, *inner) if field.key == key)


@pytest.mark.parametrize(("form", "key"), GROUPS, ids=["/".join(pair) for pair in GROUPS])
def test_every_slug_that_a_form_offers_is_one_that_pages_can_show(form: str, key: str) -> None:
    assert field_of(form, key).choices <= LABELS[GROUPS[form, key]].keys()
