"""Words for the codes of surveys and their figures."""

from typing import Any

from flask_babel import lazy_gettext as _l

SURVEYS: dict[str, dict[str, Any]] = {
    "campaign_status": {"planned": _l("Planned"), "running": _l("Forms are out"), "closed": _l("Collection closed")},
    "sample_status": {
        "reserve": _l("Reserve"),
        "not_reached": _l("Not reached"),
        "drawn": _l("Not reached yet"),
        "issued": _l("Form received"),
        "returned": _l("Answered"),
        "not_in": _l("Nobody in"),
        "refused": _l("Refused"),
        "moved": _l("Moved away"),
    },
    "sample_kind": {
        "drawn": _l("Drawn at random"),
        "certainty": _l("Must be covered"),
        "substitute": _l("Substitute"),
    },
    "handout_outcome": {
        "received": _l("Form received"),
        "refused": _l("Refused"),
        "not_in": _l("Nobody in"),
        "moved": _l("Moved away"),
    },
    "size_reason": {
        "rule": _l("By the rule"),
        "statistics": _l("By the rule or by statistics, whichever asks more"),
    },
    "share_reason": {
        "older": _l("first handover long enough ago"),
        "younger": _l("first handover recent"),
        "percent": _l("fixed share"),
        "all": _l("every household"),
    },
    "frame_excluded": {"vacant": _l("Vacant"), "not_permanent": _l("Not permanent residents")},
    "survey_mode": {
        "door": _l("At the door"),
        "phone": _l("By phone"),
        "link": _l("Personal link"),
        "paper": _l("Paper"),
        "post": _l("Post"),
    },
    "response_flag": {"second": _l("Second answer, does not count"), "late": _l("After the end, does not count")},
    "form_worth": {"I": _l("Complete"), "P": _l("Partly complete"), "R": _l("Too little to count")},
    "timeline_step": {
        "announced": _l("Announcement"),
        "handed_out": _l("Handing out"),
        "collected": _l("Collection"),
        "statistics": _l("Statistics"),
        "open_letter": _l("Open letter"),
        "to_qa": _l("To quality assurance"),
        "improvement_plan": _l("Improvement plan"),
    },
    "reading": {"broad": _l("Broad reading"), "strict": _l("Strict reading")},
    "rate_base": {
        "valid": _l("valid answers to the item"),
        "returned": _l("forms returned"),
        "surveyed": _l("forms issued"),
    },
    "verdict": {"met": _l("Target met"), "missed": _l("Target missed"), "undecided": _l("The sample cannot tell")},
    "draw_part": {"building": _l("Building"), "stair": _l("Stair"), "floors": _l("Floors")},
}
