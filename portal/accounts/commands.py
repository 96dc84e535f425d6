"""``portal init`` and ``portal staff``: the first office and the people of it."""

import sys
from uuid import UUID

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts import devices, service
from portal.accounts.models import Company, Department, Office
from portal.core import clock
from portal.core.commands import in_app
from portal.core.database_commands import bring_up_to_date
from portal.core.db import writing
from portal.domain.permissions import COMPANY_WIDE
from portal.domain.refusals import Refused


@click.command()
@click.option("--company", default="物业服务有限公司", show_default=True)
@click.option("--office", default="管理处", show_default=True)
@in_app
def init(company: str, office: str) -> None:
    """Make database, company and first office; safe to repeat."""
    bring_up_to_date()
    with writing() as session:
        if session.scalar(select(Company.id)):
            click.echo("There is a company already; nothing was changed.")
            return
        made = service.add_company(session, company, company)
        service.add_office(session, made, office, office, letter_code=office[:2])
    click.echo("Ready. Add people with: portal staff add LOGIN --role SLUG --password-stdin")


def office_named(session: Session, name: str | None) -> Office:
    """The office of this name in either script, or the only one. Raises Refused ``office.unknown`` listing them."""
    offices = session.scalars(select(Office).order_by(Office.name_hans)).all()
    fitting = [o for o in offices if name is None or name in (o.name_hans, o.name_hant)]
    if len(fitting) != 1:
        raise Refused("office.unknown", "office", known="、".join(o.name_hans for o in offices))
    return fitting[0]


@click.group()
def staff() -> None:
    """People and their roles."""


@staff.command()
@click.argument("login")
@click.option("--name", default=None, help="The person's name; the login without it.")
@click.option("--role", required=True)
@click.option("--office", "office_name", default=None)
@click.option("--department", default=None)
@click.option("--password-stdin", is_flag=True, required=True, help="Read the password from standard input.")
@in_app
def add(
    login: str, name: str | None, role: str, office_name: str | None, department: str | None, password_stdin: bool
) -> None:
    """Add a person with one role."""
    hashed = _hashed_from_stdin()
    at = clock.now()
    with writing() as session:
        office = None if role in COMPANY_WIDE else office_named(session, office_name)
        company = session.scalars(select(Company)).one()
        person = service.add_staff(session, company.id, login, name or login, hashed, at=at, by=None)
        found = None
        if department and office:
            found = session.scalar(
                select(Department).where(
                    Department.office_id == office.id,
                    (Department.slug == department) | (Department.name_hans == department),
                )
            )
        zone = office.time_zone if office else "Asia/Shanghai"
        service.grant_role(
            session, person, role, office.id if office else None,
            from_day=clock.day_at(at, zone), at=at, by=None, department_id=found.id if found else None,
        )  # fmt: skip
    click.echo(f"added {login}")


@staff.command()
@click.argument("login")
@click.option("--password-stdin", is_flag=True, required=True, help="Read the new password from standard input.")
@in_app
def password(login: str, password_stdin: bool) -> None:
    """Give a person who forgot the password a new one; whoever is signed in with the old one has to sign in anew."""
    hashed = _hashed_from_stdin()
    with writing() as session:
        service.set_password(session, login, hashed, at=clock.now(), by=None)
    click.echo(f"new password for {login}")


def _hashed_from_stdin() -> str:
    typed = sys.stdin.readline().rstrip("\n")
    if len(typed) < service.PASSWORD_LEAST:
        raise Refused("staff.password_short", "password", least=service.PASSWORD_LEAST)
    return service.hash_password(typed)


@click.group()
def device() -> None:
    """Enrolled tablets."""


@device.command()
@click.argument("device_id", metavar="ID", type=click.UUID)
@in_app
def revoke(device_id: UUID) -> None:
    """Revoke tablet ID: it gets nothing more and takes away what it has; what it still sends is set aside."""
    with writing() as session:
        found = devices.revoke(session, device_id, by=None, at=clock.now())
        click.echo(f"revoked {found.id} {found.name}")
