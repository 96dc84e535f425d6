"""The demo's staff: one person per role, with passwords derived from the installation's secret, so that every start prints them."""

import hashlib
import hmac
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts import service as accounts
from portal.accounts.models import Company, Department, Office, OfficeLine

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is read as something else


@dataclass(frozen=True)
class Person:
    login: str
    name: str
    role: str
    office: str  # key of OFFICES; '' for company-wide roles
    department: str = ""
    language: str | None = None


@dataclass(frozen=True)
class OfficePlan:
    key: str
    name_hans: str
    name_hant: str
    letter_code: str
    script: str
    time_zone: str
    region: str
    lines: tuple[tuple[str, str, str, str], ...]


OFFICES = (
    OfficePlan(
        "qinghe", "青禾花园管理处", "青禾花園管理處", "青物公", "zh-Hans", "Asia/Shanghai", "CN",
        (("duty", "0000-0001", "全天", "全天"), ("service", "0000-0002", "8:00—20:00", "8:00—20:00"),
         ("complaints", "0000-0003", "工作日 9:00—18:00", "工作日 9:00—18:00")),
    ),
    OfficePlan(
        "wanghai", "望海苑管理处", "望海苑管理處", "望物公", "zh-Hant", "Asia/Hong_Kong", "HK",
        (("duty", "0000-0011", "全天", "全天"), ("service", "0000-0012", "9:00—18:00", "9:00—18:00")),
    ),
)  # fmt: skip

PEOPLE = (
    Person("field", "沈知夏", "field_staff", "qinghe"),
    Person("field2", "陆一帆", "field_staff", "qinghe"),
    Person("desk", "罗青", "front_desk", "qinghe"),
    Person("supervisor", "许闻", "supervisor", "qinghe"),
    Person("manager", "何敏", "manager", "qinghe"),
    Person("director", "严正川", "director", "qinghe"),
    Person("engineering", "高岩", "department_head", "qinghe", "engineering"),
    Person("officer", "邹平", "department_officer", "qinghe", "engineering"),
    Person("security", "雷厉", "department_head", "qinghe", "security"),
    Person("cleaning", "洪梅", "department_head", "qinghe", "cleaning"),
    Person("service", "顾盼", "department_head", "qinghe", "customer_service"),
    Person("interviewer", "苗苗", "interviewer", "qinghe"),
    Person("hk-field", "梁詠兒", "field_staff", "wanghai", language="zh_Hant"),
    Person("hk-desk", "馮穎欣", "front_desk", "wanghai", language="zh_Hant"),
    Person("hk-supervisor", "譚家豪", "supervisor", "wanghai", language="zh_Hant"),
    Person("hk-manager", "簡慧珊", "manager", "wanghai", language="zh_Hant"),
    Person("hk-director", "岑志遠", "director", "wanghai", language="zh_Hant"),
    Person("hk-engineering", "麥兆基", "department_head", "wanghai", "engineering", language="zh_Hant"),
    Person("caller", "白晓", "company_caller", ""),
    Person("qa", "秦越", "qa", ""),
    Person("representative", "周明远", "management_representative", ""),
    Person("executive", "纪云", "executive", ""),
    Person("overseer", "丁一", "branch_overseer", "qinghe"),
    Person("admin", "温言", "administrator", ""),
)


def password_for(secret: str, login: str) -> str:
    """Twelve characters in three groups: the same for one installation and login, for ever."""
    digest = hmac.new(secret.encode(), f"demo login {login}".encode(), hashlib.sha256).digest()
    letters = "".join(ALPHABET[b % len(ALPHABET)] for b in digest[:12])
    return "-".join((letters[:4], letters[4:8], letters[8:]))


def hashes(secret: str) -> dict[str, str]:
    """Argon2 hashes of all demo passwords; made before anything is locked."""
    with ThreadPoolExecutor(
        max_workers=2
    ) as pool:  # hashing is slow on purpose, and works outside the interpreter's lock
        done = pool.map(accounts.hash_password, (password_for(secret, person.login) for person in PEOPLE))
        return {person.login: hashed for person, hashed in zip(PEOPLE, done, strict=True)}


def add_people(
    session: Session, hashed: Mapping[str, str], *, on: date, at: datetime
) -> tuple[dict[str, Office], dict[str, UUID]]:
    """Company, offices with their telephone lines, and everybody in PEOPLE; returns offices by key and ids by login."""
    company = session.scalar(select(Company)) or accounts.add_company(
        session, "和邻物业服务有限公司", "和鄰物業服務有限公司"
    )
    offices = {}
    for plan in OFFICES:
        office = accounts.add_office(
            session, company, plan.name_hans, plan.name_hant, letter_code=plan.letter_code,
            script=plan.script, time_zone=plan.time_zone, region=plan.region,
        )  # fmt: skip
        for position, (kind, number, hans, hant) in enumerate(plan.lines):
            session.add(
                OfficeLine(
                    office_id=office.id, kind=kind, number=number, hours_hans=hans, hours_hant=hant, position=position
                )
            )
        offices[plan.key] = office
    staff = {}
    for person in PEOPLE:
        row = accounts.add_staff(
            session,
            company.id,
            person.login,
            person.name,
            hashed[person.login],
            at=at,
            by=None,
            language=person.language,
        )
        where = offices.get(person.office)
        department = None
        if person.department and where:
            department = session.scalar(
                select(Department.id).where(Department.office_id == where.id, Department.slug == person.department)
            )
        accounts.grant_role(
            session,
            row,
            person.role,
            where.id if where else None,
            from_day=on,
            at=at,
            by=None,
            department_id=department,
        )
        staff[person.login] = row.id
    return offices, staff
