"""The one place where parts are wired."""

from datetime import timedelta

from flask import Flask, Response, render_template, request
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf.csrf import CSRFError, CSRFProtect
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

import portal.models  # noqa: F401  all tables are known before the first query
from portal.accounts import context, login
from portal.accounts import views as accounts_views
from portal.config import ROOT, Settings
from portal.core import access, i18n, pages
from portal.core.db import db, engine_options, migrate
from portal.core.documents import preparing
from portal.core.registry import MenuItem, Registry, SignoffKind
from portal.core.storage import store_at
from portal.desk import gallery_views, households, inbox_views
from portal.desk import help as handbook_views
from portal.desk.inbox import waiting_number
from portal.field import views as field_views
from portal.households import roster_import, roster_slices, roster_views
from portal.opinions import duties as opinion_duties
from portal.opinions import issue_views
from portal.opinions import views as opinion_views
from portal.public import views as public_views
from portal.publishing import (
    approval,
    posting_views,  # noqa: F401  its views stand on the blueprint of publishing.views
    printing,
    promise_views,
    recurring,
    release,
    waiting,
)
from portal.publishing import duties as publishing_duties
from portal.publishing import views as letter_views
from portal.signoff.steps import rearrange
from portal.statistics import report as statistics_report
from portal.statistics import views as figures_views
from portal.surveys import answered
from portal.surveys import field_views as survey_field_views  # noqa: F401  its views stand on the blueprint of surveys.views
from portal.surveys import views as surveys_views
from portal.sync import duties as sync_duties
from portal.sync import envelope as sync_envelope
from portal.sync import limits, reexamine, tablet_views
from portal.sync import office_views as sync_office_views
from portal.sync import views as sync_views
from portal.visits import plan_views
from portal.visits import views as visits_views
from portal.visits.origin import origin_of
from portal.visits.signing import VISIT_RECORDS

csrf = CSRFProtect()


def create_app(settings: Settings | None = None) -> Flask:
    """The application for one installation."""
    settings = settings or Settings.from_environment()
    app = Flask("portal", root_path=str(ROOT), static_folder=None, template_folder=str(ROOT / "templates"))
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database_url),
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=12),
        WTF_CSRF_TIME_LIMIT=None,
        MAX_CONTENT_LENGTH=72 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        PORTAL=settings,
    )
    app.jinja_env.add_extension("jinja2.ext.do")
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.extensions["registry"] = wire(Registry())
    app.extensions["store"] = store_at(settings.storage_url)
    db.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"), render_as_batch=True, compare_type=True)
    csrf.init_app(app)
    login.setup(app)
    context.setup(app)
    i18n.setup(app)
    pages.setup(app)
    app.jinja_env.globals["shows_hint"] = handbook_views.shows_hint
    sync_envelope.setup(app)
    _errors(app)
    _blueprints(app)
    missing = access.views_without_access(app)
    if missing:
        raise RuntimeError(f"These views do not say who may open them: {', '.join(missing)}")
    return app


def wire(registry: Registry) -> Registry:
    """What lower features know of higher ones."""
    registry.jobs[roster_import.KIND] = roster_slices.import_slice
    registry.menu += [
        MenuItem("inbox.index", _l("Inbox"), "desk:inbox:read", 10, lambda: waiting_number(db.session(), current_user)),
        MenuItem("households.index", _l("Households"), "households:household:read", 20),
        MenuItem("rosters.index", _l("Rosters"), roster_views.IMPORT, 70),
        MenuItem("visits.index", _l("Visits"), "visits:visit:read", 30),
        MenuItem("plans.index", _l("Plan of the day"), "visits:plan:make", 35),
        MenuItem("opinions.index", _l("Opinions"), "opinions:opinion:read", 40),
        MenuItem("publishing.index", _l("Letters"), "publishing:publication:read", 60),
        MenuItem("promises.index", _l("Promises"), "publishing:commitment:read", 62),
        MenuItem("opinions.mine", _l("My measures"), "opinions:measure:own", 5),
        MenuItem("sync_office.index", _l("Records to be looked at"), "sync:quarantine:decide", 80),
        MenuItem("tablets.index", _l("Tablets"), "accounts:device:revoke", 85),
        MenuItem("surveys.index", _l("Surveys"), "surveys:campaign:read", 50),
        MenuItem("figures.index", _l("Figures"), "statistics:figure:read", 55),
    ]
    registry.duties += [*opinion_duties.DUTIES, *publishing_duties.DUTIES, *sync_duties.DUTIES]
    registry.jobs[reexamine.KIND] = reexamine.work
    registry.jobs[limits.SWEEP] = limits.sweep
    for event in ("core:schema:upgraded", "core:form:published"):
        registry.reactions.setdefault(event, []).append(reexamine.ask)
    registry.jobs[preparing.KIND] = preparing.prepare_slice
    registry.jobs[statistics_report.KIND] = statistics_report.report_slice
    registry.signoff["visit"] = VISIT_RECORDS
    registry.origins.append(origin_of)
    registry.reactions.setdefault("accounts:role:changed", []).append(rearrange)
    letters = SignoffKind(describe=waiting.describe, moved=approval.moved)
    registry.signoff |= {"open_letter": letters, "response_notice": letters}
    registry.jobs[release.PDF_JOB] = printing.make_pdf
    registry.jobs[recurring.KIND] = recurring.recur
    registry.standing.append(recurring.KIND)
    registry.reactions.setdefault(release.PUBLISHED, []).append(answered.note_letter)
    return registry


def _blueprints(app: Flask) -> None:
    app.register_blueprint(accounts_views.bp)
    app.register_blueprint(sync_views.bp)
    app.register_blueprint(sync_office_views.bp)
    app.register_blueprint(tablet_views.bp)
    csrf.exempt(sync_views.bp)
    app.register_blueprint(preparing.bp)
    app.register_blueprint(inbox_views.bp)
    app.register_blueprint(households.bp)
    app.register_blueprint(gallery_views.bp)
    app.register_blueprint(handbook_views.bp)
    app.register_blueprint(roster_views.bp)
    app.register_blueprint(visits_views.bp)
    app.register_blueprint(plan_views.bp)
    app.register_blueprint(field_views.bp)
    app.register_blueprint(opinion_views.bp)
    app.register_blueprint(issue_views.bp)
    app.register_blueprint(letter_views.bp)
    app.register_blueprint(promise_views.bp)
    app.register_blueprint(public_views.bp)
    app.register_blueprint(surveys_views.bp)
    app.register_blueprint(figures_views.bp)

    @app.get("/healthz")
    @access.anyone("says only that the server answers")
    def healthz() -> tuple[str, int, dict[str, str]]:
        return "ok\n", 200, {"Content-Type": "text/plain; charset=utf-8"}


ERRORS = {
    400: (_l("This request could not be read"), _l("Please go back, reload the page and try again. What you typed is still in the form.")),
    403: (_l("You may not open this page"), _l("Your role does not include it. If you need it, ask your supervisor or the administrator.")),
    404: (_l("This page does not exist"), _l("The address may be wrong, or the record belongs to another office. Go back, or start from the first page.")),
    405: (_l("This address cannot be used that way"), _l("Please go back and use the buttons of the page.")),
    409: (_l("Somebody else was faster"), _l("This record has changed since you opened it. Reload the page to see how it stands now.")),
    413: (_l("This is too large"), _l("Please choose a smaller file.")),
    500: (_l("Something went wrong on our side"), _l("It was recorded. Please try again in a minute; nothing you saved before is lost.")),
    503: (_l("The portal is busy just now"), _l("Please try again in a few seconds.")),
}  # fmt: skip


def _errors(app: Flask) -> None:
    @app.errorhandler(HTTPException)
    def _http(problem: HTTPException) -> Response | HTTPException | tuple[str, int]:
        code = problem.code or 500
        if sync_envelope.concerns(request.path) and code >= 400:
            return sync_envelope.failed(problem)
        if code < 400 or request.path.startswith("/static/"):
            return problem
        title, advice = ERRORS.get(code, ERRORS[500 if code >= 500 else 400])
        if request.path.startswith("/field/"):
            return field_views.missing(code)
        return render_template("errors/error.html", title=title, advice=advice, code=code), code

    @app.errorhandler(CSRFError)
    def _csrf(problem: CSRFError) -> tuple[str, int]:
        title, _ = ERRORS[400]
        advice = _l("This page was open for too long, or cookies are switched off. Please reload it and send it again.")
        return render_template("errors/error.html", title=title, advice=advice, code=400), 400

    @app.errorhandler(OperationalError)
    @app.errorhandler(PoolTimeout)
    def _busy(problem: OperationalError | PoolTimeout) -> Response | tuple[str, int, dict[str, str]]:
        app.logger.error("database: %s", type(getattr(problem, "orig", problem)).__name__)
        db.session.rollback()
        if sync_envelope.concerns(request.path):
            return sync_envelope.busy()
        title, advice = ERRORS[503]
        return render_template("errors/error.html", title=title, advice=advice, code=503), 503, {"Retry-After": "5"}


__all__ = ["MenuItem", "create_app", "csrf", "wire"]
