"""Who works here, where, and what each may do."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.db import Json, Model
from portal.core.ids import new_id


class Company(Model):
    __tablename__ = "company"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name_hans: Mapped[str]
    name_hant: Mapped[str]
    sync_epoch: Mapped[str]  # changes when the installation was restored from a backup
    recovery_key: Mapped[str | None]  # private, PEM: opens what tablets sealed to it; here, so that a backup has it too


class Branch(Model):
    __tablename__ = "branch"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    company_id: Mapped[UUID] = mapped_column(ForeignKey("company.id"))
    name_hans: Mapped[str]
    name_hant: Mapped[str]


class Office(Model):
    """A team on site; serves communities. ``region`` (CN, TW, HK) decides formats and the traditional wording."""

    __tablename__ = "office"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    company_id: Mapped[UUID] = mapped_column(ForeignKey("company.id"))
    branch_id: Mapped[UUID | None] = mapped_column(ForeignKey("branch.id"))
    name_hans: Mapped[str]
    name_hant: Mapped[str]
    script: Mapped[str] = mapped_column(default="zh-Hans")  # the script the office writes in
    time_zone: Mapped[str] = mapped_column(default="Asia/Shanghai")
    region: Mapped[str] = mapped_column(default="CN")
    letter_code: Mapped[str]  # the sign in a letter's number: 锦物公〔2026〕12号

    company: Mapped[Company] = relationship()


class OfficeLine(Model):
    """A telephone line residents may ring (PB-08), with its hours."""

    __tablename__ = "office_line"
    __table_args__ = (Index("ix_office_line_office", "office_id", "position"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"))
    kind: Mapped[str]  # duty | service | complaints | company
    number: Mapped[str]
    hours_hans: Mapped[str]
    hours_hant: Mapped[str]
    position: Mapped[int]


class Department(Model):
    """A department of the office's own list, to which opinions go."""

    __tablename__ = "department"
    __table_args__ = (UniqueConstraint("office_id", "slug"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"))
    slug: Mapped[str]
    name_hans: Mapped[str]
    name_hant: Mapped[str]
    position: Mapped[int] = mapped_column(default=0)


class Staff(Model):
    """A person with a login; ``login`` is kept in lower case."""

    __tablename__ = "staff"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    company_id: Mapped[UUID] = mapped_column(ForeignKey("company.id"))
    login: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]
    language: Mapped[str | None]  # zh_Hans | zh_Hant | en; None: as the browser says
    text_size: Mapped[str] = mapped_column(default="normal")  # normal | large | largest
    active: Mapped[bool] = mapped_column(default=True)
    session_number: Mapped[int] = mapped_column(default=1)  # rises when all sessions must end
    second_factor: Mapped[str | None]

    grants: Mapped[list["RoleGrant"]] = relationship(back_populates="staff")


class RoleGrant(Model):
    """A role in one office (or in all: ``office_id`` None), from a day, to a day (None: open)."""

    __tablename__ = "role_grant"
    __table_args__ = (Index("ix_role_grant_staff", "staff_id"), Index("ix_role_grant_office", "office_id", "role"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    role: Mapped[str]
    office_id: Mapped[UUID | None] = mapped_column(ForeignKey("office.id"))
    department_id: Mapped[UUID | None] = mapped_column(ForeignKey("department.id"))
    from_day: Mapped[date]
    to_day: Mapped[date | None]

    staff: Mapped[Staff] = relationship(back_populates="grants")


class Device(Model):
    """An enrolled tablet of one person; its token is kept only as a hash, does not expire, can be revoked."""

    __tablename__ = "device"
    __table_args__ = (Index("ix_device_staff", "staff_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    name: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    next_token_hash: Mapped[str | None] = mapped_column(unique=True)  # replaces token_hash when first used
    enrolled_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    staff: Mapped[Staff] = relationship()


class LoginFailure(Model):
    """A wrong password: counted per login and per address, forgotten after a quarter of an hour."""

    __tablename__ = "login_failure"
    __table_args__ = (
        Index("ix_login_failure_login", "login", "at"),
        Index("ix_login_failure_address", "address", "at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    login: Mapped[str]
    address: Mapped[str]
    at: Mapped[datetime]


class PolicyValue(Model):
    """A number the office changed, from a day on, with the rule it comes from; ``office_id`` None: for the company."""

    __tablename__ = "policy_value"
    __table_args__ = (Index("ix_policy_value_field", "office_id", "field", "effective_from"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    office_id: Mapped[UUID | None] = mapped_column(ForeignKey("office.id"))
    field: Mapped[str]
    value: Mapped[Any] = mapped_column(Json)
    effective_from: Mapped[date]
    source: Mapped[str]
