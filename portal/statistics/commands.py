"""``portal survey figures``: the figures of every drawn survey, for a terminal or for another program."""

import json
from typing import Any

import click
from sqlalchemy import select

from portal.core.commands import in_app
from portal.core.db import db
from portal.domain.satisfaction import Rate
from portal.statistics.service import CampaignFigures, campaign_figures
from portal.surveys.models import Campaign


@click.group()
def survey() -> None:
    """Satisfaction surveys."""


@survey.command()
@click.option("--title", default="", help="Only surveys whose title holds this.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document for another program.")
@in_app
def figures(title: str, as_json: bool) -> None:
    """Rates with numerator, denominator and 95 % interval, newest survey first."""
    session = db.session()
    campaigns = session.scalars(
        select(Campaign)
        .where(Campaign.drawn_at.is_not(None), Campaign.title.contains(title, autoescape=True))
        .order_by(Campaign.frame_day.desc(), Campaign.id)
    ).all()
    if title and not campaigns:
        raise click.ClickException(f"no drawn survey has {title!r} in its title")
    told = [_plain(campaign_figures(session, campaign)) for campaign in campaigns]
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    for one in told:
        click.echo(f"{one['title']}  {one['frame_day']}  {one['status']}")
        for name in ("issue_rate", "recovery_rate", "valid_rate", "rr1"):
            click.echo(f"  {name:20} {_line(one[name])}")
        for item in one["items"]:
            click.echo(f"  {item['item']:20} {_line(item['rate'])}  index {item['index']}  {item['verdict'] or ''}")


def _plain(found: CampaignFigures) -> dict[str, Any]:
    returns = found.returns
    return {
        "campaign": str(found.campaign.id), "title": found.campaign.title, "status": found.campaign.status,
        "frame_day": found.campaign.frame_day.isoformat(), "issue_rate": _rate(returns.issue_rate),
        "recovery_rate": _rate(returns.recovery_rate), "valid_rate": _rate(returns.valid_rate),
        "rr1": _rate(found.outcome["RR1"]), "reading": found.reading.value, "target": found.target,
        "items": [
            {
                "item": f.item.key, "rate": _rate(f.rate), "index": float(f.index) if f.index is not None else None,
                "verdict": f.verdict, "no_opinion": f.count.no_opinion, "grades": dict(f.count.grades),
            }
            for f in found.items
        ],
    }  # fmt: skip


def _rate(rate: Rate | None) -> dict[str, Any] | None:
    if rate is None:
        return None
    return {
        "numerator": int(rate.numerator), "denominator": int(rate.denominator), "value": rate.value, "low": rate.low,
        "high": rate.high, "estimate": rate.estimate,
    }  # fmt: skip


def _line(rate: dict[str, Any] | None) -> str:
    if rate is None or rate["value"] is None:
        return "-"
    line = f"{rate['value']:.1%} ({rate['numerator']}/{rate['denominator']})"
    return f"{line} {rate['low']:.1%}-{rate['high']:.1%}" if rate["low"] is not None else line
