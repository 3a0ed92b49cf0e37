"""The configuration folder is where platformdirs says it is, found without loading it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from platformdirs import user_config_path

from wsinspect.errors import EnvironmentProblem
from wsinspect.paths import config_folder, vendors_folder


@pytest.mark.parametrize(
    ("base", "home"), [(None, "/home/x"), ("/etc/x", "/home/x"), ("", "/home/x"), ("rel", "/home/x"), ("/etc/x", "")]
)
def test_the_configuration_folder(monkeypatch: pytest.MonkeyPatch, base: str | None, home: str) -> None:
    monkeypatch.setenv("HOME", home)
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    if base is not None:
        monkeypatch.setenv("XDG_CONFIG_HOME", base)
    assert config_folder() == user_config_path("wsinspect")
    assert vendors_folder() == config_folder() / "vendors"


def test_a_folder_is_not_made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    vendors_folder()
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="no HOME")
def test_nobody_has_no_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    import pwd

    def nobody(_: int) -> pwd.struct_passwd:
        raise KeyError

    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setattr(pwd, "getpwuid", nobody)
    with pytest.raises(EnvironmentProblem, match="there is no home folder"):
        config_folder()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere platformdirs decides")
def test_finding_it_does_not_load_platformdirs() -> None:
    script = "import sys, wsinspect.paths as p; p.vendors_folder(); assert 'platformdirs' not in sys.modules"
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)
