"""Real servers on the loopback: the shipped nginx and gunicorn, as deploy/ says.

Everything that is theirs lies in one folder and ends with the ``with`` block.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ARTICLE = "/2018/02/05/cambodia-and-japan-relations-after-65-years/"
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


def prepare(environment: dict[str, str]) -> None:
    """The demonstration's articles and discussion, and the static files."""
    Path(environment["VAR_DIR"]).mkdir(parents=True, exist_ok=True)
    manage(environment, "migrate", "--verbosity", "0")
    manage(environment, "createcachetable")
    manage(environment, "load_demo")
    manage(environment, "collectstatic", "--no-input", "--verbosity", "0")


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


def nginx(folder: Path, *, http: int, https: int, listen: str = ""):
    """The shipped configuration, with other paths, ports and name, and nothing else.

    ``listen`` is said beside ``listen 443``, for a benchmark without TLS.
    """
    _make_certificate(folder)
    for name in ("nginx", "cache", "extra", "var"):
        (folder / name).mkdir(exist_ok=True)
    if BROTLI.exists():
        (folder / "extra/static-brotli.conf").write_text("brotli_static on;\n")
    for source in [ROOT / "deploy/nginx.conf", *ROOT.glob("deploy/nginx/*.conf")]:
        text = source.read_text()
        for shipped, ours in _places(folder, http, https, listen):
            text = text.replace(shipped, ours)
        (folder / "nginx" / source.name).write_text(text)
    main = folder / "main.conf"
    main.write_text(_main(folder))
    command = [_nginx_program(), "-p", str(folder), "-c", str(main)]
    return running(command, log=folder / "nginx.log", is_ready=lambda: listens(https))


def _nginx_program() -> str:
    found = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    assert found, "These tests need Debian's nginx: apt-get install nginx"
    return found


def _places(folder: Path, http: int, https: int, listen: str):
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
        ("listen 443 ssl http2;", f"listen 127.0.0.1:{https} ssl http2; {listen}"),
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
daemon off; pid {folder}/nginx.pid; error_log stderr warn; worker_processes 2;
events {{ worker_connections 4096; }}
http {{ include {MIME_TYPES}; {spools} include {folder}/nginx/nginx.conf; }}
"""


def _make_certificate(folder: Path) -> None:
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"),
            *("-keyout", "privkey.pem", "-out", "fullchain.pem"),
        ],
        cwd=folder,
        check=True,
        capture_output=True,
    )
