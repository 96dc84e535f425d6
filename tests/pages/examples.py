"""Every page of the portal, taken from the URL map, with the record that it is opened with.

A rule without parameters, or with parameters that ``BY_PARAMETER`` can find, needs no entry: it is a page from the moment
it is written. What else there is to say about a rule stands in one of the tables here.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any
from uuid import UUID

from flask import Flask, url_for
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session
from werkzeug.routing import AnyConverter, Rule

from portal.accounts.models import Office, Staff
from portal.core import access
from portal.core.facts import Fact, FactOther
from portal.core.i18n import Language
from portal.core.pages import build
from portal.domain.permissions import PERMISSIONS
from portal.field import forms
from portal.households.models import Building, Community, Household, Resident, RosterImport
from portal.opinions.models import Issue, Opinion
from portal.publishing.models import Commitment, Publication, PublicationRow
from portal.signoff.models import Bundle
from portal.surveys.models import Campaign, SampleLine
from portal.visits.models import Visit

Find = Callable[[Session, UUID], Any]
HERE = "tests/pages/examples.py"


def first(query: Select[Any]) -> Find:
    """The first that the query finds in the office (``{office}`` stands in it as the model's ``office_id``)."""
    entity = query.column_descriptions[0]["entity"]

    def find(session: Session, office_id: UUID) -> Any:
        found = session.scalars(query.where(entity.office_id == office_id).limit(1)).first()
        assert found is not None, f"the demo has no row for: {query}"
        return found

    return find


def _busiest_household(session: Session, office_id: UUID) -> Any:
    """A household with people, visits and open opinions, so that each part of its page has something in it."""
    return session.scalars(
        select(Household.id)
        .join(Visit, Visit.household_id == Household.id)
        .join(Opinion, Opinion.household_id == Household.id)
        .where(Household.office_id == office_id, Household.residents.any(Resident.phone != ""))
        .group_by(Household.id)
        .order_by(Household.open_opinions.desc(), func.count().desc(), Household.id)
    ).first()


def _campaign(status: str) -> Find:
    return first(select(Campaign.id).where(Campaign.status == status))


def _letter(status: str, column: Any = Publication.id) -> Find:
    return first(select(column).where(Publication.status == status).order_by(Publication.made_at))


def _visit(status: str) -> Find:
    return first(select(Visit.id).where(Visit.status == status, Visit.outcome == "met").order_by(Visit.occurred_at))


def _opinion(*statuses: str) -> Find:
    return first(select(Opinion.id).where(Opinion.status.in_(statuses)).order_by(Opinion.round.desc(), Opinion.id))


def _roster(status: str) -> Find:
    return first(select(RosterImport.id).where(RosterImport.status == status))


def _promise(status: str, *kinds: str) -> Find:
    return first(
        select(Commitment.id).join(PublicationRow, PublicationRow.id == Commitment.row_id).join(Publication)
        .where(Publication.status == "published", Commitment.status == status, Commitment.due_kind.in_(kinds))
    )  # fmt: skip


# How to find one of each kind, by the name that addresses give it.
BY_PARAMETER: dict[str, Find] = {
    "household_id": _busiest_household,
    "community_id": first(select(Community.id).where(Community.slug == "qinghe")),
    "building_id": first(
        select(Building.id).join(Community).where(Community.slug == "qinghe").order_by(Building.position)
    ),
    "slug": first(select(Community.slug).where(Community.slug == "qinghe")),
    "visit_id": _visit("received"),
    "bundle_id": first(select(Bundle.id)),
    "opinion_id": _opinion("answered", "not_yet"),
    "issue_id": first(select(Issue.id).where(Issue.status != "closed")),
    "publication_id": _letter("draft"),
    "public_id": _letter("published", Publication.public_id),
    "code": _letter("published", Publication.public_id),
    "version": lambda session, office_id: 1,
    "commitment_id": _promise("open", "date", "span"),
    "campaign_id": _campaign("running"),
    "import_id": _roster("done"),
    "fact_id": first(select(Fact.id).where(Fact.status == "quarantined")),
    "other_id": first(select(FactOther.id)),
}

# Where a rule needs another one than the parameter's name says.
BY_RULE: dict[tuple[str, str], Find] = {
    ("figures.show", "campaign_id"): _campaign("closed"),
    ("figures.waiting", "campaign_id"): _campaign("closed"),
    ("surveys.line", "household_id"): first(
        select(SampleLine.household_id).join(Campaign, Campaign.id == SampleLine.campaign_id)
        .where(Campaign.status == "running", SampleLine.status == "issued")
    ),
}  # fmt: skip

# Further states of a page that look different: rule → name → parameters that are found in another way.
STATES: dict[str, dict[str, Mapping[str, Find]]] = {
    "visits.show": {"returned": {"visit_id": _visit("returned")}, "closed": {"visit_id": _visit("closed")}},
    "opinions.show": {
        "new": {"opinion_id": _opinion("received", "acknowledged")},
        "with the department": {"opinion_id": _opinion("assigned", "measured")},
        "satisfied": {"opinion_id": _opinion("satisfied")},
        "a complaint": {"opinion_id": _opinion("investigated", "judged", "proposed", "explained")},
    },
    "publishing.show": {"checked": {"publication_id": _letter("checked")}, "published": {"publication_id": _letter("published")}},
    "promises.show": {"done": {"commitment_id": _promise("done", "date", "begun", "span", "at_once")}},
    "surveys.show": {"closed": {"campaign_id": _campaign("closed")}},
    "rosters.show": {"to be looked over": {"import_id": _roster("uploaded")}, "on its way": {"import_id": _roster("asked")}},
}  # fmt: skip

# Rules that answer GET but are no page, and what they are instead; a test asks them and sees that it is so.
PART, FILE, REDIRECT = "a part of a page", "not HTML", "leads to another address"
NOT_PAGES: dict[str, str] = {
    "public.start": REDIRECT, "public.printed": REDIRECT, "public.verify_in_own_language": REDIRECT, "field.start": REDIRECT,
    "households.reveal_again": REDIRECT, "rosters.progress": PART, "inbox.pane": PART,
    "field.form_shell": PART, "field.form_fragment": PART, "field.characters": FILE, "field.form_document": FILE,
    "field.words_json": FILE, "field.manifest": FILE, "field.worker": FILE, "healthz": FILE, "static_file": FILE,
    "sync.pull": FILE, "sync.read_schema": FILE, "public.pdf": FILE, "figures.pdf": FILE, "visits.pdf": FILE,
    "visits.picture": FILE,
    "opinions.picture": FILE,
}  # fmt: skip

# Who opens a page: the first of these who may; where what is seen depends on the reader, the reader is named.
OPENERS = (
    ("supervisor", "supervisor"), ("manager", "manager"), ("engineering", "department_head"), ("qa", "qa"),
    ("admin", "administrator"), ("representative", "management_representative"), ("field", "field_staff"),
)  # fmt: skip
READERS = {"opinions.mine": "engineering", "accounts.me": "qa"}

# What a page is asked with besides its path.
QUERIES: dict[str, Mapping[str, Find]] = {
    "opinions.record": {"household": _busiest_household},
    "field.shell household": {"id": _busiest_household},
    "field.shell visit": {"id": _busiest_household},
    "field.shell survey": {
        "id": BY_RULE["surveys.line", "household_id"], "campaign": _campaign("running"),
    },
}  # fmt: skip


@dataclass(frozen=True)
class Page:
    """One page: how to find its address, who opens it, what status it answers with.

    ``sent``: the fields of a form posted from that page's address instead of opening it; None where it is only opened.
    """

    name: str
    endpoint: str = ""
    find: Mapping[str, Find] = field(default_factory=dict)
    fixed: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, Find] = field(default_factory=dict)
    path: str = ""  # where no rule stands for it
    login: str | None = None
    status: int = 200
    sent: Mapping[str, str] | None = None
    sent_to: str = ""

    @property
    def public(self) -> bool:
        return self.endpoint.startswith("public.") or self.path.startswith("/{language}")

    @property
    def tablet(self) -> bool:
        return self.endpoint.startswith("field.") or self.path.startswith("/field/")

    @property
    def list_of_rows(self) -> bool:
        """Whether the page is a list: one that a menu or another page leads to by the rule's name."""
        return self.endpoint.endswith((".index", ".mine", ".sample", ".arrivals", ".communities")) and self.sent is None

    def address(self, app: Flask, session: Session, language: Language) -> str:
        office_id = session.scalars(select(Office.id).where(Office.letter_code == "青物公")).one()
        if self.path:
            return self.path.format(language=language.slug)
        values: dict[str, Any] = {n: find(session, office_id) for n, find in (*self.find.items(), *self.query.items())}
        if any("language" in rule.arguments for rule in rules_of(app, self.endpoint)):
            values["language"] = language
        with app.test_request_context():
            return url_for(self.endpoint, **{**self.fixed, **values})


def rules_of(app: Flask, endpoint: str) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules(endpoint) if "GET" in (rule.methods or set())]


def opener(app: Flask, endpoint: str) -> str | None:
    """The login that opens a page; None where nobody needs to sign in."""
    found = access.access_of(app, endpoint)
    assert found is not None
    if endpoint in READERS:
        return READERS[endpoint]
    if found.kind == "anyone":
        return None
    if found.kind == "permission":
        for login, role in OPENERS:
            if role in PERMISSIONS[found.detail]:
                return login
        raise LookupError(f"Nobody in OPENERS of {HERE} may open {endpoint} ({found.detail}): add a login of the demo.")
    return OPENERS[0][0]


def finders(rule: Rule) -> dict[str, Find]:
    """How each parameter of a rule is found. Raises LookupError that says what to add for one that nothing finds."""
    found = {}
    for name, converter in rule._converters.items():
        if name == "language" or isinstance(converter, AnyConverter):
            continue
        find = BY_RULE.get((rule.endpoint, name)) or BY_PARAMETER.get(name)
        if find is None:
            raise LookupError(
                f"Nothing says how to find a {name!r} for {rule.rule} ({rule.endpoint}): add to {HERE} either "
                f'BY_PARAMETER["{name}"], a query for one from the demo, or NOT_PAGES["{rule.endpoint}"], if it is no page.'
            )
        found[name] = find
    return found


def _choices(rule: Rule) -> Iterator[dict[str, str]]:
    """Every combination of what ``any(…)`` in a rule allows."""
    sets = [(name, sorted(c.items)) for name, c in rule._converters.items() if isinstance(c, AnyConverter)]
    for chosen in product(*(items for _, items in sets)):
        yield dict(zip((name for name, _ in sets), chosen, strict=True))


def pages_of(app: Flask) -> list[Page]:
    """Every page of the URL map, further states of it, forms sent empty, and the pages of errors."""
    pages: list[Page] = []
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or set()) or rule.endpoint in NOT_PAGES:
            continue
        login, find = opener(app, rule.endpoint), finders(rule)
        several = len(rules_of(app, rule.endpoint)) > 1
        for fixed in _choices(rule):
            more = " ".join([*fixed.values(), *sorted(find)]) if several or fixed else ""
            name = f"{rule.endpoint} {more}".strip()
            page = Page(
                name, rule.endpoint, find, fixed, QUERIES.get(name, QUERIES.get(rule.endpoint, {})), login=login
            )
            pages.append(page)
            for state, other in STATES.get(rule.endpoint, {}).items():
                pages.append(Page(f"{name}: {state}", rule.endpoint, {**find, **other}, fixed, page.query, login=login))
            if "POST" in (rule.methods or set()):
                pages.append(Page(f"{name}: sent empty", rule.endpoint, find, fixed, login=login, status=422, sent={}))
    return pages + ERRORS


ERRORS = [
    Page("error 400", path="/login", sent={"csrf_token": "worn out"}, status=400),
    Page("error 403", path="/desk/surveys/new", login="field", status=403),
    Page("error 404", path="/desk/nothing", login="supervisor", status=404),
    Page("error 404 for residents", path="/{language}/letters/none", status=404),
    Page("error 404 on the tablet", path="/field/{language}/nothing", status=404),
    Page("error 409", "rosters.show", {"import_id": _roster("done")}, login="supervisor", sent={}, sent_to="/discard", status=409),
    Page(
        "visits.show: somebody was faster", "visits.show", {"visit_id": _visit("returned")}, login="supervisor",
        sent={"revision": "1", "step": "1"}, sent_to="/sign", status=409,
    ),
    Page("public.verify: unknown", path="/{language}/verify?code=1234"),
]  # fmt: skip


def _visit_form(_: Session, __: UUID) -> str:
    return forms.hash_of(forms.on_the_tablet()[0])


def _build(_: Session, __: UUID) -> str:
    return build()


# Parts that a script puts into a page: valid HTML as well. A test sees that each rule of NOT_PAGES that is one stands here.
PARTS = [
    Page("inbox.pane", "inbox.pane", query={"record": BY_PARAMETER["visit_id"]}, login="supervisor"),
    Page("inbox.pane: bundle", "inbox.pane", query={"bundle": BY_PARAMETER["bundle_id"]}, login="supervisor"),
    Page("rosters.progress", "rosters.progress", {"import_id": _roster("asked")}, login="supervisor"),
    Page("field.form_shell", "field.form_shell", {"build_id": _build, "form_hash": _visit_form}),
    Page(
        "field.form_fragment",
        "field.form_fragment",
        {"build_id": _build, "form_hash": _visit_form},
        {"group": "opinions"},
    ),
]


def staff_id(session: Session, login: str) -> tuple[UUID, int]:
    row = session.execute(select(Staff.id, Staff.session_number).where(Staff.login == login)).one()
    return row[0], row[1]
