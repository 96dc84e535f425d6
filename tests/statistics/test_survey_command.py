"""``portal survey figures``."""

import json

import pytest
from flask import Flask

from portal.cli import cli
from tests.factories import Estate
from tests.statistics.test_figures import answered
from tests.surveys.surveying import campaign_of


def run(app: Flask, *arguments: str) -> None:
    cli.main(["survey", "figures", *arguments], standalone_mode=False, obj=lambda: app)


def test_the_command_tells_every_rate_with_its_sum(
    app: Flask, estate: Estate, capsys: pytest.CaptureFixture[str]
) -> None:
    answered(estate, campaign_of(estate, target=85))
    run(app)
    told = capsys.readouterr().out
    assert "recovery_rate        83.3% (10/12)" in told
    assert "overall              60.0% (6/10)" in told and "missed" in told


def test_another_program_reads_json(app: Flask, estate: Estate, capsys: pytest.CaptureFixture[str]) -> None:
    answered(estate, campaign_of(estate))
    run(app, "--json")
    (one,) = json.loads(capsys.readouterr().out)
    overall = one["items"][-1]
    assert (overall["rate"]["numerator"], overall["rate"]["denominator"]) == (6, 10)
    assert one["rr1"]["denominator"] == 12


def test_a_title_that_no_survey_has_is_an_error(app: Flask, estate: Estate) -> None:
    import click

    campaign_of(estate)
    with pytest.raises(click.ClickException):
        run(app, "--title", "没有这个")
