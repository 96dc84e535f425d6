"""The command line: ``portal …``. Exit status 0 only when all that was asked was done."""

import sys
from typing import Any

import click


class _Lazy(click.Group):
    """Commands by name and the module that holds each, so that one command does not load what another needs."""

    MODULES = {
        "backup": ("portal.core.backup_commands", "backup"),
        "restore": ("portal.core.backup_commands", "restore"),
        "demo": ("portal.demo.command", "demo"),
        "make-ca": ("portal.core.certificates", "make_ca"),
        "db-upgrade": ("portal.core.database_commands", "upgrade"),
        "device": ("portal.accounts.commands", "device"),
        "init": ("portal.accounts.commands", "init"),
        "script": ("portal.core.script_command", "script_cli"),
        "staff": ("portal.accounts.commands", "staff"),
        "survey": ("portal.statistics.commands", "survey"),
        "import-roster": ("portal.households.commands", "import_roster"),
        "serve": ("portal.core.serve", "serve"),
        "ledger": ("portal.signoff.commands", "ledger"),
        "jobs": ("portal.core.job_commands", "jobs"),
    }

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(self.MODULES)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in self.MODULES:
            return None
        module, attribute = self.MODULES[name]
        found: click.Command = getattr(__import__(module, fromlist=[attribute]), attribute)
        return found


@click.command(cls=_Lazy)
@click.version_option(package_name="linli")
def cli() -> None:
    """Linli: the portal of a property-management office."""


def _app() -> Any:
    from portal.app import create_app

    return create_app()


def main(arguments: list[str] | None = None) -> Any:
    """Entry point; a refusal is told in words on standard error."""
    from portal.domain.refusals import Refused

    try:
        return cli.main(arguments, prog_name="portal", standalone_mode=False, obj=_app)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.ClickException as problem:
        problem.show()
        sys.exit(problem.exit_code)
    except click.Abort:
        sys.exit(130)
    except Refused as why:
        click.echo(refusal(why), err=True)
        sys.exit(1)


def refusal(why: Any) -> str:
    """The sentence of a refusal in English, for a terminal."""
    from portal.core.messages import WORDS

    try:
        return str(getattr(WORDS.get(why.code), "_args", [why.code])[0]) % why.params
    except (KeyError, TypeError, ValueError):
        return f"{why.code} {why.params}"


if __name__ == "__main__":
    main()
