"""Which records the answers to a form point to."""

from portal.domain.formspec import load, references

A, B, C, D = (f"0190a1b2-0000-7000-8000-00000000000{n}" for n in (1, 2, 3, 4))
HASH = "a" * 64


def test_every_kind_of_reference_is_found_with_its_place() -> None:
    answers = {
        "visitors": [A, B], "resident": C, "photos": [HASH], "resident_signature": HASH, "outcome": "met",
        "checks": [{"opinion": D, "satisfied": "yes"}],
        "opinions": [{"id": B, "category": "lift", "department": C, "photos": [HASH], "content": "x"}],
    }  # fmt: skip
    found = {("/".join(r.path), r.of, r.value) for r in references(load("visit", 1), answers)}
    assert found == {
        ("visitors/0", "staff", A), ("visitors/1", "staff", B), ("resident", "resident", C),
        ("photos/0", "attachment", HASH), ("resident_signature", "attachment", HASH),
        ("checks/0/opinion", "opinion", D), (f"opinions/{B}/category", "category", "lift"),
        (f"opinions/{B}/department", "department", C), (f"opinions/{B}/photos/0", "attachment", HASH),
    }  # fmt: skip


def test_answers_that_name_nobody_have_no_references() -> None:
    assert references(load("visit", 1), {"outcome": "met", "resident": None, "opinions": []}) == []
