"""A published form never changes: a draft opens in the version it was begun in, and old facts keep their form.

A new wording is a new file with the next version. A line is only ever added here.
"""

import hashlib

import pytest

from tests.cases import FORMS

PUBLISHED = {
    "attempt-1.json": "b60106665d638e469e4f754c1c6aceab1548377e43d58a92db5d63a45b94484d",
    "attempt_correction-1.json": "1d8c07551010190b2a3a5c96628c12ba0752aaf9335c61d8f984355bb6a17fbe",
    "correction-1.json": "ed78e94dcc6d7004493974769ac1132ab8f7a35fa93d29d8d0e9c37371dd3411",
    "opinion-1.json": "6ca86a46e1166d68a8a32f201653fc9f249a0fb73eb21c993c75627d71919a4c",
    "questionnaire_s0-1.json": "426eb10e53df3adf8aa3a575b33451a3f15d9c324fe9b9ca4748fc6190b8cdb0",
    "survey_handout-1.json": "12bb40cdbddf045cce8e4b90914fa4b45ccd80f118812386aef4b6ec94cfe855",
    "survey_response-1.json": "d54c8796b69fbba33d73a626850abd7bea5d8ceacd68fef4582983b80390eb4b",
    "visit-1.json": "b7ccb84fa54294dfdfccbc1511e9a98b7cc94c73a22aa0ca25d081af3e5cc2aa",
}


def test_every_form_that_lies_there_is_published_and_none_is_gone() -> None:
    assert {path.name for path in FORMS.iterdir()} == set(PUBLISHED)


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_published_form_is_what_it_was(name: str) -> None:
    assert hashlib.sha256((FORMS / name).read_bytes()).hexdigest() == PUBLISHED[name]
