"""Settings from the environment: the secret key, and what HTTPS changes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHOW = "import json, sys; from processportal import settings as s; print(json.dumps({n: getattr(s, n) for n in sys.argv[1:]}))"


def settings(folder: Path, *names: str, **environment: str) -> dict[str, object]:
    """These settings as a fresh process with these variables has them."""
    bare = {"PATH": os.environ["PATH"], "PORTAL_VAR": str(folder)} | environment
    shown = subprocess.run([sys.executable, "-c", SHOW, *names], cwd=ROOT, env=bare, capture_output=True, text=True, check=True)
    found: dict[str, object] = json.loads(shown.stdout)
    return found


def test_a_secret_key_is_made_once_and_read_by_its_owner_only(tmp_path: Path) -> None:
    first = settings(tmp_path, "SECRET_KEY")
    assert len(str(first["SECRET_KEY"])) == 96
    assert settings(tmp_path, "SECRET_KEY") == first
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
    assert settings(tmp_path / "other", "SECRET_KEY") != first


def test_a_given_secret_key_is_taken_and_not_written_down(tmp_path: Path) -> None:
    assert settings(tmp_path, "SECRET_KEY", SECRET_KEY="given") == {"SECRET_KEY": "given"}
    assert not (tmp_path / "secret_key").exists()


NAMES = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "DEBUG")


@pytest.mark.parametrize(
    ("https", "values"),
    [("0", [False, False, False, "session", "csrftoken", False]), ("1", [True, True, True, "__Host-session", "__Host-csrftoken", False])],
)
def test_https_makes_cookies_secure_and_bound_to_the_host(tmp_path: Path, https: str, values: list[object]) -> None:
    assert list(settings(tmp_path, *NAMES, HTTPS=https).values()) == values


def test_the_header_of_a_proxy_is_believed_only_behind_one(tmp_path: Path) -> None:
    assert settings(tmp_path, "SECURE_PROXY_SSL_HEADER", BEHIND_PROXY="1") == {
        "SECURE_PROXY_SSL_HEADER": ["HTTP_X_FORWARDED_PROTO", "https"]
    }
    with pytest.raises(subprocess.CalledProcessError):
        settings(tmp_path, "SECURE_PROXY_SSL_HEADER")


def test_one_click_sign_in_is_off_unless_it_is_asked_for(tmp_path: Path) -> None:
    assert settings(tmp_path, "DEMO_LOGIN") == {"DEMO_LOGIN": False}
