"""No test here reads the vendor files of whoever runs it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from wsinspect.codes.vendors import known


@pytest.fixture(autouse=True, scope="session")
def _no_files_of_the_user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("config")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CONFIG_HOME", str(folder))
        known.cache_clear()
        yield folder
    known.cache_clear()
