"""The codes that an answer of ``/sync`` can carry, beside those of ``formspec.problems``; their sentences are in
``core.messages``. ``/sync/schema`` sends all of them in three languages, so that a tablet can tell its user without asking."""

from functools import lru_cache

from flask_babel import force_locale

from portal.core.i18n import LANGUAGES
from portal.core.messages import WORDS

OF_FORMS = (
    "required", "unknown_key", "not_an_object", "not_a_list", "not_text", "too_long", "too_many", "not_a_choice",
    "not_a_number", "out_of_range", "not_a_date", "not_a_time", "not_a_phone", "not_an_id", "not_a_code", "not_a_hash",
    "duplicate_id", "duplicate",
)  # fmt: skip
OF_FACTS = (
    "text", "wrong_hash", "not_a_fact", "missing_key", "unknown_kind", "unknown_form", "wrong_form", "not_a_moment",
    "unknown_subject", "unknown_reference", "id_taken", "id_conflict", "changed_meanwhile", "stale_revision", "not_returned",
    "not_author", "wrong_size", "wrong_type", "not_base64", "too_large", "device_revoked", "not_applied",
    "repaired_by_office", "decided_by_office",
)  # fmt: skip
OF_SURVEYS = ("survey.not_in_sample", "survey.not_released", "survey.other_questionnaire", "survey.unknown_item")
OF_CALLS = (
    "token_unknown", "credentials", "code_needed", "recovery_unknown", "too_many_attempts", "not_json", "not_facts", "bad_gzip",
    "bad_request", "not_yours", "not_found", "method_not_allowed", "unsupported_coding", "busy", "internal", "conflict",
    "timed_out", "tus_version", "bad_length", "wrong_length", "bad_metadata", "bad_offset", "wrong_offset", "expired",
    "locked", "beyond_length", "checksum_algorithm", "bad_checksum", "wrong_checksum", "wrong_content_type",
)  # fmt: skip
CODES = tuple(dict.fromkeys((*OF_FORMS, *OF_FACTS, *OF_SURVEYS, *OF_CALLS)))


@lru_cache(maxsize=1)
def in_three_languages() -> dict[str, dict[str, str]]:
    """Each code's sentence by language; ``%(name)s`` stands where a parameter of that name belongs."""
    found: dict[str, dict[str, str]] = {code: {} for code in CODES}
    for language in LANGUAGES:
        with force_locale(language.catalogue):
            for code in CODES:
                found[code][language.catalogue] = str(WORDS[code])
    return found
