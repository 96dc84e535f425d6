"""What every desk page's frame shows: menu, office, names of roles, text size."""

from collections.abc import Sequence

from flask import Flask, request
from flask_login import current_user
from sqlalchemy import select

from portal.accounts.models import Office
from portal.core.db import db
from portal.core.labels import label
from portal.core.messages import sentence
from portal.core.registry import MenuItem, registry
from portal.domain.masking import masked_phone

TEXT_SIZES = ("normal", "large", "largest")
THEMES = ("auto", "light", "dark")


def menu() -> list[MenuItem]:
    """The menu lines this person may open, in order."""
    if not current_user.is_authenticated:
        return []
    items = [item for item in registry().menu if current_user.may(item.permission)]
    return sorted(items, key=lambda item: item.position)


def current_office() -> Office | None:
    office_id = getattr(current_user, "office_id", None)
    return db.session.get(Office, office_id) if office_id else None


def my_offices() -> Sequence[Office]:
    return db.session.scalars(
        select(Office).where(Office.id.in_(current_user.offices)).order_by(Office.name_hans)
    ).all()


def text_size() -> str:
    """normal, large or largest: the person's, else the cookie's."""
    size = getattr(current_user, "text_size", None) or request.cookies.get("text_size", "normal")
    return size if size in TEXT_SIZES else "normal"


def theme() -> str:
    """light or dark where this device chose one, else auto: as the device itself is set."""
    chosen = request.cookies.get("theme", "auto")
    return chosen if chosen in THEMES else "auto"


def setup(app: Flask) -> None:
    app.jinja_env.globals |= {
        "menu": menu,
        "current_office": current_office,
        "my_offices": my_offices,
        "text_size": text_size,
        "theme": theme,
        "label": label,
        "masked_phone": masked_phone,
        "sentence": sentence,
        "role_name": lambda slug: label("role", slug),
    }
