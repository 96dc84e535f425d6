"""The words for every code that a page shows: (group, code) → text. Terms follow the vocabulary of the field."""

from typing import Any

from flask_babel import lazy_gettext as _l

LABELS: dict[str, dict[str, Any]] = {
    "role": {
        "field_staff": _l("Field staff"),
        "front_desk": _l("Front desk"),
        "supervisor": _l("Supervisor"),
        "manager": _l("Manager"),
        "director": _l("Director"),
        "department_head": _l("Department head"),
        "department_officer": _l("Department officer"),
        "company_caller": _l("Company caller"),
        "interviewer": _l("Interviewer"),
        "qa": _l("Quality assurance"),
        "management_representative": _l("Management representative"),
        "executive": _l("Executive"),
        "branch_overseer": _l("Branch overseer"),
        "administrator": _l("Administrator"),
    },
    "occupancy": {"occupied": _l("Occupied"), "renovating": _l("Renovating"), "vacant": _l("Vacant")},
    "tenure": {"own": _l("Owner-occupied"), "let": _l("Let")},
    "relation": {
        "owner": _l("Owner"),
        "tenant": _l("Tenant"),
        "family": _l("Family member"),
        "proxy": _l("Proxy"),
        "contact": _l("Contact person"),
    },
    "visit_type": {
        "regular": _l("Regular visit"),
        "special": _l("Special visit"),
        "complaint_revisit": _l("Complaint revisit"),
        "paid_service_revisit": _l("Paid-service revisit"),
        "repair_revisit": _l("Repair revisit"),
        "defect_follow_up": _l("Defect follow-up"),
        "special_revisit": _l("Special revisit"),
        "survey_contact": _l("Survey contact"),
    },
    "method": {"door": _l("At the door"), "phone": _l("By phone"), "patrol": _l("On patrol")},
    "outcome": {
        "met": _l("Met"),
        "not_in": _l("Not in"),
        "refused": _l("Refused"),
        "moved": _l("Moved away"),
        "another_day": _l("Another day agreed"),
    },
    "satisfaction": {
        "very_satisfied": _l("Very satisfied"),
        "satisfied": _l("Satisfied"),
        "fairly_satisfied": _l("Fairly satisfied"),
        "neutral": _l("Neutral"),
        "dissatisfied": _l("Dissatisfied"),
        "no_contact": _l("No contact with it"),
    },
    "opinion_kind": {
        "inquiry": _l("Inquiry"),
        "help": _l("Request for help"),
        "repair": _l("Repair"),
        "suggestion": _l("Suggestion"),
        "complaint": _l("Complaint"),
        "praise": _l("Praise"),
    },
    "category": {
        "service": _l("Service attitude"),
        "security": _l("Security"),
        "cleaning": _l("Cleaning"),
        "greening": _l("Greening"),
        "maintenance": _l("Public facilities and repair"),
        "lift": _l("Lifts"),
        "water_power": _l("Water and power"),
        "parking": _l("Parking"),
        "fees": _l("Fees"),
        "neighbours": _l("Neighbours"),
        "pets": _l("Pets"),
        "other": _l("Other"),
    },
    "part": {"common": _l("Common part"), "private": _l("Private part"), "adjoining": _l("Adjoining part")},
    "opinion_status": {
        "received": _l("Received"),
        "classified": _l("Classified"),
        "assigned": _l("With the department"),
        "measured": _l("Measure named"),
        "done": _l("Done, to be revisited"),
        "revisited": _l("Revisited"),
        "satisfied": _l("Satisfied"),
        "again": _l("Not satisfied, back to the department"),
        "explained": _l("Explained"),
        "not_yet": _l("Not solvable yet"),
        "never": _l("Not solvable"),
        "exited": _l("Closed after review"),
    },
    "visit_status": {
        "received": _l("Waits for the supervisor"),
        "signed_1": _l("Signed by the supervisor"),
        "signed_2": _l("Signed by the manager"),
        "closed": _l("Signed by all"),
        "returned": _l("Returned"),
        "corrected": _l("Corrected, waits for the supervisor"),
    },
    "channel": {
        "visit": _l("Visit"),
        "phone": _l("Phone"),
        "counter": _l("At the counter"),
        "letter": _l("Letter"),
        "box": _l("Suggestion box"),
        "fax": _l("Fax"),
        "email": _l("E-mail"),
        "resident_page": _l("Residents' page"),
        "survey": _l("Survey"),
        "forum": _l("Owners' forum"),
        "colleague": _l("Through a colleague"),
        "proxy": _l("Through a proxy"),
        "meeting": _l("Meeting"),
    },
    "actor": {
        "office": _l("Our office"),
        "contractor": _l("Contractor"),
        "authority": _l("Authority"),
        "owner": _l("The owner"),
        "jointly": _l("Jointly"),
    },
    "due_kind": {
        "at_once": _l("Done at once"),
        "begun": _l("Begun at once"),
        "ongoing": _l("Ongoing"),
        "recurring": _l("Recurring"),
        "date": _l("By a date"),
        "span": _l("Within a span"),
    },
    "commitment_status": {
        "open": _l("In progress"),
        "done": _l("Done"),
        "verified": _l("Done and verified"),
        "overdue": _l("Overdue"),
        "changed": _l("Date changed"),
        "declined": _l("Declined"),
    },
    "publication_kind": {
        "open_letter": _l("Open letter"),
        "response_notice": _l("What became of your opinions"),
    },
    "publication_status": {
        "draft": _l("Draft"),
        "checked": _l("Checked"),
        "approved": _l("Approved"),
        "published": _l("Published"),
        "corrected": _l("Corrected"),
        "withdrawn": _l("Withdrawn"),
        "taken_down": _l("Taken down"),
    },
    "fact_status": {
        "stored": _l("Arrived"),
        "partial": _l("Arrived, photos to come"),
        "waiting": _l("Waits for another record"),
        "conflict": _l("In conflict"),
        "quarantined": _l("To be looked at by the office"),
        "settled": _l("Decided by the office"),
    },
    "line_kind": {
        "duty": _l("24-hour duty"),
        "service": _l("Repairs and enquiries"),
        "complaints": _l("Complaints line"),
        "company": _l("Company"),
    },
    "past": {"visits": _l("Visits"), "calls": _l("Calls"), "opinions": _l("Opinions"), "surveys": _l("Surveys")},
    "door_state": {
        "overdue": _l("Overdue"),
        "due": _l("To be visited"),
        "done": _l("Visited"),
        "unsent": _l("Not sent yet"),
        "draft": _l("Draft"),
        "nobody": _l("Not in"),
        "refused": _l("Refused"),
        "later": _l("Not due yet"),
        "vacant": _l("Vacant"),
    },
    "plan_reason": {
        "due": _l("Due"),
        "promised": _l("Promised"),
        "carried_over": _l("Carried over"),
        "special": _l("Special visit"),
    },
}


def label(group: str, code: str | None) -> str:
    """The text for a code; an absent code is a dash. Raises KeyError for a code that has no word, so none is forgotten."""
    if code is None or code == "":
        return "—"
    return str(LABELS[group][code])


def choices(group: str, *, blank: Any = None) -> list[tuple[str, Any]]:
    """The group as options of a select field, with an empty first one where ``blank`` is given."""
    first = [("", blank)] if blank is not None else []
    return first + list(LABELS[group].items())
