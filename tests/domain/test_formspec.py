"""The answers to a form, judged in Python; the browser runs the same cases in ``tests/browser``."""

import json
import re
from typing import Any

import jsonschema
import pytest

from portal.domain.formspec import (
    Document,
    check_document,
    document_hash,
    json_schema,
    load,
    problems,
    published,
    read_document,
    without_hidden,
)
from portal.domain.refusals import Refused
from tests.cases import read_cases
from tests.cases.mutations import documents, spoilt_answers

CASES = read_cases("formspec")
PUBLISHED = [(form, version) for form, versions in published().items() for version in versions]


def says(case: dict[str, Any]) -> str:
    return f"{case['document']}: {case['says']}"


def document_of(name: str) -> Document:
    return read_document(documents()[name])


def as_json(found: list[Any]) -> Any:
    return json.loads(json.dumps(found))


@pytest.mark.parametrize("case", CASES["cases"], ids=says)
def test_answers_have_exactly_the_problems_of_the_case(case: dict[str, Any]) -> None:
    assert as_json(problems(document_of(case["document"]), case["answers"])) == case["problems"]


@pytest.mark.parametrize("case", CASES["hidden"], ids=says)
def test_hidden_answers_are_dropped_before_a_record_is_finished(case: dict[str, Any]) -> None:
    before = json.dumps(case["answers"])
    assert without_hidden(document_of(case["document"]), case["answers"]) == case["left"]
    assert json.dumps(case["answers"]) == before


def test_every_code_that_is_promised_occurs_in_a_case() -> None:
    promised = set(re.findall(r"``([a-z_]+)``", problems.__doc__ or ""))
    assert promised == {code for case in CASES["cases"] for _, code, _ in case["problems"]}


# --- JSON Schema: what another client reads -----------------------------------------------------------------------


def as_in_a_browser(validator: Any, pattern: str, instance: Any, schema: Any) -> Any:
    """JSON Schema's patterns are ECMAScript's, where ``$`` is the end and nothing before it."""
    if isinstance(instance, str) and not re.search(re.sub(r"\$$", r"\\Z", pattern), instance):
        yield jsonschema.ValidationError(f"{instance!r} does not match {pattern!r}")


Validator = jsonschema.validators.extend(jsonschema.Draft202012Validator, {"pattern": as_in_a_browser})
VALIDATORS = {name: Validator(json_schema(document_of(name))) for name in documents()}


@pytest.mark.parametrize("case", CASES["cases"], ids=says)
def test_the_schema_takes_what_has_no_problems_and_nothing_else(case: dict[str, Any]) -> None:
    sound = not [code for _, code, _ in case["problems"] if code != "duplicate_id"]
    assert VALIDATORS[case["document"]].is_valid(case["answers"]) == sound


def test_the_schema_agrees_on_answers_spoilt_at_random() -> None:
    sound = 0
    for name, answers in spoilt_answers(seed=20260305, count=1500):
        found = [problem for problem in problems(document_of(name), answers) if problem[1] != "duplicate_id"]
        assert VALIDATORS[name].is_valid(answers) == (not found), (name, answers, found)
        sound += not found
    assert 100 < sound < 1400


@pytest.mark.parametrize(("form", "version"), PUBLISHED)
def test_the_schema_of_a_published_form_is_a_schema(form: str, version: int) -> None:
    schema = json_schema(load(form, version))
    jsonschema.Draft202012Validator.check_schema(schema)
    assert "$ref" not in json.dumps(schema)


def test_the_schema_marks_ids_of_records_and_new_ids() -> None:
    body = json_schema(load("visit", 1))["properties"]
    assert body["resident"]["x-ref"] == "resident"
    assert body["visitors"]["items"]["x-ref"] == "staff"
    assert body["checks"]["items"]["properties"]["opinion"]["x-ref"] == "opinion"
    opinion = body["opinions"]["items"]
    assert opinion["properties"]["id"]["x-new"] is True
    assert opinion["properties"]["department"]["x-ref"] == "department"
    assert opinion["required"][:3] == ["id", "kind", "content"]


# --- The documents themselves -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("form", "version"), PUBLISHED)
def test_a_published_form_is_without_fault(form: str, version: int) -> None:
    document = load(form, version)
    assert check_document(document.raw) == []
    assert (document.form, document.version) == (form, version)


def test_the_forms_of_a_visit_and_of_a_survey_are_there() -> None:
    assert {"visit", "attempt", "opinion", "correction", "survey_handout", "survey_response"} <= published().keys()


def test_an_unknown_form_is_refused() -> None:
    for form, version in (("visit", 999), ("../../etc/passwd", 1), ("", 1)):
        with pytest.raises(Refused) as refused:
            load(form, version)
        assert refused.value.code == "unknown_form"


def test_the_preset_questionnaire_has_the_ten_items_of_its_source_on_one_scale() -> None:
    items = load("questionnaire_s0", 1).steps[0].fields
    assert [item.label["zh_Hans"] for item in items] == [
        "服务态度",
        "保安服务",
        "清洁服务",
        "绿化养护",
        "公共设施维修",
        "维修及时率",
        "车场管理",
        "施工现场监管",
        "接管验收",
        "总体评价",
    ]
    grades = items[0].grades
    assert [(grade.label["zh_Hans"], grade.satisfied) for grade in grades] == [
        ("很满意", "strict"),
        ("满意", "strict"),
        ("较满意", "broad"),
        ("一般", "no"),
        ("不满意", "no"),
        ("不了解", "no"),
    ]
    assert [grade.rank for grade in grades] == [5, 4, 3, 2, 1, None]
    assert all(item.grades == grades for item in items)


def test_a_correction_asks_for_everything_that_the_visit_asks_for() -> None:
    visit, correction = load("visit", 1), load("correction", 1)
    assert correction.steps[1:] == visit.steps


def test_the_hash_of_a_document_is_that_of_its_canonical_json() -> None:
    raw = load("attempt", 1).raw
    shuffled = dict(reversed(list(raw.items())))
    assert document_hash(shuffled) == document_hash(raw)
    assert document_hash({**raw, "version": 2}) != document_hash(raw)


WORDS = {"en": "x", "zh_Hans": "x", "zh_Hant": "x"}


def small(*fields: Any, **more: Any) -> dict[str, Any]:
    return {
        "form": "small",
        "version": 1,
        "title": WORDS,
        "steps": [{"key": "only", "title": WORDS, "fields": list(fields)}],
        **more,
    }


def asked(key: str, kind: Any, **more: Any) -> dict[str, Any]:
    return {"key": key, "type": kind, "label": WORDS, **more}


RED = [{"key": "red", "label": WORDS}]
GRADE = {"key": "good", "label": WORDS, "rank": 1, "satisfied": "strict"}

FAULTS: list[tuple[Any, str, str]] = [
    (None, "", "not_an_object"),
    ({}, "", "missing_key"),
    (small(), "steps/0/fields", "empty_list"),
    (small(asked("a", "text"), colour="red"), "", "unknown_key"),
    (small(asked("a", "text"), form="Small"), "form", "not_a_key"),
    (small(asked("a", "text"), version=0), "version", "not_a_version"),
    (small(asked("a", "text"), version=True), "version", "not_a_version"),
    (small(asked("a", "text"), title={"en": "x", "zh_Hans": "x"}), "title", "words_missing"),
    (small(asked("a", "text", label="x")), "steps/0/fields/0/label", "words_missing"),
    (small(asked("a", "text", hint={**WORDS, "zh_Hant": " "})), "steps/0/fields/0/hint", "words_missing"),
    (small("a"), "steps/0/fields/0", "not_an_object"),
    (small(asked("a", "colour")), "steps/0/fields/0", "unknown_type"),
    (small(asked("a", ["text"])), "steps/0/fields/0", "unknown_type"),
    (small(asked("1a", "text")), "steps/0/fields/0/key", "not_a_key"),
    (small(asked("a", "text"), asked("a", "date")), "steps/0/fields/1/key", "key_taken"),
    (small(asked("a", "text", colour="red")), "steps/0/fields/0", "unknown_key"),
    (small(asked("a", "note", required=True)), "steps/0/fields/0", "unknown_key"),
    (small(asked("a", "text", max=0)), "steps/0/fields/0/max", "not_a_limit"),
    (small(asked("a", "text", max="5")), "steps/0/fields/0/max", "not_a_limit"),
    (small(asked("a", "number", min=3, max=2)), "steps/0/fields/0/max", "not_a_limit"),
    (small(asked("a", "person", repeat=2)), "steps/0/fields/0/repeat", "not_a_limit"),
    (small(asked("a", "choice")), "steps/0/fields/0", "missing_key"),
    (small(asked("a", "choice", options=[])), "steps/0/fields/0/options", "empty_list"),
    (small(asked("a", "choice", options=RED * 2)), "steps/0/fields/0/options/1/key", "key_taken"),
    (small(asked("a", "person", of="opinion")), "steps/0/fields/0/of", "unknown_record"),
    (small(asked("a", "record", of=["opinion"])), "steps/0/fields/0/of", "unknown_record"),
    (small(asked("a", "scale", scale="grades")), "steps/0/fields/0/scale", "unknown_scale"),
    (small(asked("a", "scale", scale=["grades"])), "steps/0/fields/0/scale", "unknown_scale"),
    (small(asked("a", "text"), scales=[]), "scales", "not_an_object"),
    (small(asked("a", "text"), scales={"s": []}), "scales/s", "empty_list"),
    (small(asked("a", "text"), scales={"s": [{**GRADE, "satisfied": "maybe"}]}), "scales/s/0", "faulty_grade"),
    (small(asked("a", "text"), scales={"s": [{**GRADE, "rank": None}]}), "scales/s/0", "faulty_grade"),
    (small(asked("a", "text"), scales={"s": [{**GRADE, "points": 0.5}]}), "scales/s/0", "faulty_grade"),
    (small(asked("a", "group", fields=[])), "steps/0/fields/0/fields", "empty_list"),
    (small(asked("a", "group", fields=[asked("b", "text")], by="b")), "steps/0/fields/0/by", "unknown_field"),
    (
        small(asked("a", "group", fields=[asked("b", "text")], repeat=True, by="c")),
        "steps/0/fields/0/by",
        "unknown_field",
    ),
    (small(asked("a", "group", fields=[asked("id", "text")], repeat=True)), "steps/0/fields/0/fields", "key_taken"),
    (small(asked("a", "text", when="always")), "steps/0/fields/0/when", "faulty_condition"),
    (small(asked("a", "text", when=[])), "steps/0/fields/0/when", "faulty_condition"),
    (small(asked("a", "text", when=["and"])), "steps/0/fields/0/when", "faulty_condition"),
    (small(asked("a", "text", when=["not", True, False])), "steps/0/fields/0/when", "faulty_condition"),
    (small(asked("a", "text", when=["xor", True, False])), "steps/0/fields/0/when", "faulty_condition"),
    (small(asked("a", "text", when=["=", "a"])), "steps/0/fields/0/when", "faulty_condition"),
    (small(asked("a", "text", when=["in", "a", "x"])), "steps/0/fields/0/when", "faulty_condition"),
    (small(asked("a", "text", when=["=", "a", 1.5])), "steps/0/fields/0/when", "faulty_condition"),
    (small(asked("a", "text", when=["answered", "b"])), "steps/0/fields/0/when", "unknown_field"),
    (small(asked("a", "text", required=["not", ["answered", "b"]])), "steps/0/fields/0/required/1", "unknown_field"),
    (
        small(asked("a", "choice", options=RED), asked("b", "text", when=["=", "a", "blue"])),
        "steps/0/fields/1/when",
        "not_an_option",
    ),
    (
        small(asked("a", "note"), asked("b", "text", when=["answered", "a"])),
        "steps/0/fields/1/when",
        "unknown_field",
    ),
]


@pytest.mark.parametrize(("raw", "path", "code"), FAULTS, ids=[f"{code} at {path}" for _, path, code in FAULTS])
def test_a_fault_in_a_document_is_found_and_named(raw: Any, path: str, code: str) -> None:
    assert (path, code) in {("/".join(parts), found) for parts, found, _ in check_document(raw)}
    with pytest.raises(Refused):
        read_document(raw)


def test_every_fault_that_is_promised_is_tried() -> None:
    promised = set(re.findall(r"``([a-z_]+)``", check_document.__doc__ or ""))
    assert promised == {code for _, _, code in FAULTS}


def test_the_test_documents_are_without_fault() -> None:
    assert {name: check_document(raw) for name, raw in documents().items() if check_document(raw)} == {}
