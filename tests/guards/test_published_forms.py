"""A published form never changes: a draft opens in the version it was begun in, and old facts keep their form.

A new wording is a new file with the next version. A line is only ever added here.
"""

import hashlib

import pytest

from tests.cases import FORMS

PUBLISHED = {
    "attempt-1.json": "af017c0325e8178de0be4965f79efe50eb3447a782878c467244ddb379e9efb3",
    "attempt_correction-1.json": "660a4a03c1794899c7a840a5bfe2732ab525be1503e543038f016e39899d2f0a",
    "correction-1.json": "3f4bc7655fe542d1fcd1417bb8a589674b153b00b3ef3bdc70f5ef86bf3bb62c",
    "opinion-1.json": "6a3cb18af58b325e7f8c85f8c069e28b309b4037c9839f9a2d35235c577a163b",
    "questionnaire_s0-1.json": "426eb10e53df3adf8aa3a575b33451a3f15d9c324fe9b9ca4748fc6190b8cdb0",
    "survey_handout-1.json": "e4f25ab24494e8d141f1f364fcf3c0485b9b4af69c0e227d33e1ac5888ea69ec",
    "survey_response-1.json": "b7e7a63200e7b53d064f60e720a757d7ebc9a333eb211ef2a23012814ae673bd",
    "visit-1.json": "d8182440d977f2728c17645eabe57be507b6e7e3be7c6146ee2cec0315019234",
}


def test_every_form_that_lies_there_is_published_and_none_is_gone() -> None:
    assert {path.name for path in FORMS.iterdir()} == set(PUBLISHED)


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_published_form_is_what_it_was(name: str) -> None:
    assert hashlib.sha256((FORMS / name).read_bytes()).hexdigest() == PUBLISHED[name]
