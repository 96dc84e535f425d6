"""Three languages, each spelling of each converted in this one place; negotiation; dates as readers write them."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal
from flask import Flask, g, has_request_context, request
from flask_babel import Babel, force_locale
from flask_login import current_user
from werkzeug.datastructures import LanguageAccept
from werkzeug.routing import BaseConverter, ValidationError

from portal.config import ROOT
from portal.core import clock


@dataclass(frozen=True)
class Language:
    catalogue: str  # gettext folder
    slug: str  # in addresses
    tag: str  # <html lang>, command line
    formats: str  # Babel locale of dates and numbers
    own_name: str
    short: str


LANGUAGES = (
    Language("zh_Hans", "zh-hans", "zh-Hans", "zh_Hans_CN", "简体中文", "简"),
    Language("zh_Hant", "zh-hant", "zh-Hant", "zh_Hant_TW", "繁體中文", "繁"),
    Language("en", "en", "en", "en_GB", "English", "En"),
)
BY_CATALOGUE = {language.catalogue: language for language in LANGUAGES}
BY_SLUG = {language.slug: language for language in LANGUAGES}
_CHINESE = {"zh", "cmn", "yue", "hak", "nan", "wuu", "gan", "hsn", "lzh"}


class LanguageConverter(BaseConverter):
    """``<language:language>`` in an address: zh-hans, zh-hant, en."""

    regex = "zh-hans|zh-hant|en"

    def to_python(self, value: str) -> Language:
        try:
            return BY_SLUG[value]
        except KeyError:
            raise ValidationError from None

    def to_url(self, value: Any) -> str:
        return value.slug if isinstance(value, Language) else str(value)


def zh_script(tag: str) -> str | None:
    """The catalogue a language tag asks for: ``zh-HK`` → ``zh_Hant``, bare ``zh`` → ``zh``, not Chinese → None."""
    subtags = tag.lower().replace("_", "-").split("-")
    if subtags[0] not in _CHINESE:
        return None
    for subtag in subtags[1:]:  # an explicit script beats the region
        if subtag in ("hant", "cht"):
            return "zh_Hant"
        if subtag in ("hans", "chs"):
            return "zh_Hans"
    for subtag in subtags[1:]:
        if subtag in ("tw", "hk", "mo"):
            return "zh_Hant"
        if subtag in ("cn", "sg", "my"):
            return "zh_Hans"
    return "zh_Hant" if subtags[0] == "yue" else "zh"


def negotiate(accept: Iterable[str], default: str = "zh_Hans") -> Language:
    """The language for tags in order of preference; werkzeug's own matching sends zh-TW readers to English."""
    bare = False
    for tag in accept:
        script = zh_script(tag)
        if script in BY_CATALOGUE:
            return BY_CATALOGUE[script]
        if script == "zh":
            bare = True
            continue
        if tag.lower().split("-")[0] == "en":
            return BY_CATALOGUE[default if bare else "en"]
    return BY_CATALOGUE[default]


def current_language() -> Language:
    """Address first, then the signed-in person's setting, then the cookie, then what the browser prefers."""
    if not has_request_context():
        return (getattr(g, "language", None) if g else None) or BY_CATALOGUE["en"]
    chosen: Language | None = getattr(g, "language", None)
    if chosen is None:
        chosen = g.language = _from_person() or BY_CATALOGUE.get(request.cookies.get("language", "")) or _from_header()
    return chosen


@contextmanager
def speaking(catalogue: str) -> Iterator[Language]:
    """Words and dates in a given language, whoever asked: for texts of a document (``zh_Hans``, ``zh_Hant``, ``en``)."""
    before = getattr(g, "language", None)
    g.language = BY_CATALOGUE[catalogue]
    try:
        with force_locale(catalogue):
            yield g.language
    finally:
        g.language = before


def _from_person() -> Language | None:
    # The tablet's and the public's addresses carry their language, so the session is looked at on desk pages only.
    return BY_CATALOGUE.get(getattr(current_user, "language", None) or "")


def _from_header() -> Language:
    accept: LanguageAccept = request.accept_languages
    return negotiate(accept.values())


def day(value: date | datetime | None, zone: str | None = None) -> str:
    """A date as its readers write it: 2026年3月5日, 5 March 2026."""
    if value is None:
        return "—"
    if isinstance(value, datetime):
        value = value.astimezone(ZoneInfo(zone or _zone())).date()
    return _long(value, current_language().formats)


@lru_cache(maxsize=4_096)
def _long(value: date, formats: str) -> str:
    return str(format_date(value, "long", locale=formats))


def short_day(value: date | datetime | None, zone: str | None = None) -> str:
    """A date where room is short: 3月5日, with its year only when that is another than today's."""
    if value is None:
        return "—"
    if isinstance(value, datetime):
        value = value.astimezone(ZoneInfo(zone or _zone())).date()
    skeleton = "MMMd" if value.year == clock.day_at(clock.now(), zone or _zone()).year else "yMMMd"
    return by_skeleton(skeleton, value, current_language().formats)


@lru_cache(maxsize=4_096)
def by_skeleton(skeleton: str, value: date, formats: str) -> str:
    """A date by a skeleton of CLDR; remembered, since a page of promises tells the same few days over and over."""
    return str(format_skeleton(skeleton, value, locale=formats))


def short_month(value: date) -> str:
    """A month where its year is clear: 3月, Mar."""
    return by_skeleton("MMM", value, current_language().formats)


def month(value: date) -> str:
    """A month with its year: 2026年3月, Mar 2026."""
    return by_skeleton("yMMM", value, current_language().formats)


def moment(value: datetime | None, zone: str | None = None) -> str:
    """Date and 24-hour time in the office's zone."""
    if value is None:
        return "—"
    local = value.astimezone(ZoneInfo(zone or _zone()))
    clock_time = format_skeleton("Hm", local.replace(tzinfo=None), locale=current_language().formats)
    return f"{day(local.date())} {clock_time}"


def short_moment(value: datetime | None, zone: str | None = None) -> str:
    """Short date and time: 3月5日 10:24."""
    if value is None:
        return "—"
    local = value.astimezone(ZoneInfo(zone or _zone()))
    return f"{short_day(local.date(), zone)} {local:%H:%M}"


def _zone() -> str:
    return getattr(current_user, "time_zone", None) or "Asia/Shanghai" if has_request_context() else "Asia/Shanghai"


def minute_of_day(value: datetime, zone: str | None = None) -> int:
    """Minutes since midnight by the office's clock."""
    local = value.astimezone(ZoneInfo(zone or _zone()))
    return local.hour * 60 + local.minute


def in_script(thing: Any, field: str, script: str | None = None) -> str:
    """The half of a pair that this reader reads: ``name`` → ``name_hans`` or ``name_hant``."""
    catalogue = script or current_language().catalogue
    half = "hant" if catalogue in ("zh_Hant", "zh-Hant") else "hans"
    if catalogue == "en" and getattr(thing, "script", None) == "zh-Hant":
        half = "hant"
    return str(getattr(thing, f"{field}_{half}"))


def thousands(value: int) -> str:
    """A whole number as its readers write it: 1,648."""
    return str(format_decimal(value, locale=current_language().formats))


def setup(app: Flask) -> None:
    """Wire the selector; refuse to start without compiled catalogues, since half a language is none."""
    for language in LANGUAGES[:2]:
        if not (ROOT / "translations" / language.catalogue / "LC_MESSAGES" / "messages.mo").exists():
            raise RuntimeError("The catalogues are not compiled: run `make catalogues`.")
    app.url_map.converters["language"] = LanguageConverter
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(ROOT / "translations")
    Babel(app, locale_selector=lambda: Locale.parse(current_language().catalogue), default_locale="en")
    app.jinja_env.filters |= {
        "day": day,
        "moment": moment,
        "short_day": short_day,
        "short_moment": short_moment,
        "month": month,
        "short_month": short_month,
        "thousands": thousands,
        "minute_of_day": minute_of_day,
    }
    app.jinja_env.globals |= {"in_script": in_script, "current_language": current_language, "LANGUAGES": LANGUAGES}

    @app.url_value_preprocessor
    def _language_from_address(_: str | None, values: dict[str, Any] | None) -> None:
        if values and isinstance(values.get("language"), Language):
            g.language = values["language"]
