"""The demo's open letters on their way: issues, measures, a draft in both scripts, checks, approval, and each promise's fate."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from uuid import UUID

from sqlalchemy import select

from portal.core.db import db
from portal.demo.letter_texts import BOARDS, HARMLESS, HOLDS, Fate, Letter, Promise, Row
from portal.demo.texts import HANS, HANT
from portal.demo.year import Year
from portal.opinions import issues
from portal.publishing import approval, checks, commitments, drafting, posting, release, wording
from portal.publishing.halves import open_doubts, wordings
from portal.publishing.models import Commitment, Publication

MOST_IN_AN_ISSUE = 14
ISSUES, DRAFT, CHECK, APPROVE = 4, 3, 2, 1  # days before publication
HANGS = 30  # days on the boards (SV-27)
LOOKED_AT = 6  # days after a promise was reported done, QA goes and asks


class OnItsWay:
    """One letter of the demo from its issues to what became of its promises."""

    def __init__(self, year: Year, plan: Letter) -> None:
        self.year, self.plan = year, plan
        self.out = year.as_of - timedelta(days=plan.day)
        self.issues: list[UUID] = []
        self.fates: list[tuple[UUID, Fate]] = []
        self.id: UUID | None = None

    def enter(self) -> None:
        """Write the letter's days into the year's diary."""
        steps = [(ISSUES, self._issues), (DRAFT, self._draft)]
        if self.plan.until in ("checked", "published"):
            steps.append((CHECK, self._check))
        if self.plan.until == "published":
            steps += [(APPROVE, self._approve), (0, self._publish)]
        for before, step in steps:
            self.year.diary[self.out - timedelta(days=before)].append(step)

    def _issues(self) -> None:
        day, supervisor = self.out - timedelta(days=ISSUES), self.year.crew.supervisor
        for n, row in enumerate(self.plan.rows):
            at = self.year.at(day, 10, 10 * n)
            raised = self.year.raised_before(day, self.plan.community, row.matter)[-MOST_IN_AN_ISSUE:]
            if not raised:
                continue
            ids = [one.id for one in raised]
            issue = issues.open_issue(row.title, self._category(row), ids, by=supervisor, at=at)
            issues.word_issue(issue, row.title, row.explanation, by=supervisor, at=at + timedelta(minutes=4))
            for one in raised:
                one.grouped = True
            for promise in row.promises:
                self._promise(issue, promise, day, n)
            self.issues.append(issue)

    def _category(self, row: Row) -> str:
        return next(m.category for m in (*HANS, *HANT) if m.key == row.matter)

    def _promise(self, issue: UUID, promise: Promise, day: date, n: int) -> None:
        crew = self.year.crew
        head = crew.head(promise.department) if promise.department else crew.supervisor
        measure = issues.name_measure(
            issue, promise.action, person=crew.officer(promise.department).name if promise.department else "",
            department_id=crew.departments[promise.department] if promise.department else None, actor=promise.actor,
            due_kind=promise.due_kind, due_from=self._day(promise.start), due_on=self._day(promise.due),
            by=head if promise.department else crew.supervisor, at=self.year.at(day, 14, 10 * n),
        )  # fmt: skip
        if promise.fate:
            self.fates.append((measure, promise.fate))

    def _day(self, after: int | None) -> date | None:
        return None if after is None else self.out + timedelta(days=after)

    def _draft(self) -> None:
        if not self.issues:  # nobody in a very small estate raised any of it
            return
        at, by = self.year.at(self.out - timedelta(days=DRAFT), 10), self.year.crew.supervisor
        self.id = drafting.draft_letter(self.issues, by=by, at=at)
        texts = {"title": self.plan.title, "opening": self.plan.opening, "closing": self.plan.closing}
        known = {name: w.id for (owner, name), w in wordings(db.session(), self.id, 1).items() if owner == self.id}
        for n, (name, text) in enumerate(texts.items(), 1):
            wording.save_source(self.id, known[name], text, revision=None, by=by, at=at + timedelta(minutes=7 * n))

    def _check(self) -> None:
        """Doubtful places decided and words cleared by who worded it; both halves read by somebody else."""
        if self.id is None:
            return
        crew, at = self.year.crew, self.year.at(self.out - timedelta(days=CHECK), 11)
        self._settle()
        session = db.session()
        harmless = HARMLESS[crew.office.script]
        left = checks.problems(session, session.get_one(Publication, self.id))
        for word in dict.fromkeys(problem.params["text"] for problem in left if problem.code == "leak"):
            wording.clear_word(self.id, word, harmless, revision=None, by=crew.supervisor, at=at)
        for n, script in enumerate(("zh-Hans", "zh-Hant"), 1):
            approval.check(self.id, script, revision=None, by=crew.manager, at=at + timedelta(minutes=25 * n))

    def _settle(self) -> None:
        assert self.id is not None
        at = self.year.at(self.out - timedelta(days=CHECK), 9, 30)
        while True:
            texts = wordings(db.session(), self.id, 1).values()
            waiting = [(w.id, doubts[0]) for w in texts if (doubts := open_doubts(w))]
            if not waiting:
                return
            own, doubt = waiting[0]
            wording.settle(
                self.id, own, doubt["start"], doubt["end"], doubt["out"], revision=None, by=self.year.crew.supervisor,
                at=at,
            )  # fmt: skip

    def _approve(self) -> None:
        if self.id is not None:
            at = self.year.at(self.out - timedelta(days=APPROVE), 15, 20)
            approval.approve(self.id, revision=self._revision(), by=self.year.crew.representative, at=at)

    def _publish(self) -> None:
        if self.id is None:
            return
        release.publish(self.id, revision=self._revision(), by=self.year.crew.manager, at=self.year.at(self.out, 9, 30))
        for n, place in enumerate(BOARDS[self.plan.community]):
            at = self.year.at(self.out, 10, 40 + 15 * n)
            posting.put_up(self.id, place, at, by=self.year.crew.manager, at=at)
        self._later(HANGS, self._take_off)
        for measure, fate in self.fates:
            self._later(fate.after, partial(self._come_true, measure, fate))
            if fate.what == "verified":
                self._later(fate.after + LOOKED_AT, partial(self._verify, measure, fate.after + LOOKED_AT))

    def _take_off(self) -> None:
        """After a month the boards are needed for other things; on its page the letter stays."""
        assert self.id is not None
        at, by = self.year.at(self.out + timedelta(days=HANGS), 16), self.year.crew.manager
        hanging = posting.hanging(db.session(), db.session().get_one(Publication, self.id))
        for own in [each.posting.id for each in hanging]:
            posting.take_off(self.id, own, by=by, at=at)

    def _later(self, after: int, what: Callable[[], None]) -> None:
        day = self.out + timedelta(days=after)
        if day < self.year.as_of:
            self.year.diary[day].append(what)

    def _revision(self) -> int:
        return db.session().get_one(Publication, self.id, populate_existing=True).revision

    def _commitment(self, measure: UUID) -> Commitment:
        query = select(Commitment).where(Commitment.measure_id == measure)
        return db.session().scalars(query.execution_options(populate_existing=True)).one()

    def _come_true(self, measure: UUID, fate: Fate) -> None:
        promise, crew, day = self._commitment(measure), self.year.crew, self.out + timedelta(days=fate.after)
        words, at = commitments.Words(fate.hans, fate.hant), self.year.at(day, 16, 40)
        own, revision = promise.id, promise.revision
        departments = {held: slug for slug, held in crew.departments.items()}
        head = crew.head(departments[promise.department_id]) if promise.department_id else crew.supervisor
        match fate.what:
            case "changed":
                until = self.out + timedelta(days=fate.until)
                commitments.change_date(own, until, words, revision=revision, by=crew.supervisor, at=at)
            case "declined":
                commitments.decline(own, words, revision=revision, by=crew.manager, at=at)
            case _:
                commitments.report_done(own, words, day, revision=revision, by=head, at=at)

    def _verify(self, measure: UUID, after: int) -> None:
        promise, crew = self._commitment(measure), self.year.crew
        commitments.verify(
            promise.id, holds=True, remark=HOLDS[crew.office.script], revision=promise.revision, by=crew.qa,
            at=self.year.at(self.out + timedelta(days=after), 11),
        )  # fmt: skip
