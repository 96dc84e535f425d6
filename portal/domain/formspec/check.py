"""What is wrong with a form document itself, for those made on screen or read from a file, and for our own tests."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from portal.domain.formspec.model import LANGUAGES, RECORDS, Problem
from portal.domain.strict_text import KEY

_SATISFIED = ("strict", "broad", "no")
_ALWAYS = {"key", "type", "label"}
_OPTIONAL = {"hint", "required", "when"}
_OF_TYPE: Mapping[str, set[str]] = {
    "text": {"max"},
    "long_text": {"max"},
    "choice": {"options"},
    "choices": {"options"},
    "scale": {"scale"},
    "number": {"min", "max"},
    "date": set(),
    "time": set(),
    "phone": set(),
    "person": {"of", "repeat", "max"},
    "department": {"repeat", "max"},
    "record": {"of"},
    "photos": {"max"},
    "signature": set(),
    "note": set(),
    "group": {"repeat", "max", "by", "fields"},
}
_NEEDED: Mapping[str, str] = {
    "choice": "options",
    "choices": "options",
    "scale": "scale",
    "record": "of",
    "group": "fields",
}

_Path = tuple[str, ...]


def check_document(raw: Any) -> list[Problem]:
    """The faults of a document: (where in the document by list positions, code, what fills the sentence).

    Codes: ``not_an_object``, ``missing_key`` {key}, ``unknown_key`` {key}, ``not_a_key``, ``key_taken``,
    ``empty_list``, ``words_missing`` {language}, ``not_a_version``, ``unknown_type``, ``not_a_limit``,
    ``unknown_record``, ``unknown_scale``, ``faulty_grade``, ``faulty_condition``, ``unknown_field`` {key},
    ``not_an_option`` {value}.
    """
    checker = _Checker()
    checker.document(raw)
    return checker.found


class _Checker:
    def __init__(self) -> None:
        self.found: list[Problem] = []
        self.scales: dict[str, list[Any]] = {}

    def fault(self, path: _Path, code: str, **params: Any) -> None:
        self.found.append((path, code, params))

    def document(self, raw: Any) -> None:
        if not self.shape((), raw, {"form", "version", "title", "steps"}, {"scales"}):
            return
        self.key(("form",), raw["form"], set())
        if type(raw["version"]) is not int or raw["version"] < 1:
            self.fault(("version",), "not_a_version")
        self.words(("title",), raw["title"])
        if isinstance(raw.get("scales", {}), dict):
            self.scales = {name: self.scale(("scales", name), each) for name, each in raw.get("scales", {}).items()}
        else:
            self.fault(("scales",), "not_an_object")
        keys: set[str] = set()
        fields: dict[str, Any] = {}
        asked: list[tuple[_Path, Any]] = []
        for path, step in self.listed(("steps",), raw["steps"]):
            if self.shape(path, step, {"key", "title", "fields"}, {"hint"}):
                self.key((*path, "key"), step["key"], keys)
                self.words((*path, "title"), step["title"])
                asked.extend(self.listed((*path, "fields"), step["fields"]))
        self.fields(asked, fields)

    def fields(self, asked: Iterable[tuple[_Path, Any]], known: dict[str, Any]) -> None:
        """Check the fields of one object, then the conditions, which may speak of any of them."""
        taken = set(known)
        sound = [(path, field) for path, field in asked if self.field(path, field, taken)]
        known.update((field["key"], field) for _, field in sound if field["type"] != "note")
        for path, field in sound:
            for name in ("when", "required"):
                if name in field:
                    self.condition((*path, name), field[name], known)

    def field(self, path: _Path, raw: Any, taken: set[str]) -> bool:
        kind = raw.get("type") if isinstance(raw, dict) else None
        if not isinstance(kind, str) or kind not in _OF_TYPE:
            self.fault(path, "unknown_type" if isinstance(raw, dict) else "not_an_object")
            return False
        needed = {_NEEDED[kind]} if kind in _NEEDED else set()
        if not self.shape(
            path, raw, _ALWAYS | needed, _OF_TYPE[kind] | ({"hint", "when"} if kind == "note" else _OPTIONAL)
        ):
            return False
        before = len(self.found)
        self.key((*path, "key"), raw["key"], taken)
        self.words((*path, "label"), raw["label"])
        if "hint" in raw:
            self.words((*path, "hint"), raw["hint"])
        self.limits(path, raw)
        special: Callable[[_Path, dict[str, Any]], None] | None = {
            "choice": self.options,
            "choices": self.options,
            "scale": self.of_scale,
            "person": self.record,
            "record": self.record,
            "group": self.group,
        }.get(kind)
        if special:
            special(path, raw)
        return len(self.found) == before

    def limits(self, path: _Path, raw: dict[str, Any]) -> None:
        number = raw["type"] == "number"
        for name in ("min", "max"):
            if name in raw and (type(raw[name]) is not int or (not number and raw[name] < 1)):
                self.fault((*path, name), "not_a_limit")
                return
        if "min" in raw and "max" in raw and raw["min"] > raw["max"]:
            self.fault((*path, "max"), "not_a_limit")
        if raw.get("repeat", True) is not True:
            self.fault((*path, "repeat"), "not_a_limit")

    def options(self, path: _Path, raw: dict[str, Any]) -> None:
        taken: set[str] = set()
        for here, option in self.listed((*path, "options"), raw["options"]):
            if self.shape(here, option, {"key", "label"}, {"hint"}):
                self.key((*here, "key"), option["key"], taken)
                self.words((*here, "label"), option["label"])

    def of_scale(self, path: _Path, raw: dict[str, Any]) -> None:
        if not isinstance(raw["scale"], str) or raw["scale"] not in self.scales:
            self.fault((*path, "scale"), "unknown_scale")

    def record(self, path: _Path, raw: dict[str, Any]) -> None:
        if "of" in raw and raw["of"] not in RECORDS[raw["type"]]:
            self.fault((*path, "of"), "unknown_record")

    def group(self, path: _Path, raw: dict[str, Any]) -> None:
        inner: dict[str, Any] = {}
        before = len(self.found)
        self.fields(self.listed((*path, "fields"), raw["fields"]), inner)
        if len(self.found) > before:
            return
        by = raw.get("by", "")
        if "by" in raw and (not isinstance(by, str) or by not in inner or "repeat" not in raw):
            self.fault((*path, "by"), "unknown_field", key=str(by))
        if "id" in inner and "repeat" in raw and "by" not in raw:
            self.fault((*path, "fields"), "key_taken", key="id")

    def scale(self, path: _Path, raw: Any) -> list[Any]:
        taken: set[str] = set()
        before = len(self.found)
        for here, grade in self.listed(path, raw):
            if not self.shape(here, grade, {"key", "label", "rank", "satisfied"}, {"points", "asks_why"}):
                continue
            self.key((*here, "key"), grade["key"], taken)
            self.words((*here, "label"), grade["label"])
            rank, satisfied = grade["rank"], grade["satisfied"]
            sound = (
                satisfied in _SATISFIED
                and (type(rank) is int or (rank is None and satisfied == "no"))
                and type(grade.get("points", 0)) is int
                and type(grade.get("asks_why", False)) is bool
            )
            if not sound:
                self.fault(here, "faulty_grade")
        return raw if len(self.found) == before else []

    def condition(self, path: _Path, tree: Any, known: dict[str, Any]) -> None:
        if isinstance(tree, bool):
            return
        operator, *parts = tree if isinstance(tree, list) and tree else [None]
        arguments = {"not": 1, "answered": 1, "=": 2, "in": 2}.get(operator) if isinstance(operator, str) else None
        if operator in ("and", "or", "not"):
            if not parts or (operator == "not" and len(parts) != arguments):
                self.fault(path, "faulty_condition")
            for position, part in enumerate(parts, start=1):
                self.condition((*path, str(position)), part, known)
        elif arguments is None or len(parts) != arguments or not isinstance(parts[0], str):
            self.fault(path, "faulty_condition")
        elif parts[0] not in known:
            self.fault(path, "unknown_field", key=parts[0])
        elif operator != "answered":
            self.compared(path, known[parts[0]], [parts[1]] if operator == "=" else parts[1])

    def compared(self, path: _Path, field: dict[str, Any], values: Any) -> None:
        if not isinstance(values, list) or not values or not all(type(value) in (str, int) for value in values):
            self.fault(path, "faulty_condition")
            return
        offered = field.get("options") or self.scales.get(field.get("scale", ""))
        keys = {each["key"] for each in offered} if offered else None
        for value in values:
            if keys is not None and value not in keys:
                self.fault(path, "not_an_option", value=value)

    def shape(self, path: _Path, raw: Any, needed: set[str], optional: set[str]) -> bool:
        if not isinstance(raw, dict):
            self.fault(path, "not_an_object")
            return False
        for key in sorted(needed - raw.keys()):
            self.fault(path, "missing_key", key=key)
        for key in sorted(raw.keys() - needed - optional):
            self.fault(path, "unknown_key", key=key)
        return needed <= raw.keys() <= needed | optional

    def listed(self, path: _Path, raw: Any) -> list[tuple[_Path, Any]]:
        if not isinstance(raw, list) or not raw:
            self.fault(path, "empty_list")
            return []
        return [((*path, str(index)), each) for index, each in enumerate(raw)]

    def key(self, path: _Path, key: Any, taken: set[str]) -> None:
        if not isinstance(key, str) or not KEY.fullmatch(key):
            self.fault(path, "not_a_key")
        elif key in taken:
            self.fault(path, "key_taken", key=key)
        else:
            taken.add(key)

    def words(self, path: _Path, raw: Any) -> None:
        for language in LANGUAGES:
            text = raw.get(language) if isinstance(raw, dict) else None
            if not isinstance(text, str) or not text.strip():
                self.fault(path, "words_missing", language=language)
