"""Conversion between the scripts."""

from typing import Any

from flask_babel import lazy_gettext as _l

WORDS: dict[str, Any] = {
    "script.unknown": _l("There is no such script. Use zh-Hans, zh-Hant, zh-Hant-TW, zh-Hant-HK or auto."),
    "format.unknown": _l("There is no such format. Use plain, markdown, html or message."),
    "script.versions": _l(
        "The conversion tables do not fit the conversion program. Please install the pinned versions again."
    ),
}
