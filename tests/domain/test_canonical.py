"""The text of a fact: what is read, what is refused, and that its canonical form is that of RFC 8785."""

import hashlib
import json
import random
from typing import Any

import pytest
import rfc8785

from portal.domain.canonical import (
    NotFacts,
    NotJson,
    TextFault,
    canonical,
    fact_hash,
    fact_text,
    parse_strict,
    split_batch,
)
from tests.cases import read_cases
from tests.cases.random_values import random_value

CASES = read_cases("canonical")
ID = "0190c5a1-0000-7000-8000-00000000000a"


def says(case: dict[str, Any]) -> str:
    return str(case["says"])


@pytest.mark.parametrize("case", CASES["built"], ids=says)
def test_a_value_has_the_canonical_text_of_the_case(case: dict[str, Any]) -> None:
    assert canonical(case["given"]).decode() == case["text"]
    assert rfc8785.dumps(case["given"]).decode() == case["text"]
    assert parse_strict(case["text"].encode()) == case["given"]


def test_canonical_text_is_that_of_rfc_8785_for_random_values() -> None:
    chance = random.Random(8785)
    for _ in range(2000):
        value = random_value(chance)
        assert canonical(value) == rfc8785.dumps(value)
        assert parse_strict(canonical(value)) == value


@pytest.mark.parametrize("case", CASES["facts"], ids=says)
def test_a_fact_has_the_hash_of_the_case(case: dict[str, Any]) -> None:
    before = json.dumps(case["fact"])
    assert fact_text(case["fact"]).decode() == case["text"]
    assert fact_hash(case["fact"]) == case["sha256"] == hashlib.sha256(case["text"].encode()).hexdigest()
    assert json.dumps(case["fact"]) == before


def test_what_the_tablet_cleans_is_what_the_server_would_quarantine() -> None:
    for case in CASES["cleaned"]:
        given = json.dumps([case["given"]]).encode()
        assert parse_strict(json.dumps([case["left"]]).encode()) == [case["left"]]
        if case["given"] != case["left"] and "\0" not in case["given"]:
            with pytest.raises(TextFault) as fault:
                parse_strict(given)
            assert fault.value.problem.rule == "surrogate"


@pytest.mark.parametrize("case", CASES["refused"], ids=says)
def test_what_the_tablet_refuses_to_build_is_refused_here(case: dict[str, Any]) -> None:
    with pytest.raises(TextFault):
        parse_strict(json.dumps(case["given"]).encode())


@pytest.mark.parametrize("case", CASES["texts"], ids=says)
def test_a_text_breaks_the_rule_of_the_case_or_none(case: dict[str, Any]) -> None:
    content = case["text"].encode()
    if case["problem"] is None:
        assert parse_strict(content) == json.loads(content)
        return
    with pytest.raises(TextFault) as fault:
        parse_strict(content)
    problem = fault.value.problem
    assert [problem.pointer, problem.rule] == case["problem"]


@pytest.mark.parametrize("case", CASES["texts"], ids=says)
def test_a_faulty_fact_leaves_its_neighbours_alone(case: dict[str, Any]) -> None:
    batch = '{"facts": [{"id":"1"} , ' + case["text"] + ",[2]]}"
    first, middle, last = split_batch(batch.encode())
    assert (first.value, first.problem, last.value, last.problem) == ({"id": "1"}, None, [2], None)
    assert middle.raw == case["text"].strip().encode()
    if case["problem"] is None:
        assert (middle.value, middle.problem) == (json.loads(case["text"]), None)
    else:
        assert middle.value is None
        assert middle.problem is not None
        assert [middle.problem.pointer, middle.problem.rule] == case["problem"]


@pytest.mark.parametrize("case", CASES["not_json"], ids=says)
def test_what_is_no_json_is_told_from_a_faulty_text(case: dict[str, Any]) -> None:
    with pytest.raises(NotJson):
        parse_strict(case["text"].encode())
    with pytest.raises(NotJson):
        split_batch(('{"facts":[' + (case["text"] or ",") + "]}").encode())


def test_bytes_that_are_not_utf_8_are_no_json() -> None:
    for content in (b'{"facts":["\xff"]}', b'{"facts":["\xed\xa0\x80"]}', '{"facts":[]}'.encode("utf-16")):
        with pytest.raises(NotJson):
            split_batch(content)
        with pytest.raises(NotJson):
            parse_strict(content)


@pytest.mark.parametrize(
    "shape",
    [
        "[]",
        "{}",
        "null",
        '"facts"',
        '{"facts":{}}',
        '{"facts":null}',
        '{"fact":[]}',
        '{"facts":[],"more":1}',
        '{"more":1,"facts":[]}',
        '{"facts":[1],"facts":[]}',
    ],
)
def test_json_of_another_shape_is_no_batch(shape: str) -> None:
    with pytest.raises(NotFacts):
        split_batch(shape.encode())


@pytest.mark.parametrize(
    "text",
    [
        '{"facts":[',
        '{"facts":[1',
        '{"facts":[1,]}',
        '{"facts":[1 2]}',
        '{"facts":[]',
        '{"facts":[]}]',
        '{"facts":[]} {}',
        '{"facts" []}',
        "{facts:[]}",
        '{"facts":[],}',
        '{"more":01,"facts":[]}',
    ],
)
def test_a_batch_that_is_no_json_is_not_called_one(text: str) -> None:
    with pytest.raises(NotJson) as error:
        split_batch(text.encode())
    assert not isinstance(error.value, NotFacts)


def test_a_batch_may_be_empty_spaced_or_written_with_escapes() -> None:
    assert split_batch(b'{"facts":[]}') == []
    assert split_batch(b' \n{ "facts" : [ ] } \t') == []
    assert [fact.value for fact in split_batch(b'{"\\u0066acts":[ 1 , null,"x" ]}')] == [1, None, "x"]


def test_each_fact_keeps_its_own_bytes() -> None:
    facts = ['{ "id" : "a",\n"b":1.5 }', '{"name":"陈女士","e":"\\u90bb"}', "7"]
    assert [fact.raw.decode() for fact in split_batch(f'{{"facts":[{",".join(facts)}]}}'.encode())] == facts


def test_a_faulty_fact_says_which_one_it_claims_to_be() -> None:
    told, untold = split_batch(f'{{"facts":[{{"id":"{ID}","a":1.5}},{{"id":"mine","a":1.5}}]}}'.encode())
    assert (told.claimed_id, untold.claimed_id) == (ID, None)


def nested(depth: int, core: str, opening: str = "[", closing: str = "]") -> str:
    return opening * depth + core + closing * depth


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_a_hundred_objects_and_lists_around_a_value_are_the_most(opening: str, closing: str) -> None:
    assert parse_strict(nested(100, "7", opening, closing).encode()) is not None
    assert parse_strict(nested(100, "[]", opening, closing).encode()) is not None
    for core in ("7", "[]"):
        with pytest.raises(NotJson):
            parse_strict(nested(101, core, opening, closing).encode())


def test_in_a_batch_the_two_around_each_fact_count() -> None:
    assert split_batch(f'{{"facts":[1,{nested(98, "7")}]}}'.encode())[1].problem is None
    with pytest.raises(NotJson):
        split_batch(f'{{"facts":[1,{nested(99, "7")}]}}'.encode())


def test_brackets_in_texts_and_side_by_side_are_not_depth() -> None:
    wide = json.dumps([["[[[[{{{{" * 40]] * 200)
    assert parse_strict(wide.encode()) == json.loads(wide)


@pytest.mark.parametrize("depth", [150, 5_000, 200_000])
def test_a_text_nested_without_end_is_refused_and_harms_nobody(depth: int) -> None:
    for text in (nested(depth, "7"), "[" * depth, f'{{"a":{nested(depth, "7")},"a":1}}'):
        with pytest.raises(NotJson):
            parse_strict(text.encode())
        with pytest.raises(NotJson):
            split_batch(f'{{"facts":[{text}]}}'.encode())


def test_a_fact_made_of_new_keys_is_judged_like_any_other() -> None:
    sound = json.dumps({f"key_{number}": number for number in range(6000)}).encode()
    assert len(parse_strict(sound)) == 6000
    assert len(parse_strict(sound)) == 6000
    with pytest.raises(TextFault):
        parse_strict(sound.replace(b"key_5999", b"Key_5999"))
