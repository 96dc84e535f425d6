"""``portal serve``: the production server with the job worker beside it."""

import os
import signal
import subprocess
import sys

import click

from portal.config import ROOT, Settings
from portal.core.backup import holding


@click.command()
@click.option("--workers", default=2, show_default=True, help="Web processes.")
def serve(workers: int) -> None:
    """Serve on PORTAL_BIND and work jobs until stopped."""
    settings = Settings.from_environment()  # makes the secret before anything is forked
    with holding(settings.instance, by="serve"):
        sys.exit(run(settings, workers))


def run(settings: Settings, workers: int) -> int:
    """Web server and job worker until a signal; 0 when both ended as told."""
    jobs = subprocess.Popen([sys.executable, "-m", "portal.cli", "jobs", "work"], cwd=ROOT)
    web = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--preload", "--worker-class", "gthread", "--workers", str(workers),
         "--threads", "8", "--bind", settings.bind, "--access-logfile", "/dev/null", "--graceful-timeout", "20",
         "--worker-tmp-dir", "/dev/shm" if os.path.isdir("/dev/shm") else str(settings.instance),  # noqa: S108
         "--forwarded-allow-ips", "127.0.0.1", "wsgi:app"],
        cwd=ROOT,
    )  # fmt: skip

    def stop(*_: object) -> None:
        web.terminate()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    status = web.wait()
    jobs.terminate()
    jobs.wait(timeout=30)
    return 0 if status in (0, -signal.SIGTERM) else 1
