"""Small pictures by their first bytes: enough for who looks at types, and quick to make in any size."""

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(range(256)) * 12
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(200))
WEBP = b"RIFF\x24\x00\x00\x00WEBPVP8 " + bytes(range(100))


def jpeg(size: int, seed: int = 0) -> bytes:
    """A picture of exactly so many bytes; another seed, another picture."""
    body = (b"\xff\xd8\xff\xe0" + seed.to_bytes(8, "big") + bytes(range(256)) * (size // 256 + 1))[:size]
    assert len(body) == size
    return body
