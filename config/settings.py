"""Settings: secure by default, everything variable read from the environment.

README.md lists every variable. ``SITE_ORIGIN`` decides most of the rest: an https
origin switches on secure cookies, HSTS and the redirect to https; a plain http origin
is accepted for this machine only.
"""

import logging
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP
from django_prose_editor.config import html_tags
from environs import Env, validate
from js_asset import static_lazy

BASE_DIR = Path(__file__).resolve().parent.parent

env = Env()
env.read_env(BASE_DIR / ".env", recurse=False)

# --- Where we are -----------------------------------------------------------------

DEBUG = env.bool("DEBUG", False)
SECRET_KEY = env.str("SECRET_KEY")
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", [])
SITE_ORIGIN = env.str("SITE_ORIGIN", "http://localhost:8000").rstrip("/")
SITE_NAME = env.str("SITE_NAME", "Marginalia")
VAR_DIR = Path(env.str("VAR_DIR", str(BASE_DIR / "var")))

_origin = urlsplit(SITE_ORIGIN)
IS_HTTPS = _origin.scheme == "https"
IS_LOOPBACK = _origin.hostname in {"localhost", "127.0.0.1", "::1"}
if _origin.scheme not in {"http", "https"} or SITE_ORIGIN.count("/") != 2:
    raise ImproperlyConfigured(
        f"SITE_ORIGIN={SITE_ORIGIN} is no origin: give a scheme and a host and no "
        "more, such as https://news.example.org"
    )
if not IS_HTTPS and not IS_LOOPBACK:
    raise ImproperlyConfigured(
        f"SITE_ORIGIN={SITE_ORIGIN} would send readers' passwords and cookies "
        "unencrypted: give the https address the public uses."
    )

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", [_origin.hostname])
CSRF_TRUSTED_ORIGINS = [SITE_ORIGIN]

# --- The house --------------------------------------------------------------------

INSTALLED_APPS = [
    "comments",
    "articles",
    "accounts",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",  # allauth's MFA pages use it
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.facebook",
    "allauth.socialaccount.providers.google",
    "allauth.socialaccount.providers.twitter_oauth2",
    "django_prose_editor",
    "django_tasks_db",
]

MIDDLEWARE = [
    "accounts.middleware.HealthMiddleware",
    "comments.middleware.KeptPagesMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django_http_compression.middleware.HttpCompressionMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "accounts.middleware.PrivateUnlessAnonymousMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.SignInMiddleware",
    "comments.middleware.CommenterMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "articles.context_processors.site",
            ],
        },
    },
]

# --- Data -------------------------------------------------------------------------


def _tuned(database: dict, *, patience: int) -> dict:
    """The database with our limits: SQLite for many writers, PostgreSQL for the web.

    ``patience`` is how many seconds it may take to get a connection.
    """
    options = database.setdefault("OPTIONS", {})
    # To connect costs more than most of what is asked of a database.
    database["CONN_MAX_AGE"] = 600
    database["CONN_HEALTH_CHECKS"] = True  # it may have been away since
    if database["ENGINE"].endswith("sqlite3"):
        # IMMEDIATE: a transaction that reads before it writes would otherwise find the
        # database locked under concurrent posts, however long the timeout. The system
        # has the pages too, so that a small cache for each connection will do.
        database["ENGINE"] = "config.sqlite3"
        database["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;"
                "PRAGMA cache_size=-500;PRAGMA temp_store=MEMORY;"
            ),
        }
    elif database["ENGINE"].endswith("postgresql"):
        database["ENGINE"] = "config.postgresql"
        limits = [f"-c {name}={s}s" for name, s in DATABASE_LIMITS.items() if s]
        options["options"] = " ".join([options.get("options", ""), *limits]).strip()
        options.setdefault("connect_timeout", patience)
        options["prepare_threshold"] = 5 if DATABASE_PREPARE else None
        if DATABASE_POOL_SIZE:
            # A server that was away is asked when next needed, not after a long wait.
            waits = {"timeout": patience, "reconnect_timeout": patience}
            options["pool"] = {"min_size": 1, "max_size": DATABASE_POOL_SIZE} | waits
        if options.get("pool"):  # ours, or the address's; it keeps the connections
            database["CONN_MAX_AGE"] = 0
    return database


DATABASE_POOL_SIZE = env.int("DATABASE_POOL_SIZE", 0)  # connections of a process
DATABASE_PREPARE = env.bool("DATABASE_PREPARE", True)  # false for some poolers
DATABASE_LIMITS = {  # seconds; 0: PostgreSQL's own
    "statement_timeout": env.int("DATABASE_STATEMENT_TIMEOUT", 0),
    "lock_timeout": env.int("DATABASE_LOCK_TIMEOUT", 10),
    "idle_in_transaction_session_timeout": env.int("DATABASE_IDLE_TIMEOUT", 60),
}
DATABASES = {
    "default": _tuned(
        env.dj_db_url("DATABASE_URL", f"sqlite:///{VAR_DIR / 'db.sqlite3'}"),
        patience=env.int("DATABASE_CONNECT_TIMEOUT", 5),
    )
}
# What anonymous readers read may come from these; see accounts/replicas.py.
REPLICAS: list[str] = []
REPLICA_MAX_LAG = env.int("REPLICA_MAX_LAG", 10)  # seconds
_replica_urls: list[str] = env.list("REPLICA_URLS", [])
for _n, _url in enumerate(_replica_urls, 1):
    REPLICAS.append(f"replica{_n}")
    DATABASES[REPLICAS[-1]] = _tuned(
        {**dj_database_url.parse(_url), "TEST": {"MIRROR": "default"}}, patience=2
    )
if REPLICAS:
    DATABASE_ROUTERS = ["accounts.replicas.ReplicaRouter"]
    # Before pages are kept: with the versions of where they were read.
    MIDDLEWARE.insert(1, "accounts.replicas.ReplicaMiddleware")
    if any(not each["ENGINE"].endswith("postgresql") for each in DATABASES.values()):
        raise ImproperlyConfigured("REPLICA_URLS are for PostgreSQL alone.")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    # Shared by every process, because sign-in rate limits are counted in it.
    "default": env.dj_cache_url("CACHE_URL", "db://cache_entries"),
    "pages": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": VAR_DIR / "pages",
        "OPTIONS": {"MAX_ENTRIES": 2_000},
    },
}
PAGE_LOCKS_DIR: Path | None = VAR_DIR / "pages.locks"  # files cannot say who is first
if CACHES["default"]["BACKEND"].endswith("RedisCache"):
    CACHES["pages"] = CACHES["default"] | {"KEY_PREFIX": "pages"}
    PAGE_LOCKS_DIR = None

_TASKS_BACKENDS = {
    "database": "django_tasks_db.DatabaseBackend",
    "immediate": "django.tasks.backends.immediate.ImmediateBackend",
}
_tasks = env.str("TASKS_BACKEND", "database", validate=validate.OneOf(_TASKS_BACKENDS))
TASKS = {"default": {"BACKEND": _TASKS_BACKENDS[_tasks]}}

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = VAR_DIR / "media"


def _media_storage(url: str) -> dict:
    """Where pictures lie: on this disk, or in s3://bucket/prefix?endpoint=…&region=….

    The key and its secret come from the environment as for every S3 client.
    """
    if not url:
        return {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    place, options = urlsplit(url), parse_qs(urlsplit(url).query)
    if place.scheme != "s3" or not place.netloc:
        raise ImproperlyConfigured("MEDIA_STORAGE_URL is not like s3://bucket/prefix.")
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": place.netloc,
            "location": place.path.strip("/"),
            "endpoint_url": options.get("endpoint", [None])[0],
            "region_name": options.get("region", [None])[0],
            "file_overwrite": False,
        },
    }


STORAGES = {
    "default": _media_storage(env.str("MEDIA_STORAGE_URL", "")),
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# --- Mail -------------------------------------------------------------------------

_mail = env.dj_email_url("MAIL_URL", "smtp://localhost:25")
if "EMAIL_BACKEND" not in _mail:
    raise ImproperlyConfigured(
        "MAIL_URL begins with nothing that sends mail: smtp://, submission:// (with "
        "STARTTLS), smtps:// or console://"
    )
MAILERS = {
    "default": {
        "BACKEND": _mail["EMAIL_BACKEND"],
        "OPTIONS": {
            "host": _mail["EMAIL_HOST"],
            "port": _mail["EMAIL_PORT"],
            "username": _mail["EMAIL_HOST_USER"],
            "password": _mail["EMAIL_HOST_PASSWORD"],
            "use_tls": _mail["EMAIL_USE_TLS"],
            "use_ssl": _mail["EMAIL_USE_SSL"],
            "timeout": 10,
        }
        if _mail["EMAIL_BACKEND"].endswith("smtp.EmailBackend")
        else {},
    }
}
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", f"noreply@{_origin.hostname}")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- Words and hours --------------------------------------------------------------

LANGUAGE_CODE = env.str("LANGUAGE_CODE", "en")
TIME_ZONE = env.str("TIME_ZONE", "UTC")
USE_TZ = True

# --- Articles ---------------------------------------------------------------------

# Before publishing, ask other sites whether an article's links to them answer.
LINK_CHECKS = env.bool("LINK_CHECKS", True)

# A WebSub hub to tell of changed feeds, so that their readers need not ask.
WEBSUB_HUB = env.str("WEBSUB_HUB", "")
if WEBSUB_HUB and urlsplit(WEBSUB_HUB).scheme not in {"https", "http"}:
    raise ImproperlyConfigured("WEBSUB_HUB is not an https or http address.")

# --- Sign-in ----------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.AccountBackend"]
SESSION_ENGINE = "accounts.sessions"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "accounts:profile"
LOGOUT_REDIRECT_URL = "/"

ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # never in the way of a reply; see adapters.py
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_USER_DISPLAY = str  # the display name, where allauth would show the username
ACCOUNT_RATE_LIMITS = {"flag": "20/h/ip"}  # beside allauth's own for sign-in
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = IS_LOOPBACK and not IS_HTTPS

SOCIALACCOUNT_ADAPTER = "accounts.adapters.SocialAccountAdapter"
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_QUERY_EMAIL = False
SOCIALACCOUNT_REQUESTS_TIMEOUT = 5

# The local stand-in for the three services (`make demo`, the tests). It signs in
# whoever asks, so it is refused wherever the public could reach it.
SIGN_IN_SANDBOX = env.str("SIGN_IN_SANDBOX", "").rstrip("/")
if SIGN_IN_SANDBOX and (not IS_LOOPBACK or IS_HTTPS):
    raise ImproperlyConfigured(
        "SIGN_IN_SANDBOX signs in anybody as anybody: it works only where SITE_ORIGIN "
        "is a plain http address of this machine."
    )


def _provider(prefix: str, **options) -> dict:
    """A provider's allauth settings; without credentials it has no app, no button."""
    default = "sandbox" if SIGN_IN_SANDBOX else ""
    client_id = env.str(f"{prefix}_CLIENT_ID", default)
    secret = env.str(f"{prefix}_CLIENT_SECRET", default)
    apps = [{"client_id": client_id, "secret": secret, "key": ""}]
    return {"APPS": apps if client_id and secret else [], **options}


# allauth reads endpoint settings when it is imported. X has none: accounts/apps.py.
_sandbox_google = {
    "AUTHORIZE_URL": f"{SIGN_IN_SANDBOX}/google/authorize",
    "ACCESS_TOKEN_URL": f"{SIGN_IN_SANDBOX}/google/token",
    "IDENTITY_URL": f"{SIGN_IN_SANDBOX}/google/userinfo",
    "ID_TOKEN_ISSUER": SIGN_IN_SANDBOX,
}
_sandbox_facebook = {
    "AUTHORIZE_URL": f"{SIGN_IN_SANDBOX}/facebook/authorize",
    "GRAPH_API_URL": f"{SIGN_IN_SANDBOX}/facebook/graph",
}
SOCIALACCOUNT_PROVIDERS = {
    "google": _provider(
        "GOOGLE",
        SCOPE=["profile", "email"],
        OAUTH_PKCE_ENABLED=True,
        **(_sandbox_google if SIGN_IN_SANDBOX else {}),
    ),
    "twitter_oauth2": _provider(  # PKCE is always on
        "TWITTER",
        FIELDS=["id", "name", "username", "profile_image_url", "url", "entities"],
    ),
    "facebook": _provider(
        "FACEBOOK",
        SCOPE=["email"],
        # No PKCE: Facebook's token call is a GET, for which allauth sends no verifier.
        VERSION=env.str("FACEBOOK_GRAPH_VERSION", "v24.0"),
        FIELDS=["id", "email", "name", "picture.width(200)"],
        VERIFIED_EMAIL=False,
        **(_sandbox_facebook if SIGN_IN_SANDBOX else {}),
    ),
}
# What readers see on the buttons, in this order.
SIGN_IN_PROVIDERS = {
    "google": "Google",
    "twitter_oauth2": env.str("TWITTER_LABEL", "Twitter"),
    "facebook": "Facebook",
}
# The only hosts a provider's picture is ever fetched from.
PICTURE_HOSTS = [
    "lh3.googleusercontent.com",
    "pbs.twimg.com",
    "graph.facebook.com",
    "platform-lookaside.fbsbx.com",
    ".fbcdn.net",
]

# --- Comments ---------------------------------------------------------------------

COMMENT_MAX_LENGTH = env.int("COMMENT_MAX_LENGTH", 5_000)  # characters
COMMENT_EDIT_SECONDS = env.int("COMMENT_EDIT_SECONDS", 300)
COMMENT_CLOSE_DAYS = env.int("COMMENT_CLOSE_DAYS", 0)  # after publication; 0: never
COMMENT_FLOOD_SECONDS = env.int("COMMENT_FLOOD_SECONDS", 15)
COMMENT_HOLD_LINKS = env.int("COMMENT_HOLD_LINKS", 2)
# The screens' thresholds, where the admin has set none.
COMMENT_FIRST_COUNT = env.int("COMMENT_FIRST_COUNT", 1)  # published before, to pass
COMMENT_FLOOD_COUNT = env.int("COMMENT_FLOOD_COUNT", 10)  # in ten minutes
COMMENT_REPEAT_SIMILARITY = env.float("COMMENT_REPEAT_SIMILARITY", 0.5)
COMMENT_OFFENDER_RATE = env.float("COMMENT_OFFENDER_RATE", 0.3)  # of 3 or more
COMMENT_NEW_ACCOUNT_DAYS = env.int("COMMENT_NEW_ACCOUNT_DAYS", 0)  # 0: not looked at
COMMENT_TYPING_SECONDS = env.float("COMMENT_TYPING_SECONDS", 3)
COMMENT_SCORE = env.float("COMMENT_SCORE", 0.5)  # of an external scorer
# External scorers are off unless set up, and get the text alone unless told otherwise.
AKISMET_KEY = env.str("AKISMET_KEY", "")
AKISMET_URL = env.str("AKISMET_URL", "https://rest.akismet.com/1.1")
COMMENT_SCORERS: list[str] = env.list(
    "COMMENT_SCORERS", ["comments.spam.Akismet"] if AKISMET_KEY else []
)
COMMENT_SCORER_TIMEOUT = env.float("COMMENT_SCORER_TIMEOUT", 2)  # seconds
# Of address, agent, name and email.
COMMENT_SCORER_FIELDS: list[str] = env.list("COMMENT_SCORER_FIELDS", [])
COMMENT_DISPLAY_DEPTH = env.int("COMMENT_DISPLAY_DEPTH", 5)  # levels, roots are 1
COMMENT_THREADS_PER_PAGE = env.int("COMMENT_THREADS_PER_PAGE", 50)
COMMENT_REPLIES_PER_THREAD = env.int("COMMENT_REPLIES_PER_THREAD", 25)
COMMENT_ADDRESS_DAYS = env.int("COMMENT_ADDRESS_DAYS", 30)
COMMENT_HIDE_WEIGHT = env.float("COMMENT_HIDE_WEIGHT", 3.0)
COMMENT_RETURN_REPORTERS = env.int("COMMENT_RETURN_REPORTERS", 3)
COMMENT_SANCTION_MARK_DAYS = env.int("COMMENT_SANCTION_MARK_DAYS", 365)
COMMENT_APPEAL_DAYS = env.int("COMMENT_APPEAL_DAYS", 183)
MODERATION_TARGET_MINUTES = env.int("MODERATION_TARGET_MINUTES", 60)

# Our own parts of the article editor; articles/rendering.py says what it offers.
DJANGO_PROSE_EDITOR_EXTENSIONS = [
    {
        "js": [static_lazy("js/admin-editor.js")],
        "extensions": {
            "Note": html_tags(["small"]),
            "Pasted": html_tags([]),
            "Named": html_tags([]),
        },
    }
]

# --- Safety -----------------------------------------------------------------------

SESSION_COOKIE_NAME = "__Host-session" if IS_HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if IS_HTTPS else "csrf"
COMMENTER_COOKIE_NAME = "__Host-commenter" if IS_HTTPS else "commenter"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", 31_536_000) if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_HTTPS and env.bool(
    "HSTS_SUBDOMAINS", True
)
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if env.bool("TRUST_X_FORWARDED_PROTO", False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# How many proxies of ours stand in front: decides whose address a reader has.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", 0)
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1_000  # the admin's lists post a field per row
X_FRAME_OPTIONS = "DENY"

# The redirect to a provider follows our form's POST, so Chromium applies form-action
# to it: each provider's host has to stand here.
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "form-action": [
        CSP.SELF,
        "https://accounts.google.com",
        "https://x.com",
        "https://twitter.com",
        "https://www.facebook.com",
        "https://*.facebook.com",
        *([SIGN_IN_SANDBOX] if SIGN_IN_SANDBOX else []),
    ],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "class": "accounts.logs.PrivateFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "filters": {"brief": {"()": "accounts.logs.WithoutTraceback"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {
        "handlers": ["console"],
        "level": env.log_level("LOG_LEVEL", logging.INFO),
    },
    "loggers": {
        # At DEBUG it would write the providers' secrets, which stand in addresses.
        "urllib3": {"level": "INFO"},
        "django.security.DisallowedHost": {"filters": ["brief"]},
    },
}
