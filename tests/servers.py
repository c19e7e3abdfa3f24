"""Real servers on the loopback: the shipped nginx and gunicorn, as deploy/ says, and
PostgreSQL with a replica.

Everything that is theirs lies in one folder and ends with the ``with`` block.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parent.parent
ARTICLE = "/2018/02/05/cambodia-and-japan-relations-after-65-years/"
SOCKET = "server unix:/run/marginalia/web.sock;"  # in the shipped nginx.conf
MIME_TYPES = "/etc/nginx/mime.types"
BROTLI = Path("/usr/lib/nginx/modules/ngx_http_brotli_static_module.so")


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def site(folder: Path, origin: str, **environment: str) -> dict[str, str]:
    """The environment of a site of its own, which lies in ``folder``."""
    return {
        "PATH": os.environ["PATH"],
        "SECRET_KEY": "a key for servers that stand for one test alone, 0123456789",
        "SITE_ORIGIN": origin,
        "VAR_DIR": str(folder / "var"),
        "TASKS_BACKEND": "immediate",
        "MAIL_URL": "dummy://",
        "LOG_LEVEL": "WARNING",
        "TRUSTED_PROXY_COUNT": "1",
        "TRUST_X_FORWARDED_PROTO": "true",
        "COMMENT_FLOOD_SECONDS": "0",
        **environment,
    }


def manage(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def command(*arguments: str, **environment: str) -> subprocess.Popen:
    """One of manage.py's under the real settings, not the tests', as it goes on."""
    told = {"SECRET_KEY": "x" * 50, "PATH": os.environ["PATH"], **environment}
    return subprocess.Popen(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=told | {"DJANGO_SETTINGS_MODULE": "config.settings"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def collect_static(folder: Path) -> Path:
    """The static files as production has them, in ``folder``; where they lie."""
    environment = site(folder, "http://localhost")
    manage(environment, "collectstatic", "--no-input", "--verbosity", "0")
    return folder / "var/static"


def prepare(environment: dict[str, str], static: Path) -> None:
    """The demonstration's articles and discussion, beside static files made before."""
    var = Path(environment["VAR_DIR"])
    var.mkdir(parents=True, exist_ok=True)
    (var / "static").symlink_to(static)
    manage(environment, "migrate", "--verbosity", "0")
    manage(environment, "createcachetable")
    manage(environment, "load_demo")


@contextmanager
def running(command: list[str], *, log: Path, is_ready, **options):
    """A server until the block ends; what it said is shown where it does not start."""
    with log.open("w") as said:
        server = subprocess.Popen(
            command, stdout=said, stderr=subprocess.STDOUT, cwd=ROOT, **options
        )
    try:
        deadline = time.monotonic() + 30
        while not is_ready():
            assert server.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
        yield server
    finally:
        server.terminate()
        server.wait(40)


def eventually(look, wanted=True) -> None:
    """Until ``look`` finds what is wanted; fails where that takes ten seconds."""
    deadline = time.monotonic() + 10
    while (found := look()) != wanted and time.monotonic() < deadline:
        time.sleep(0.02)
    assert found == wanted


def listens(port: int) -> bool:
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", port)) == 0


def gunicorn(environment: dict[str, str], *, bind: str, log: Path):
    """The application; its access log is ``log`` with .access at the end."""
    path = bind.removeprefix("unix:")
    is_ready = (
        (lambda: os.path.exists(path))
        if path != bind
        else (lambda: listens(int(bind.rpartition(":")[2])))
    )
    told = {"WEB_BIND": bind, "WEB_ACCESS_LOG": f"{log}.access"}
    server = Path(sys.executable).with_name("gunicorn")
    command = [str(server), "-c", "deploy/gunicorn.conf.py", "config.wsgi"]
    return running(command, log=log, is_ready=is_ready, env=environment | told)


def nginx(folder: Path, *, http: int, https: int, extra: str = "", upstream: str = ""):
    """The shipped configuration, with other paths, ports and name, and nothing else.

    ``extra`` is what a benchmark adds to the site's server, ``upstream`` the lines it
    names machines by.
    """
    _make_certificate(folder)
    for name in ("nginx", "cache", "extra", "var"):
        (folder / name).mkdir(exist_ok=True)
    if BROTLI.exists():
        (folder / "extra/static-brotli.conf").write_text("brotli_static on;\n")
    for source in [ROOT / "deploy/nginx.conf", *ROOT.glob("deploy/nginx/*.conf")]:
        text = source.read_text()
        for shipped, ours in [
            *([(SOCKET, upstream)] if upstream else []),
            *_places(folder, http, https, extra),
        ]:
            text = text.replace(shipped, ours)
        (folder / "nginx" / source.name).write_text(text)
    main = folder / "main.conf"
    main.write_text(_main(folder))
    command = [_nginx_program(), "-p", str(folder), "-c", str(main)]
    # Written once all its ports are open.
    is_ready = (folder / "nginx.pid").exists
    return running(command, log=folder / "nginx.log", is_ready=is_ready)


def _nginx_program() -> str:
    found = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    assert found, "These tests need Debian's nginx: apt-get install nginx"
    return found


def _places(folder: Path, http: int, https: int, extra: str):
    return [
        ("/srv/marginalia/deploy/nginx/pages", f"{ROOT}/deploy/nginx/pages"),
        ("/srv/marginalia/deploy", str(folder)),
        ("/run/marginalia", str(folder)),
        ("/var/cache/nginx/marginalia", f"{folder}/cache"),
        ("/var/lib/marginalia", f"{folder}/var"),
        ("/var/log/nginx", str(folder)),
        ("/etc/ssl/marginalia", str(folder)),
        ("/etc/nginx/marginalia", f"{folder}/extra"),
        ("news.example.org", "localhost"),
        ("listen 80", f"listen 127.0.0.1:{http}"),
        ("listen 443 ssl http2;", f"listen 127.0.0.1:{https} ssl http2; {extra}"),
        ("listen 443", f"listen 127.0.0.1:{https}"),
    ]


def _main(folder: Path) -> str:
    user = "user root;" if os.getuid() == 0 else ""
    module = f"load_module {BROTLI};" if BROTLI.exists() else ""
    spools = "".join(
        f"{kind}_temp_path {folder}/spool-{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return f"""{module} {user}
daemon off; pid {folder}/nginx.pid; error_log stderr warn;
worker_processes 2; pcre_jit on;
events {{ worker_connections 4096; }}
http {{ include {MIME_TYPES}; {spools} include {folder}/nginx/nginx.conf; }}
"""


def _make_certificate(folder: Path) -> None:
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-nodes", "-days", "2"),
            *("-pkeyopt", "ec_paramgen_curve:P-256"),  # as certbot has it
            *("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"),
            *("-keyout", "privkey.pem", "-out", "fullchain.pem"),
        ],
        cwd=folder,
        check=True,
        capture_output=True,
    )


class Postgres:
    """A cluster on a port of its own, which writes down every statement."""

    def __init__(self, folder: Path):
        self.folder, self.port = folder, free_port()
        self.log = folder.with_suffix(".log")

    @property
    def url(self) -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    def make(self) -> None:
        _as_postgres("initdb", "-D", self.folder, "-A", "trust", "-U", "postgres")

    def make_replica_of(self, primary: Postgres) -> None:
        _as_postgres(
            *("pg_basebackup", "-D", self.folder, "-h", "127.0.0.1", "-U", "postgres"),
            *("-p", primary.port, "-R", "-X", "stream", "-c", "fast"),
        )

    def start(self, **settings: str) -> None:
        told = {
            "port": self.port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": self.folder,
            "fsync": "off",
            "log_statement": "all",
            **settings,
        }
        options = " ".join(f"-c {name}={value}" for name, value in told.items())
        _as_postgres(
            *("pg_ctl", "-D", self.folder, "-l", self.log, "-w", "start"),
            *("-o", f"'{options}'" if os.getuid() == 0 else options),
        )

    def stop(self) -> None:
        _as_postgres("pg_ctl", "-D", self.folder, "-m", "immediate", "-w", "stop")

    def run(self, statement: str, database: str = "postgres"):
        """What one statement answers: its only row, if it has one."""
        with psycopg.connect(self.url, dbname=database, autocommit=True) as connection:
            answer = connection.execute(statement)
            return answer.fetchone() if answer.description else None

    def catch_up(self, primary: Postgres) -> None:
        """Until it shows whatever its primary has written by now."""
        (wanted,) = primary.run("SELECT pg_current_wal_lsn()")
        deadline = time.monotonic() + 10
        while not self.run(f"SELECT pg_last_wal_replay_lsn() >= '{wanted}'")[0]:
            assert time.monotonic() < deadline
            time.sleep(0.05)

    def statements(self) -> str:
        return self.log.read_text()


@contextmanager
def replicated(**settings: str):
    """A primary, and a replica that follows it; ``settings`` are PostgreSQL's."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        if os.getuid() == 0:
            shutil.chown(name, "postgres")
        primary, replica = Postgres(Path(name, "primary")), Postgres(Path(name, "copy"))
        started = []
        try:
            primary.make()
            primary.start(**settings)
            started.append(primary)
            replica.make_replica_of(primary)
            replica.start(**settings)
            started.append(replica)
            yield primary, replica
        finally:
            for server in reversed(started):
                with suppress(subprocess.CalledProcessError):  # stopped by a test
                    server.stop()


def _as_postgres(program: str, *arguments: object) -> None:
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"))
    assert found, "These tests need Debian's postgresql."
    command = [str(found[-1]), *map(str, arguments)]
    if os.getuid() == 0:
        command = ["su", "postgres", "-s", "/bin/sh", "-c", " ".join(command)]
    subprocess.run(command, check=True, capture_output=True, cwd="/tmp")
