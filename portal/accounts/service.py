"""Companies, offices, staff and their roles; who is who by password."""

from datetime import date, datetime, timedelta
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from portal.accounts.models import Company, Department, LoginFailure, Office, RoleGrant, Staff
from portal.core import audit
from portal.core.changes import ChangeCounter
from portal.core.db import db, writing
from portal.core.ids import new_id
from portal.core.registry import registry
from portal.domain.permissions import COMPANY_WIDE, ROLES
from portal.domain.refusals import Refused

PASSWORD_LEAST = 10
WINDOW = timedelta(minutes=15)
FAILURES_PER_LOGIN, FAILURES_PER_ADDRESS = 10, 50  # sync.md, status 429

_hasher = PasswordHasher()
_nobody = _hasher.hash("nobody has this password")  # so that an unknown login takes as long as a wrong password


def hash_password(password: str) -> str:
    """Argon2id with the library's defaults; the work is done outside any transaction."""
    return _hasher.hash(password)


def check_password(login: str, password: str, *, address: str, at: datetime, trusted_device: bool = False) -> UUID:
    """The id of the person with this login and password.

    Raises Refused ``login.wrong`` (also for an unknown login), ``login.too_many`` (then the right one too, except from a
    device of that login), ``login.inactive``. Failures are counted in a transaction of their own, which outlives the refusal.
    """
    login = login.strip().casefold()[:200]
    if not trusted_device:
        _refuse_after_failures(login, address, at)
    staff = db.session.scalar(select(Staff).where(Staff.login == login))
    known = staff.password_hash if staff else _nobody
    staff_id, active = (staff.id, staff.active) if staff else (None, False)
    db.session.rollback()  # no read stays open while Argon2 works
    if not _verified(known, password[:1000]) or staff_id is None:
        with writing() as session:
            session.add(LoginFailure(login=login, address=address, at=at))
        raise Refused("login.wrong")
    if not active:
        raise Refused("login.inactive")
    with writing() as session:
        session.execute(delete(LoginFailure).where((LoginFailure.login == login) | (LoginFailure.at < at - WINDOW)))
    return staff_id


def _verified(hashed: str, password: str) -> bool:
    try:
        return _hasher.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False


def _refuse_after_failures(login: str, address: str, at: datetime) -> None:
    recent = LoginFailure.at > at - WINDOW
    by_login = db.session.scalar(select(func.count()).where(LoginFailure.login == login, recent)) or 0
    by_address = db.session.scalar(select(func.count()).where(LoginFailure.address == address, recent)) or 0
    if by_login >= FAILURES_PER_LOGIN or by_address >= FAILURES_PER_ADDRESS:
        raise Refused("login.too_many", minutes=int(WINDOW.total_seconds() // 60))


def add_company(session: Session, name: str, name_hant: str) -> Company:
    """The one company of this installation."""
    company = Company(name_hans=name, name_hant=name_hant, sync_epoch=new_id().hex)
    session.add(company)
    session.flush()
    return company


DEPARTMENTS = (
    ("customer_service", "客服部", "客服部"),
    ("security", "保卫部", "保衛部"),
    ("engineering", "工程部", "工程部"),
    ("cleaning", "保洁部", "保潔部"),
    ("greening", "绿化部", "綠化部"),
    ("developer", "地产公司", "地產公司"),
)


def add_office(
    session: Session,
    company: Company,
    name_hans: str,
    name_hant: str,
    *,
    letter_code: str,
    script: str = "zh-Hans",
    time_zone: str = "Asia/Shanghai",
    region: str = "CN",
) -> Office:
    """An office with its departments and its change counter."""
    office = Office(
        company_id=company.id,
        name_hans=name_hans,
        name_hant=name_hant,
        letter_code=letter_code,
        script=script,
        time_zone=time_zone,
        region=region,
    )
    session.add(office)
    session.flush()
    session.add(ChangeCounter(office_id=office.id, seq=0))
    for position, (slug, hans, hant) in enumerate(DEPARTMENTS):
        session.add(Department(office_id=office.id, slug=slug, name_hans=hans, name_hant=hant, position=position))
    session.flush()
    return office


def add_staff(
    session: Session,
    company_id: UUID,
    login: str,
    name: str,
    password_hash: str,
    *,
    at: datetime,
    by: UUID | None,
    language: str | None = None,
) -> Staff:
    """A person with a login. Raises Refused ``staff.login_taken``."""
    login = login.strip().casefold()
    if session.scalar(select(Staff.id).where(Staff.login == login)):
        raise Refused("staff.login_taken", "login")
    staff = Staff(company_id=company_id, login=login, name=name, password_hash=password_hash, language=language)
    session.add(staff)
    session.flush()
    audit.record(session, "accounts:staff:added", staff.id, office_id=None, by=by, at=at)
    return staff


def set_password(session: Session, login: str, password_hash: str, *, at: datetime, by: UUID | None) -> Staff:
    """Another password; whoever is signed in with the old one has to sign in anew. Raises Refused ``staff.unknown``."""
    staff = session.scalar(select(Staff).where(Staff.login == login.strip().casefold()))
    if staff is None:
        raise Refused("staff.unknown", "login")
    staff.password_hash = password_hash
    staff.session_number += 1
    audit.record(session, "accounts:staff:password_set", staff.id, office_id=None, by=by, at=at)
    return staff


def grant_role(
    session: Session,
    staff: Staff,
    role: str,
    office_id: UUID | None,
    *,
    from_day: date,
    at: datetime,
    by: UUID | None,
    department_id: UUID | None = None,
) -> RoleGrant:
    """Give a role from a day on. Company-wide roles are held in all offices. Raises Refused ``staff.unknown_role``."""
    if role not in ROLES:
        raise Refused("staff.unknown_role", "role")
    where = None if role in COMPANY_WIDE else office_id
    grant = RoleGrant(staff_id=staff.id, role=role, office_id=where, department_id=department_id, from_day=from_day)
    session.add(grant)
    session.flush()
    audit.record(session, "accounts:role:granted", staff.id, office_id=where, by=by, at=at, role=role)
    registry().react("accounts:role:changed", session=session, office_id=where, at=at)
    return grant


def set_preferences(staff_id: UUID, *, language: str | None = None, text_size: str | None = None) -> None:
    """Remember a person's language and text size."""
    with writing() as session:
        staff = session.get_one(Staff, staff_id)
        staff.language = language or staff.language
        staff.text_size = text_size or staff.text_size
