from tests.core.conftest import fonts

__all__ = ["fonts"]
