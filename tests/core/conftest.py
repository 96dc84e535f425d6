from pathlib import Path

import pytest

from portal.core.documents.fonts import FACES, FontFiles, prepare_fonts


@pytest.fixture(scope="session")
def fonts() -> FontFiles:
    """The four faces, made once and kept beside the environment, where a running portal finds them too."""
    return prepare_fonts()


@pytest.fixture(scope="session")
def font_folder(fonts: FontFiles) -> Path:
    return fonts[FACES[0].name].parent
