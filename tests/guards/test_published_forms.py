"""A published form never changes: a draft opens in the version it was begun in, and old facts keep their form.

A new wording is a new file with the next version. A line is only ever added here.
"""

import hashlib

import pytest

from tests.cases import FORMS

PUBLISHED: dict[str, str] = {}


def test_every_form_that_lies_there_is_published_and_none_is_gone() -> None:
    assert {path.name for path in FORMS.iterdir()} == set(PUBLISHED)


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_published_form_is_what_it_was(name: str) -> None:
    assert hashlib.sha256((FORMS / name).read_bytes()).hexdigest() == PUBLISHED[name]
