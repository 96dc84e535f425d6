"""QR codes for paper."""

import base64
import io

QUIET_MODULES = 4
"""White modules on each side that a reader needs (ISO/IEC 18004, 6.3.8); they are part of the picture."""

PRINTED_MM = 33
"""Width at which templates print the picture: at every version that holds an address (2 and up, 25 modules or more) the
code itself, without its white edge, is then at least 25 mm wide."""


def qr_data_uri(address: str) -> str:
    """A PNG data URI of ``address`` at error correction level M (a smudge over 15 % of it may be read through).

    Raises ``ValueError`` when the address is longer than a code can hold (about 2,300 bytes).
    """
    import segno

    code = segno.make_qr(address, error="m", boost_error=False, version=max(2, _version(address)))
    out = io.BytesIO()
    code.save(out, kind="png", scale=8, border=QUIET_MODULES)
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode("ascii")


def _version(address: str) -> int:
    import segno

    return int(segno.make_qr(address, error="m", boost_error=False).version)
