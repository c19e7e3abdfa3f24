"""Pictures: fetched once, from known hosts, and handed on as our own."""

import io
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from allauth.socialaccount.models import SocialAccount
from django.core.files.storage import default_storage
from PIL import Image

from accounts import pictures
from accounts.models import User
from tests.factories import make_article, make_user
from tests.sandbox import walk_to_provider

pytestmark = pytest.mark.django_db

ALL = pytest.mark.parametrize("provider", ["google", "twitter_oauth2", "facebook"])


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def drawn(size=(300, 200), kind="PNG", **options):
    file = io.BytesIO()
    Image.new("RGB", size, "#8a3b12").save(file, kind, **options)
    return file.getvalue()


PLACES = {
    "/good.png": drawn(),
    "/other.png": drawn((50, 50)),
    "/photo.jpg": drawn(kind="JPEG"),
    "/heavy.png": drawn() + b"\0" * pictures.MOST_BYTES,
    "/wide.png": drawn((4_000, 2_000)),
    "/text.png": b"<script>alert(1)</script>",
    "/torn.png": drawn((300, 300), "JPEG")[:400],
    "/vector.svg": b'<svg xmlns="http://www.w3.org/2000/svg"/>',
    "/tiff.tif": drawn(kind="TIFF"),
}
MOVED = {
    "/here.png": "/good.png",
    "/abroad.png": "https://evil.example/x.png",
    "/inside.png": "http://127.0.0.1:22/",
    "/round.png": "/round.png",
}


class Host(BaseHTTPRequestHandler):
    """Hands out PLACES, and sends on from MOVED."""

    def do_GET(self):
        self.server.asked.append(self.path)
        body = PLACES.get(self.path, b"")
        self.send_response(302 if self.path in MOVED else 200 if body else 404)
        if self.path in MOVED:
            self.send_header("Location", MOVED[self.path])
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def host(settings):
    """A host that is believed to be the sandbox's."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Host)
    server.asked = []
    server.origin = f"http://127.0.0.1:{server.server_port}"
    settings.SIGN_IN_SANDBOX = server.origin
    Thread(target=server.serve_forever, args=[0.05], daemon=True).start()
    with server:
        yield server
        server.shutdown()


def make_account(url, **fields):
    fields.setdefault("user", make_user())
    fields.setdefault("provider", "google")
    return SocialAccount.objects.create(
        uid=f"uid-{SocialAccount.objects.count()}",
        extra_data={"picture": url},
        **fields,
    )


def fetch(url):
    """The user whose provider says that the picture is at ``url``."""
    account = make_account(url)
    pictures.fetch.enqueue(account.pk)
    return User.objects.get(pk=account.user_id)


@ALL
def test_sign_in_brings_a_picture_that_we_serve(
    client, sandbox, provider, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        walk_to_provider(client, sandbox, make_article(), provider)

    url = User.objects.get().picture_url
    answer = type(client)().get(url)
    content = answer.getvalue()
    assert url.startswith("/pictures/")
    assert answer["Content-Type"] == "image/webp"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert not answer.cookies
    with Image.open(io.BytesIO(content)) as image:
        assert (image.format, image.size) == ("WEBP", (96, 96))


def test_page_names_no_host_but_ours(
    client, sandbox, settings, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        walk_to_provider(client, sandbox, make_article(), "facebook")

    page = client.get(make_article().get_absolute_url()).content.decode()

    assert User.objects.get().picture_url in page
    assert f'src="{settings.SIGN_IN_SANDBOX}' not in page


def test_connecting_a_service_brings_a_picture_where_there_is_none(
    host, django_capture_on_commit_callbacks
):
    user = make_user()
    make_account("", user=user)
    second = make_account(f"{host.origin}/good.png", user=user, provider="facebook")

    with django_capture_on_commit_callbacks(execute=True):
        pictures.follow(second)

    user.refresh_from_db()
    assert user.picture_url


def test_picture_is_fetched_once(host, django_capture_on_commit_callbacks):
    account = make_account(f"{host.origin}/good.png")

    for _ in range(3):
        with django_capture_on_commit_callbacks(execute=True):
            pictures.follow(SocialAccount.objects.get(pk=account.pk))
        pictures.fetch.enqueue(account.pk)

    assert host.asked == ["/good.png"]


def test_changed_picture_replaces_the_old_and_its_file(
    host, media, django_capture_on_commit_callbacks
):
    account = make_account(f"{host.origin}/good.png")
    pictures.fetch.enqueue(account.pk)
    old = User.objects.get().picture_url
    account.extra_data = {"picture": f"{host.origin}/other.png"}
    account.save()

    with django_capture_on_commit_callbacks(execute=True):
        pictures.follow(account)

    user = User.objects.get()
    assert user.picture_url != old
    files = [path.name for path in (media / "pictures").iterdir()]
    assert files == [user.picture_url.rpartition("/")[2]]


def test_file_goes_with_its_account(host, media, django_capture_on_commit_callbacks):
    user = fetch(f"{host.origin}/good.png")
    assert default_storage.exists(user.picture.name)

    with django_capture_on_commit_callbacks(execute=True):
        user.delete()

    assert not list((media / "pictures").iterdir())


@pytest.mark.parametrize("path", ["/good.png", "/photo.jpg", "/here.png"])
def test_pictures_of_known_kinds_are_taken(host, path):
    assert fetch(f"{host.origin}{path}").picture_url


@pytest.mark.parametrize(
    "path",
    [
        "/heavy.png",
        "/wide.png",
        "/text.png",
        "/torn.png",
        "/vector.svg",
        "/tiff.tif",
        "/missing.png",
        "/abroad.png",
        "/inside.png",
        "/round.png",
    ],
)
def test_anything_else_is_refused(host, path):
    assert fetch(f"{host.origin}{path}").picture_url == ""
    assert path in host.asked


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/x.png",
        "https://lh3.googleusercontent.com.evil.example/x.png",
        "https://evilfbcdn.net/x.png",
        "http://lh3.googleusercontent.com/x.png",
        "https://lh3.googleusercontent.com:8443/x.png",
        "https://lh3.googleusercontent.com@evil.example/x.png",
        "https://[broken",
        "http://127.0.0.1:1/x.png",
        "file:///etc/passwd",
        "data:image/png;base64,AAAA",
    ],
)
def test_unknown_host_is_never_asked(url, monkeypatch):
    asked = []
    monkeypatch.setattr("requests.Session.request", lambda *a, **k: asked.append(a))

    assert fetch(url).picture_url == ""
    assert asked == []


@pytest.mark.parametrize(
    "host_name",
    ["lh3.googleusercontent.com", "pbs.twimg.com", "scontent.xx.fbcdn.net"],
)
def test_hosts_of_the_three_services_are_known(host_name):
    assert pictures._is_allowed(f"https://{host_name}/x.png")


def test_stand_in_for_a_picture_is_none(host):
    picture = {"data": {"url": f"{host.origin}/good.png", "is_silhouette": True}}
    account = make_account("", provider="facebook")
    account.extra_data = {"picture": picture}
    account.save()

    pictures.fetch.enqueue(account.pk)

    assert host.asked == []


def test_refused_picture_is_logged_by_number_alone(host, caplog):
    caplog.set_level("WARNING")

    fetch(f"{host.origin}/text.png?signature=secret")

    account = SocialAccount.objects.get()
    assert f"social account {account.pk}" in caplog.text
    assert "secret" not in caplog.text


@pytest.mark.parametrize(
    "name",
    [f"{'0' * 32}.webp", "x.webp", f"{'A' * 32}.webp", "..%2fdb.sqlite3", ""],
)
def test_what_is_no_picture_is_404(client, name):
    assert client.get(f"/pictures/{name}").status_code == 404
