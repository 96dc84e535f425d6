"""The boards of a letter: its views stand on the blueprint of ``publishing.views``."""

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask_login import current_user
from werkzeug.wrappers import Response

from portal.core import access
from portal.publishing import posting
from portal.publishing.forms import PostForm, SeenForm
from portal.publishing.views import Seen, act, bp


@bp.post("/<uuid:publication_id>/postings")
@access.requires(posting.POST)
def put_up(publication_id: UUID) -> Response | tuple[str, int]:
    def do(f: Any, seen: Seen) -> None:
        local = f.put_up_at.data
        moment = local.replace(tzinfo=ZoneInfo(current_user.time_zone)) if local else None
        posting.put_up(publication_id, f.place.data or "", moment, by=seen["by"], at=seen["at"])

    return act(publication_id, PostForm(), do, tried="post", anchor="boards")


@bp.post("/<uuid:publication_id>/postings/<uuid:posting_id>/off")
@access.requires(posting.POST)
def take_off(publication_id: UUID, posting_id: UUID) -> Response | tuple[str, int]:
    return act(
        publication_id, SeenForm(),
        lambda f, seen: posting.take_off(publication_id, posting_id, by=seen["by"], at=seen["at"]),
        anchor="boards",
    )  # fmt: skip
