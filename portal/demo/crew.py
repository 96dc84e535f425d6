"""Who works in one office of the demo, as the services know them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from portal.accounts.actors import Actor, actor_for
from portal.accounts.models import Department, Office, Staff
from portal.core.db import db


@dataclass
class Crew:
    """The people of an office, by what they do there; the company's people act in it as well."""

    office: Office
    people: Mapping[str, list[Actor]]  # by role
    departments: Mapping[str, UUID]

    @property
    def field(self) -> list[Actor]:
        return self.people["field_staff"]

    @property
    def chain(self) -> list[Actor]:
        """Who signs visit records, in order."""
        return [self.supervisor, self.manager, self.director]

    @property
    def supervisor(self) -> Actor:
        return self.people["supervisor"][0]

    @property
    def manager(self) -> Actor:
        return self.people["manager"][0]

    @property
    def director(self) -> Actor:
        return self.people["director"][0]

    @property
    def front(self) -> Actor:
        return self.people["front_desk"][0]

    @property
    def representative(self) -> Actor:
        return self.people["management_representative"][0]

    @property
    def qa(self) -> Actor:
        return self.people["qa"][0]

    def head(self, department: str) -> Actor:
        """Who names measures for a department; its office's supervisor where the demo has no head for it."""
        return self._in("department_head", department) or self.supervisor

    def officer(self, department: str) -> Actor:
        """Who reports measures done: the officer, else the head, else the manager."""
        return self._in("department_officer", department) or self._in("department_head", department) or self.manager

    def _in(self, role: str, department: str) -> Actor | None:
        own = self.departments.get(department)
        return next((a for a in self.people.get(role, ()) if own in a.departments()), None)


def crew_of(office: Office, held: Mapping[str, str], *, on: date) -> Crew:
    """Load the office's people; ``held`` maps logins to roles, the company's own included."""
    session = db.session()
    people: dict[str, list[Actor]] = {}
    for login, role in held.items():
        staff = session.scalars(select(Staff).where(Staff.login == login)).one()
        people.setdefault(role, []).append(actor_for(session, staff, on=on, office_id=office.id))
    departments = {d.slug: d.id for d in session.scalars(select(Department).where(Department.office_id == office.id))}
    return Crew(office, people, departments)
