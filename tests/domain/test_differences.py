"""What changed between two revisions, told by the smallest field."""

from typing import Any

import pytest

from portal.domain.differences import Difference, differences

A, B = "0190a1b2-0000-7000-8000-000000000001", "0190a1b2-0000-7000-8000-000000000002"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1}, {"a": 2}, [("/a", 1, 2)]),
        ({"a": 1}, {}, [("/a", 1, None)]),
        ({}, {"a": {"b": 1}}, [("/a", None, {"b": 1})]),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 1, "c": 3}}, [("/a/c", 2, 3)]),
        ({"photos": ["x"]}, {"photos": ["x", "y"]}, [("/photos", ["x"], ["x", "y"])]),
        ({"a/b": 1}, {"a/b": 2}, [("/a~1b", 1, 2)]),
        ({"a": 1}, {"a": True}, [("/a", 1, True)]),
        ([{"id": A, "t": 1}, {"id": B, "t": 2}], [{"id": B, "t": 2}, {"id": A, "t": 1}], []),
        ([{"id": A, "t": 1}], [{"id": A, "t": 3}], [(f"/{A}/t", 1, 3)]),
        ([{"id": A, "t": 1}], [], [(f"/{A}", {"id": A, "t": 1}, None)]),
        ([{"opinion": A, "satisfied": "yes"}], [{"opinion": A, "satisfied": "no"}], [(f"/{A}/satisfied", "yes", "no")]),
        ([{"t": 1}], [{"t": 2}], [("", [{"t": 1}], [{"t": 2}])]),
    ],
)
def test_differences_are_told_by_the_smallest_field(before: Any, after: Any, expected: list[tuple[Any, ...]]) -> None:
    assert differences(before, after) == [Difference(*one) for one in expected]
