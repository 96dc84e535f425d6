"""Settings from the environment only: paths, secrets, switches. Every default runs."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Settings:
    """What an installation may choose. ``instance`` is the folder of everything the portal writes."""

    instance: Path
    database_url: str
    storage_url: str
    secret_key: str
    bind: str
    public_url: str
    secure_cookies: bool

    @classmethod
    def from_environment(cls) -> "Settings":
        instance = Path(os.environ.get("PORTAL_INSTANCE", ROOT / "instance")).resolve()
        instance.mkdir(parents=True, exist_ok=True)
        bind = os.environ.get("PORTAL_BIND", "127.0.0.1:8000")
        public_url = os.environ.get("PORTAL_PUBLIC_URL", f"http://{bind}").rstrip("/")
        return cls(
            instance=instance,
            database_url=database_url(os.environ.get("PORTAL_DATABASE_URL", f"sqlite:///{instance / 'portal.sqlite'}")),
            storage_url=os.environ.get("PORTAL_STORAGE_URL", (instance / "blobs").as_uri()),
            secret_key=os.environ.get("PORTAL_SECRET_KEY") or kept_secret(instance / "secret-key"),
            bind=bind,
            public_url=public_url,
            secure_cookies=public_url.startswith("https:"),
        )


def database_url(given: str) -> str:
    """Name the driver we ship where the address leaves it open (``postgresql://`` and ``postgres://``)."""
    for prefix in ("postgres://", "postgresql://"):
        if given.startswith(prefix):
            return "postgresql+psycopg://" + given.removeprefix(prefix)
    return given


def kept_secret(path: Path) -> str:
    """The secret of this installation, made at the first start; exclusively, since web and jobs start at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    draft.touch(mode=0o600)
    draft.write_text(secrets.token_hex(32), encoding="ascii")
    try:
        # A hard link appears with its whole content or not at all, so no reader ever sees an empty key.
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_text(encoding="ascii").strip()
