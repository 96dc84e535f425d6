"""``portal make-ca``: an office's own certificate authority, so that tablets on a LAN get HTTPS they can trust.

A service worker needs a trusted certificate; one that was merely clicked through has none.
"""

import ipaddress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

SERVER_DAYS = 397  # the longest that browsers accept
AUTHORITY_DAYS = 3_650


def _name(words: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, words)])


def _keep(path: Path, content: bytes, *, secret: bool = False) -> None:
    path.touch(mode=0o600 if secret else 0o644)
    path.write_bytes(content)


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _alternative(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def make_authority(folder: Path, hosts: list[str], *, at: datetime) -> None:
    """Write ``authority.crt`` and its key (kept if there), and a fresh ``server.crt`` and key for the hosts."""
    folder.mkdir(parents=True, exist_ok=True)
    authority_path, key_path = folder / "authority.crt", folder / "authority.key"
    if authority_path.exists():
        authority = x509.load_pem_x509_certificate(authority_path.read_bytes())
        loaded = serialization.load_pem_private_key(key_path.read_bytes(), None)
        assert isinstance(loaded, ec.EllipticCurvePrivateKey)
        key = loaded
    else:
        key = ec.generate_private_key(ec.SECP256R1())
        name = _name("Linli office authority")
        authority = (
            x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
            .serial_number(x509.random_serial_number()).not_valid_before(at - timedelta(hours=1))
            .not_valid_after(at + timedelta(days=AUTHORITY_DAYS))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(x509.KeyUsage(False, False, False, False, False, True, True, False, False), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .sign(key, hashes.SHA256())
        )  # fmt: skip
        _keep(key_path, _pem(key), secret=True)
        _keep(authority_path, authority.public_bytes(serialization.Encoding.PEM))
    server_key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        x509.CertificateBuilder().subject_name(_name(hosts[0])).issuer_name(authority.subject)
        .public_key(server_key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(hours=1)).not_valid_after(at + timedelta(days=SERVER_DAYS))
        .add_extension(x509.SubjectAlternativeName([_alternative(h) for h in hosts]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    _keep(folder / "server.key", _pem(server_key), secret=True)
    _keep(folder / "server.crt", certificate.public_bytes(serialization.Encoding.PEM))


@click.command("make-ca")
@click.argument("hosts", nargs=-1, required=True)
@click.option(
    "--folder", type=click.Path(file_okay=False, path_type=Path), default=Path("certificates"), show_default=True
)
def make_ca(hosts: tuple[str, ...], folder: Path) -> None:
    """Make an office authority and a server certificate for HOSTS (names or addresses)."""
    make_authority(folder, list(hosts), at=datetime.now(UTC))
    click.echo(f"{folder}/server.crt and server.key: for the web server in front of the portal")
    click.echo(f"{folder}/authority.crt: install it on each tablet as a trusted authority")
