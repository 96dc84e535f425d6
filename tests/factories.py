"""A small estate to test against; real rows through the real services."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from uuid import UUID

from portal.accounts import service as accounts
from portal.accounts.actors import Actor, actor_for
from portal.accounts.models import Department, Office, Staff
from portal.core.db import db, writing
from portal.core.ids import new_id
from portal.domain.permissions import ROLES
from portal.households.models import Building, Community, Household, Resident

AT = datetime(2026, 3, 5, 2, 24, tzinfo=UTC)
DAY = date(2026, 3, 5)


@dataclass
class Estate:
    """``staff`` maps a login (role slug; ``other_supervisor`` of the second office) to its id."""

    company_id: UUID
    office_id: UUID
    other_office_id: UUID
    community_id: UUID
    building_id: UUID
    staff: dict[str, UUID] = field(default_factory=dict)
    households: dict[str, UUID] = field(default_factory=dict)  # by room: 101 … 304
    departments: dict[str, UUID] = field(default_factory=dict)
    foreign_household_id: UUID | None = None

    @classmethod
    def staffed(cls) -> "Estate":
        """Two offices with a person for each role, and not one household yet."""
        with writing() as session:
            company = accounts.add_company(session, "锦绣物业服务有限公司", "錦繡物業服務有限公司")
            office = accounts.add_office(session, company, "锦绣花园管理处", "錦繡花園管理處", letter_code="锦物公")
            other = accounts.add_office(
                session, company, "海滨苑管理处", "海濱苑管理處", letter_code="海物公", script="zh-Hant", region="HK"
            )
            estate = cls(company.id, office.id, other.id, new_id(), new_id())
            for role in ROLES:
                estate.staff[role] = _person(estate, role, role, office).id
            estate.staff["other_supervisor"] = _person(estate, "other_supervisor", "supervisor", other).id
            estate.staff["second_supervisor"] = _person(estate, "second_supervisor", "supervisor", office).id
            estate.staff["second_field_staff"] = _person(estate, "second_field_staff", "field_staff", office).id
            estate.departments = {d.slug: d.id for d in session.query(Department).filter_by(office_id=office.id)}
        return estate

    @classmethod
    def build(cls) -> "Estate":
        estate = cls.staffed()
        with writing() as session:
            office, other = (session.get_one(Office, i) for i in (estate.office_id, estate.other_office_id))
            session.add(
                Community(
                    id=estate.community_id, office_id=office.id, slug="jinxiu", name_hans="锦绣花园", name_hant="錦繡花園",
                    first_handover_on=date(2015, 1, 1),
                )
            )  # fmt: skip
            session.add(
                Building(
                    id=estate.building_id, office_id=office.id, community_id=estate.community_id, code="1",
                    name_hans="1栋", name_hant="1棟",
                )
            )  # fmt: skip
            session.flush()
            for floor in (1, 2, 3):
                for door in (1, 2, 3, 4):
                    room = f"{floor}0{door}"
                    estate.households[room] = _household(estate, room, floor).id
            estate.foreign_household_id = _foreign(estate, other).id
        return estate

    def actor(self, login: str) -> Actor:
        session = db.session()
        return actor_for(session, session.get_one(Staff, self.staff[login]), on=DAY)


def _person(estate: Estate, login: str, role: str, office: Office) -> Staff:
    session = db.session()
    staff = accounts.add_staff(session, estate.company_id, login, f"{login} 王", "no password", at=AT, by=None)
    department = session.query(Department).filter_by(office_id=office.id, slug="engineering").one()
    accounts.grant_role(
        session, staff, role, office.id, from_day=date(2020, 1, 1), at=AT, by=None,
        department_id=department.id if role.startswith("department") else None,
    )  # fmt: skip
    return staff


def _household(estate: Estate, room: str, floor: int) -> Household:
    session = db.session()
    household = Household(
        office_id=estate.office_id, community_id=estate.community_id, building_id=estate.building_id, stair="1",
        floor=floor, room=room, address_key=f"1|1|{room}", unit_code=f"u1-{room}", tenure="own",
    )  # fmt: skip
    session.add(household)
    session.flush()
    session.add(
        Resident(
            office_id=estate.office_id, household_id=household.id, name=f"陈文{room}", name_key=f"陈文{room}",
            phone=f"13900000{room}", phone_tail=f"0{room}"[-4:],
        )
    )  # fmt: skip
    return household


def _foreign(estate: Estate, other: Office) -> Household:
    session = db.session()
    community = Community(office_id=other.id, slug="haibin", name_hans="海滨苑", name_hant="海濱苑", script="zh-Hant")
    session.add(community)
    session.flush()
    building = Building(office_id=other.id, community_id=community.id, code="A", name_hans="A座", name_hant="A座")
    session.add(building)
    session.flush()
    household = Household(
        office_id=other.id, community_id=community.id, building_id=building.id, room="A室", floor=1, address_key="a||1a", unit_code="f1",
    )  # fmt: skip
    session.add(household)
    session.flush()
    return household
