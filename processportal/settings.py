"""Settings, all from the environment; the defaults run the portal on one machine with nothing installed."""

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from processportal import logs
from processportal.schedule import SCHEDULE

ROOT = Path(__file__).resolve().parent.parent
env = environ.Env()
TESTING = "pytest" in sys.modules


def _variable_folder() -> Path:
    """Where the portal keeps its files; each test process has its own, gone when it ends."""
    if TESTING and "PORTAL_VAR" not in os.environ:
        folder = tempfile.mkdtemp(prefix="portal-test-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        return Path(folder)
    return Path(env.str("PORTAL_VAR", default=str(ROOT / "var")))


VAR = _variable_folder()
VAR.mkdir(parents=True, exist_ok=True)
DEBUG = env.bool("DEBUG", default=False)
# One click on a demo account at the login page: needs this setting, the fact in the database and a loopback bind.
DEMO_LOGIN = env.bool("DEMO_LOGIN", default=False)
BIND = env.str("PORTAL_BIND", default="127.0.0.1:8000")
STYLEGUIDE = env.bool("STYLEGUIDE", default=DEBUG or TESTING)


def _secret_key() -> str:
    """From the environment; else a random one made once and kept in the variable folder, readable by its owner only."""
    given: str = env.str("SECRET_KEY", default="")
    if given:
        return given
    path = VAR / "secret_key"
    if not path.exists():
        handle = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
        os.write(handle, os.urandom(48).hex().encode())
        os.close(handle)
    return path.read_text()


SECRET_KEY = _secret_key()
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]", "testserver"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
PORTAL_URL = env.str("PORTAL_URL", default=f"http://{BIND}")

INSTALLED_APPS = [
    "processportal.apps.ProcessPortalConfig",
    "processportal.copies.apps.CopiesConfig",
    "processportal.audit_pack.apps.AuditPackConfig",
    "improvement",
    "approvals",
    "training",
    "kpis",
    "processes",
    "worklist",
    "organization",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_celery_beat",
    "django_htmx",
    "django_structlog",
    "guardian",
    "simple_history",
    "template_partials",
    "tree_queries",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "processportal.errors.heard_out",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "processportal.middleware.language",
    "processportal.middleware.company_time",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "processportal.middleware.session_ends",
    "processportal.middleware.last_seen",
    "processportal.middleware.own_password_first",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "processportal.middleware.actor",
    "processportal.middleware.reads_only",
    "axes.middleware.AxesMiddleware",
    "processportal.errors.no_zero_bytes",
]

ROOT_URLCONF = "processportal.urls"
WSGI_APPLICATION = "processportal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "processportal.context.portal",
            ],
            "builtins": ["template_partials.templatetags.partials"],
        },
    }
]

DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{VAR / 'db.sqlite3'}")}
DATABASE = DATABASES["default"]
if DATABASE["ENGINE"].endswith("sqlite3"):
    DATABASE["ENGINE"] = "processportal.sqlite3"
    DATABASE["OPTIONS"] = {
        "timeout": 60,  # seconds that a writer waits for another: a table of 10,000 rows is brought in within half of it
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA foreign_keys=ON;PRAGMA recursive_triggers=ON;",
    }
    DATABASE["TEST"] = {"NAME": str(VAR / "test.sqlite3")}  # a file, which the threads of a live server see as well
else:
    DATABASE["OPTIONS"] = {"options": "-c lock_timeout=10000 -c statement_timeout=60000 -c jit=off"}
DATABASE["CONN_MAX_AGE"] = None if not TESTING else 0
DATABASE["CONN_HEALTH_CHECKS"] = True
DATABASE["ATOMIC_REQUESTS"] = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "organization.Person"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator", "OPTIONS": {"user_attributes": ("login", "name")}},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "login"
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "processportal.accounts.AccountAdapter"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Process Portal"
MFA_WEBAUTHN_USER_VERIFICATION = "required"  # finger, face or PIN: a key that was found or borrowed signs nothing
# After a signature the next ones ask for one component only, until nothing was signed for so long (minutes).
SIGNING_IDLE_MINUTES = env.int("SIGNING_IDLE_MINUTES", default=15)

AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "login"
AXES_USERNAME_CALLABLE = "processportal.accounts.counted_login"
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "account/locked.html"
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

GUARDIAN_MONKEY_PATCH_USER = False
ANONYMOUS_USER_NAME = None
SIMPLE_HISTORY_HISTORY_CHANGE_REASON_USE_TEXT_FIELD = True
SIMPLE_HISTORY_ENABLED = True

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [ROOT / "locale"]
USE_I18N = True
FORMAT_MODULE_PATH = ["processportal.formats"]
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "static/"
STATIC_ROOT = VAR / "static"
STATIC_ROOT.mkdir(exist_ok=True)  # whitenoise warns where it is missing, and warnings are errors
STATICFILES_DIRS = [ROOT / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING or DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = TESTING or DEBUG
WHITENOISE_AUTOREFRESH = DEBUG
MEDIA_ROOT = VAR / "media"
MAX_TYPED_BYTES = 2_000_000  # one request of typed text; a 10-MB paste is refused with a sentence before it is read
MAX_FILE_BYTES = 5_000_000
DATA_UPLOAD_MAX_MEMORY_SIZE = MAX_TYPED_BYTES
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000  # two for each change of a version that says much anew
DATA_UPLOAD_MAX_NUMBER_FILES = 500  # the form says from which number on they are too many
FILE_UPLOAD_PERMISSIONS = 0o640

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
# Behind TLS (production): HTTPS=1. On one machine over http the cookies could not be set otherwise.
HTTPS = env.bool("HTTPS", default=False)
SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
if env.bool("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_HTTPONLY = True
SESSION_ENGINE = "organization.sessions"
SESSION_HOURS = env.int("SESSION_HOURS", default=12)  # then everybody signs in again
SESSION_IDLE_MINUTES = env.int("SESSION_IDLE_MINUTES", default=120)
SESSION_COOKIE_AGE = 60 * 60 * SESSION_HOURS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrftoken" if HTTPS else "csrftoken"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "processportal.errors.csrf_failed"
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]  # has no guardian backend on purpose: it holds exceptions, see docs/architecture.md

CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default="filesystem://localhost//")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TIMEZONE = "UTC"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_ALWAYS_EAGER = False
CELERY_TASK_DEFAULT_QUEUE = env.str("CELERY_QUEUE", default="portal")
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_BEAT_SCHEDULE = SCHEDULE
# A broker that is down must not hold up whoever clicks: the outbox keeps what was to be woken, and the sweeper tries again.
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {"max_retries": 1, "interval_start": 0, "socket_connect_timeout": 2}
if CELERY_BROKER_URL.startswith("filesystem"):
    QUEUE = VAR / "queue"
    for folder in ("messages", "control"):
        (QUEUE / folder).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS |= {
        "data_folder_in": str(QUEUE / "messages"),
        "data_folder_out": str(QUEUE / "messages"),
        "control_folder": str(QUEUE / "control"),
        "store_processed": False,
        "polling_interval": 0.2,
    }
    # The filesystem transport keeps no shared channel for the workers' remote control.
    CELERY_WORKER_ENABLE_REMOTE_CONTROL = False

EMAIL_CONFIG = env.email("EMAIL_URL", default=f"filemail:///{VAR / 'mail'}")
EMAIL_BACKEND = EMAIL_CONFIG["EMAIL_BACKEND"]
EMAIL_FILE_PATH = str(VAR / "mail")
EMAIL_HOST = EMAIL_CONFIG.get("EMAIL_HOST", "")
EMAIL_PORT = EMAIL_CONFIG.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = EMAIL_CONFIG.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = EMAIL_CONFIG.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = EMAIL_CONFIG.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = EMAIL_CONFIG.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 15
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Process Portal <portal@localhost>")

# Folders with further fonts for documents on paper, beside those of the system: Chinese and other scripts where the system has none.
FONT_FOLDERS = [folder for folder in env.list("FONT_FOLDERS", default=[]) if folder]

# Hosts outside the portal that webhooks may call, such as a chat robot's; none where nothing is set.
WEBHOOK_HOSTS = [host for host in env.list("WEBHOOK_HOSTS", default=[]) if host]

# The system's `dot` or another Graphviz; empty means the one in the wheel.
DOT_BINARY = env.str("DOT_BINARY", default="")

# Hosts (maybe with a port) from which absence calendars are read, over https alone; without any, no calendar can be added.
ABSENCE_FEED_HOSTS = env.list("ABSENCE_FEED_HOSTS", default=[])
ABSENCE_FEED_SCHEMES = ("https",)

LOG_LEVEL = env.str("LOG_LEVEL", default="WARNING")
LOGGING = logs.to_console(LOG_LEVEL)
logs.structured()
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
