"""The text and the hash of a fact (``sync.md``, "A fact, its text and its hash").

A text that keeps the contract's rules (lower-case ASCII keys, whole numbers of at most 2^53 - 1) has the same canonical
form under RFC 8785 as under a key-sorted ``json.dumps``; the tests hold the two against each other.

Reading is done once, at full speed, by the C scanner of :mod:`json` with hooks that only leave a mark. A fact with a
mark, and no other, is then read again by ``portal.domain.strict_text``, which finds the place of the fault.
"""

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from json.decoder import scanstring  # type: ignore[attr-defined]
from json.encoder import c_make_encoder, encode_basestring, encode_basestring_ascii  # type: ignore[attr-defined]
from typing import Any

from portal.domain.pointers import own_id
from portal.domain.strict_text import KEY, MAX_DEPTH, MAX_INTEGER, NotJson, TextProblem, depth_exceeds, find_problem

__all__ = [
    "NotFacts",
    "NotJson",
    "RawFact",
    "TextFault",
    "TextProblem",
    "canonical",
    "digest",
    "fact_hash",
    "fact_text",
    "parse_strict",
    "split_batch",
    "writer",
]


def writer(*, escaped: bool) -> Callable[[Any], str]:
    """JSON with sorted keys and no spaces; ``escaped``: ASCII only. Not-a-number raises ``ValueError``.

    What ``JSONEncoder.encode`` does, but the C encoder is made once, where that makes one for each value.
    """
    plain = json.JSONEncoder(
        sort_keys=True, separators=(",", ":"), ensure_ascii=escaped, check_circular=False, allow_nan=False
    )
    if c_make_encoder is None:
        return plain.encode
    letters = encode_basestring_ascii if escaped else encode_basestring
    write = c_make_encoder(None, plain.default, letters, None, ":", ",", True, False, False)
    return lambda value: "".join(write(value, 0))


_write = writer(escaped=False)
_SUSPECT_ESCAPE = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
_SPACE = re.compile(r"[ \t\n\r]*")
_KNOWN_KEYS_LIMIT = 4096
_known_keys: set[str] = set()

_Scan = Callable[[str, int], tuple[Any, int]]


class TextFault(ValueError):
    """JSON that breaks a rule of the text; ``problem`` says which and where."""

    def __init__(self, problem: TextProblem) -> None:
        super().__init__(f"{problem.rule} at {problem.pointer or '/'}")
        self.problem = problem


class NotFacts(NotJson):
    """JSON, but not an object with the one key ``facts`` and a list in it."""


@dataclass(frozen=True, slots=True)
class RawFact:
    """One element of a batch: its own bytes as they came, and either its value or what is wrong with its text.

    ``claimed_id`` is what a faulty fact calls itself, if it does: good for an answer, never for a look-up, since such a
    fact doesn't take its id.
    """

    raw: bytes
    value: Any
    problem: TextProblem | None = None
    claimed_id: str | None = None


def canonical(value: Any) -> bytes:
    """The canonical bytes of a value that keeps the text rules, as everything from :func:`parse_strict` does.

    Whoever builds the value himself answers for the rules: no float, no key outside ``[a-z][a-z0-9_]*``. A lone
    surrogate raises ``UnicodeEncodeError``, not-a-number ``ValueError``.
    """
    return _write(value).encode()


def digest(content: bytes) -> str:
    """SHA-256 as 64 lower-case hex digits, the one spelling of a hash everywhere."""
    return hashlib.sha256(content).hexdigest()


def fact_text(fact: dict[str, Any]) -> bytes:
    """The bytes that a fact's hash is taken over, which are also the bytes that are stored.

    The fact's own ``sha256`` and the ``data`` of each element of ``attachments`` are left out and nothing else. Takes
    any object, a malformed fact too.
    """
    bare = {key: value for key, value in fact.items() if key != "sha256"}
    attachments = bare.get("attachments")
    if isinstance(attachments, list) and any(isinstance(item, dict) and "data" in item for item in attachments):
        bare["attachments"] = [
            {key: value for key, value in item.items() if key != "data"} if isinstance(item, dict) else item
            for item in attachments
        ]
    return canonical(bare)


def fact_hash(fact: dict[str, Any]) -> str:
    """The hash that the fact must carry in ``sha256``."""
    return digest(fact_text(fact))


def parse_strict(content: bytes) -> Any:
    """Read one JSON value that must keep the text rules.

    Raises :class:`NotJson` (not UTF-8, not JSON, NaN, more than 100 objects and lists around a value) or
    :class:`TextFault` (a key twice or of another shape, a number with ``.``, ``e``, ``-0`` or beyond 2^53 - 1, a string
    with U+0000 or a lone surrogate).
    """
    text = _decoded(content)
    scan, marks = _scanner()
    start = _skip(text, 0)
    value, end = _scan_at(scan, text, start)
    if _skip(text, end) != len(text):
        raise NotJson("more text after the value")
    fact = _judged(text[start:end], value, marks, around=0)
    if fact.problem is not None:
        raise TextFault(fact.problem)
    return fact.value


def split_batch(content: bytes) -> list[RawFact]:
    """Read ``{"facts": [...]}``; a fact that breaks a text rule carries its problem and leaves the others alone.

    Raises :class:`NotJson`, or :class:`NotFacts` for JSON of another shape: both are answered 400 and the bytes kept.
    """
    text = _decoded(content)
    scan, marks = _scanner()
    at = _start_of_facts(text)
    facts: list[RawFact] = []
    if text.startswith("]", at):
        at += 1
    else:
        while True:
            value, end = _scan_at(scan, text, at)
            facts.append(_judged(text[at:end], value, marks, around=2))
            marks.clear()
            at = _skip(text, end)
            if text.startswith("]", at):
                at += 1
                break
            at = _skip(text, _expect(text, at, ","))
    at = _skip(text, at)
    if text.startswith(",", at):
        raise _shape_or_syntax(text)
    if _skip(text, _expect(text, at, "}")) != len(text):
        raise NotJson("more text after the batch")
    return facts


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotJson("not UTF-8") from error


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _expect(text: str, at: int, mark: str) -> int:
    if not text.startswith(mark, at):
        raise NotJson(f"expected {mark} at {at}")
    return at + 1


def _start_of_facts(text: str) -> int:
    """The position of the first element; the key may be written with escapes, as any string of JSON may."""
    at = _skip(text, 0)
    if not text.startswith("{", at):
        raise _shape_or_syntax(text)
    at = _skip(text, at + 1)
    if not text.startswith('"', at):
        raise _shape_or_syntax(text)
    try:
        key, at = scanstring(text, at + 1, True)
    except ValueError as error:
        raise NotJson(str(error)) from error
    at = _skip(text, _expect(text, _skip(text, at), ":"))
    if key != "facts" or not text.startswith("[", at):
        raise _shape_or_syntax(text)
    return _skip(text, at + 1)


def _shape_or_syntax(text: str) -> NotJson:
    scan, _ = _scanner()
    try:
        _, end = _scan_at(scan, text, _skip(text, 0))
    except NotJson as error:
        return error
    return NotFacts("not an object with the one list facts") if _skip(text, end) == len(text) else NotJson("more text")


def _scanner() -> tuple[_Scan, list[bool]]:
    """A scanner whose hooks append to the list beside it whenever a number, a key or a pair of keys breaks a rule."""
    marks: list[bool] = []

    def whole(digits: str) -> int:
        if len(digits) > 17:
            marks.append(True)
            return 0
        number = int(digits)
        if not -MAX_INTEGER <= number <= MAX_INTEGER or digits == "-0":
            marks.append(True)
        return number

    def fraction(digits: str) -> float:
        marks.append(True)
        return 0.0

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) != len(pairs) or (not _known_keys.issuperset(made) and not _keys_are_sound(made)):
            marks.append(True)
        return made

    decoder = json.JSONDecoder(
        object_pairs_hook=members, parse_int=whole, parse_float=fraction, parse_constant=_refuse_constant
    )
    return decoder.scan_once, marks  # type: ignore[attr-defined]


def _keys_are_sound(made: dict[str, Any]) -> bool:
    if not all(KEY.fullmatch(key) for key in made):
        return False
    if len(_known_keys) < _KNOWN_KEYS_LIMIT:
        _known_keys.update(made)
    return True


def _refuse_constant(name: str) -> None:
    raise NotJson(f"{name} is no JSON")


def _scan_at(scan: _Scan, text: str, at: int) -> tuple[Any, int]:
    try:
        return scan(text, at)
    except NotJson:
        raise
    except StopIteration as error:
        raise NotJson(f"expected a value at {error.value}") from error
    except RecursionError as error:
        raise NotJson("nested too deep") from error
    except ValueError as error:
        raise NotJson(str(error)) from error


def _judged(text: str, value: Any, marks: list[bool], *, around: int) -> RawFact:
    """``around``: how many objects and lists stand around this value in the whole text."""
    if text.count("{") + text.count("[") > MAX_DEPTH - around and depth_exceeds(value, MAX_DEPTH - around):
        raise NotJson("more than 100 objects and lists around a value")
    if marks or _SUSPECT_ESCAPE.search(text):
        problem = find_problem(text, MAX_DEPTH - around)
        if problem is not None:
            return RawFact(text.encode(), None, problem, own_id(value))
    return RawFact(text.encode(), value)
