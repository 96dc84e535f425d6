"""``/sync/schema`` says what is built, is valid itself, and a body made from it alone is stored."""

import random
import uuid
from collections.abc import Callable
from typing import Any

import jsonschema

from tests.factories import Estate
from tests.sync.cases import each
from tests.sync.contract_client import Tablet, new_fact
from tests.sync.from_schema import sample

Make = Callable[..., dict[str, Any]]


def refs(value: Any) -> set[str]:
    found: set[str] = set()
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            found.add(value["$ref"])
        for inner in value.values():
            found |= refs(inner)
    elif isinstance(value, list):
        for inner in value:
            found |= refs(inner)
    return found


def resolve(schema: dict[str, Any], ref: str) -> Any:
    here: Any = schema
    for part in ref.removeprefix("#/").split("/"):
        here = here[part.replace("~1", "/").replace("~0", "~")]
    return here


def test_every_reference_stays_within_the_answer(tablet: Tablet) -> None:
    found = refs(tablet.schema)
    assert found
    for ref in found:
        assert ref.startswith("#/") and resolve(tablet.schema, ref) is not None


def test_every_part_is_a_valid_schema(tablet: Tablet) -> None:
    schema = tablet.schema
    parts = [
        *schema["facts"].values(),
        *schema["forms"].values(),
        *schema["records"].values(),
        *schema["$defs"].values(),
    ]
    for call in schema["calls"].values():
        parts += [part for part in (call["request"], call["answer"]) if part]
    for part in parts:
        jsonschema.Draft202012Validator.check_schema(part)


def test_only_what_is_built_stands_in_it(tablet: Tablet) -> None:
    schema = tablet.schema
    assert {"visit", "opinion", "correction"} <= set(schema["facts"])
    assert not {"patrol_finding", "price_consent", "posting", "inspection_item"} & set(schema["facts"])
    assert not any("drafts" in call or "beacon" in call for call in schema["calls"])
    assert "number_block" not in schema["records"]
    assert schema["current"]["visit"] == 1 and "visit@1" in schema["forms"]


def test_ids_say_what_they_are_of(tablet: Tablet) -> None:
    body = tablet.schema["forms"]["visit@1"]["properties"]
    assert body["visitors"]["items"]["x-ref"] == "staff"
    assert body["resident"]["x-ref"] == "resident"
    assert body["checks"]["items"]["properties"]["opinion"]["x-ref"] == "opinion"
    assert body["opinions"]["items"]["properties"]["id"]["x-new"] is True
    facts = tablet.schema["facts"]
    assert facts["visit"]["properties"]["subject"]["x-ref"] == "household"
    assert facts["correction"]["properties"]["subject"]["x-ref"] == "visit"


def test_every_code_has_its_words_in_three_languages(tablet: Tablet) -> None:
    for code, words in tablet.schema["problems"].items():
        assert set(words) == {"en", "zh_Hans", "zh_Hant"}, code
        assert all(words.values()), code
        assert words["zh_Hans"] != words["en"], code
    assert "管理处" in tablet.schema["problems"]["unknown_kind"]["zh_Hans"]
    assert "管理處" in tablet.schema["problems"]["unknown_kind"]["zh_Hant"]


def test_the_enumerations_are_those_of_the_users_offices(tablet: Tablet, office: Estate) -> None:
    told = tablet.schema["enumerations"]
    assert set(told) == {str(office.office_id)}
    assert {d["id"] for d in told[str(office.office_id)]["departments"]} == {
        str(d) for d in office.departments.values()
    }


@each("seed", range(12))
def test_a_body_that_fits_with_references_in_scope_is_never_quarantined(
    tablet: Tablet, office: Estate, seed: int
) -> None:
    """Bodies made from the schema alone, at random: required keys only, all keys, and everything between."""
    chance = random.Random(seed)
    tablet.pull()
    household, record = chance.choice(sorted(tablet.of_kind("household").items()))
    told = tablet.schema["enumerations"][record["office"]]
    known = {
        "staff": [c["id"] for c in told["colleagues"]],
        "resident": [r["id"] for r in record["data"]["residents"]],
        "department": [d["id"] for d in told["departments"]],
        "category": told["categories"],
        "opinion": [],
        "attachment": [],
    }
    for form in ("visit@1", "attempt@1", "opinion@1"):
        kind = "opinion" if form == "opinion@1" else "visit"
        for _ in range(4):
            body = sample(tablet.schema["forms"][form], chance, known)
            fact = new_fact(kind, household, form, body)
            assert tablet.fits(kind, fact), body
            result = tablet.send_one(fact)
            assert result["state"] == "stored", (body, result["problems"])


@each("changed",
    [
        {"id": "x"}, {"subject": 5}, {"base": -1}, {"form": "visit@9"}, {"body": {}}, {"attachments": [{}]},
        {"clock": {}}, {"occurred_at": "yesterday"}, {"mood": 1},
    ],
)  # fmt: skip
def test_what_does_not_fit_is_not_stored(tablet: Tablet, visit: Make, changed: dict[str, Any]) -> None:
    fact = visit(**changed) if "body" not in changed else visit(body=[])
    assert not tablet.fits("visit", fact)
    assert tablet.send_one(fact)["state"] == "quarantined"


def test_a_record_of_each_kind_fits_its_schema(tablet: Tablet, visit: Make) -> None:
    tablet.send([visit("101"), visit("102", follows=str(uuid.uuid4()))])
    tablet.pull()
    kinds = {kind for kind, _ in tablet.store}
    assert {"community", "building", "household", "own_record", "form", "enumerations", "phone_lines"} <= kinds
    for record in tablet.store.values():
        tablet.validate({"$ref": f"#/records/{record['kind']}"}, record["data"])
