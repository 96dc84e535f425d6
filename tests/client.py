"""A client that looks at every page it gets, as a careful colleague would."""

import re
from typing import Any
from uuid import UUID

import html5lib
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.core.db import db


class Page:
    """An HTML answer, parsed strictly: invalid HTML, doubled ids, missing labels and a wrong title fail the test."""

    def __init__(self, response: TestResponse, *, part: bool = False) -> None:
        self.response = response
        self.html = response.get_data(as_text=True)
        parser = html5lib.HTMLParser(strict=not part, namespaceHTMLElements=False)
        self.tree = parser.parseFragment(self.html) if part else parser.parse(self.html)
        self._check_ids()
        self._check_labels()
        if not part:
            self._check_head()

    def all(self, tag: str) -> list[Any]:
        return list(self.tree.iter(tag))

    def text(self, tag: str = "main") -> str:
        found = self.all(tag)
        assert found, f"no <{tag}> in the page"
        return " ".join(" ".join(e.itertext()) for e in found)

    @property
    def words(self) -> str:
        return re.sub(r"\s+", " ", self.text("body"))

    def links(self) -> list[str]:
        return [a.get("href") for a in self.all("a") if a.get("href")]

    def _check_ids(self) -> None:
        ids = [e.get("id") for e in self.tree.iter() if isinstance(e.tag, str) and e.get("id")]
        doubled = {i for i in ids if ids.count(i) > 1}
        assert not doubled, f"ids used twice: {doubled}"

    def _check_labels(self) -> None:
        labelled = {e.get("for") for e in self.all("label")}
        wrapped = {id(c) for e in self.all("label") for c in e.iter()}
        for tag in ("input", "select", "textarea"):
            for e in self.all(tag):
                if e.get("type") in ("hidden", "submit", "button"):
                    continue
                named = e.get("id") in labelled or id(e) in wrapped or e.get("aria-label") or e.get("aria-labelledby")
                assert named, f"<{tag} name={e.get('name')}> has no label"

    def _check_head(self) -> None:
        headings = self.all("h1")
        assert len(headings) == 1, f"{len(headings)} h1 in the page"
        title = "".join(self.all("title")[0].itertext()).strip()
        heading = re.sub(r"\s+", " ", "".join(headings[0].itertext())).strip()
        assert re.sub(r"\s+", " ", title).startswith(heading), f"title {title!r} does not begin with {heading!r}"
        assert not self.all("style") and not any(e.get("style") for e in self.tree.iter() if isinstance(e.tag, str)), (
            "inline style"
        )
        scripts = [s for s in self.all("script") if not s.get("src") and s.get("type") != "application/json"]
        assert not scripts, "inline script"


class PortalClient(FlaskClient):
    """Signed in without Argon2 by ``become``; carries the CSRF token as the page's script does."""

    csrf: str | None = None

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Each request in a context and database session of its own, as behind a real server."""
        db.session.rollback()  # the test's own reading ends here, so that it sees afterwards what the request did
        with self.application.app_context():
            return super().open(*args, **kwargs)

    def become(self, staff_id: UUID, session_number: int = 1, office_id: UUID | None = None) -> None:
        with self.session_transaction() as session:
            session["_user_id"] = f"{staff_id}:{session_number}"
            session["_fresh"] = True
            if office_id:
                session["office"] = str(office_id)
        self.csrf = None

    def page(self, address: str, *, status: int = 200, language: str | None = None, **kwargs: Any) -> Page:
        headers = dict(kwargs.pop("headers", {}))
        if language:
            headers["Accept-Language"] = language
        response = self.get(address, headers=headers, follow_redirects=kwargs.pop("follow_redirects", True), **kwargs)
        assert response.status_code == status, (response.status_code, response.get_data(as_text=True)[:500])
        return Page(response)

    def token(self) -> str:
        if self.csrf is None:
            html = self.get("/login", follow_redirects=True).get_data(as_text=True)
            found = re.search(r'(?:data-csrf="|name="csrf_token"[^>]*value=")([^"]+)', html)
            assert found, "no CSRF token to be found"
            self.csrf = found[1]
        return self.csrf

    def send(
        self, address: str, data: dict[str, Any] | None = None, *, status: int = 303, **kwargs: Any
    ) -> TestResponse:
        """Post a form as the browser does."""
        response = self.post(address, data={"csrf_token": self.token(), **(data or {})}, **kwargs)
        assert response.status_code == status, (response.status_code, response.get_data(as_text=True)[:800])
        return response
