"""Pictures in a bucket: the whole way, against a real S3 server on this machine."""

import io
import re
import socket
import subprocess
import sys
import time

import boto3
import pytest
import requests
from django.conf import settings as django_settings
from django.core.exceptions import ImproperlyConfigured
from PIL import Image as Pixels

from articles.models import Article, Image
from config.settings import _media_storage
from tests.articles.pictures import drawn, make_image, upload
from tests.factories import make_article, make_editor

BUCKET = "pictures-of-marginalia"


@pytest.fixture(scope="module")
def endpoint():
    """moto's server, in a process of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _await(address)
        yield address
    finally:
        server.terminate()
        server.wait(10)


def _await(address):
    for _ in range(150):
        try:
            requests.get(f"{address}/moto-api/data.json", timeout=2)
        except requests.ConnectionError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(address)


@pytest.fixture
def bucket(endpoint, settings, monkeypatch):
    """An empty bucket that is the service's storage, named by the environment."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a-key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a-secret")
    requests.post(f"{endpoint}/moto-api/reset", timeout=5).raise_for_status()
    made = boto3.resource("s3", endpoint_url=endpoint, region_name="us-east-1")
    made.create_bucket(Bucket=BUCKET)
    url = f"s3://{BUCKET}/news?endpoint={endpoint}&region=us-east-1"
    settings.STORAGES = django_settings.STORAGES | {"default": _media_storage(url)}
    return made.Bucket(BUCKET)


def keys(bucket):
    return sorted(found.key for found in bucket.objects.all())


@pytest.mark.django_db
def test_image_goes_into_a_bucket_and_out_of_it(
    bucket, client, django_capture_on_commit_callbacks
):
    client.force_login(make_editor())
    words = {"alt": "A quay", "credit": "Photograph: Dara Chan", "focus": "left-top"}
    with django_capture_on_commit_callbacks(execute=True):
        client.post(
            "/admin/articles/image/add/", words | {"upload": upload(drawn((600, 400)))}
        )

    image = Image.objects.get()
    assert len(keys(bucket)) == 7  # the master, and two widths in three formats
    assert all(
        re.fullmatch(r"news/images/[0-9a-f]{32}\.(avif|webp|jpg)", key)
        for key in keys(bucket)
    )
    answer = client.get(image.renditions.filter(format="webp").first().url)
    with Pixels.open(io.BytesIO(answer.getvalue())) as picture:
        assert (picture.format, picture.size) == ("WEBP", (480, 320))
    assert answer["Content-Type"] == "image/webp"
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"

    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/admin/articles/image/{image.pk}/delete/", {"post": "yes"})

    assert keys(bucket) == []


@pytest.mark.django_db
def test_page_names_our_origin_and_not_the_bucket(bucket, client):
    make_article(lead_image=make_image())

    page = client.get(Article.objects.get().get_absolute_url()).content.decode()

    assert '<img src="/media/images/' in page
    assert BUCKET not in page


@pytest.mark.django_db
def test_what_the_bucket_does_not_have_is_404(bucket, client):
    assert client.get(f"/media/images/{'0' * 32}.webp").status_code == 404


@pytest.mark.parametrize("url", ["ftp://bucket", "s3:bucket", "bucket"])
def test_unknown_storage_does_not_start(url):
    with pytest.raises(ImproperlyConfigured, match="MEDIA_STORAGE_URL"):
        _media_storage(url)


def test_storage_is_this_disk_unless_told_otherwise():
    assert _media_storage("")["BACKEND"].endswith("FileSystemStorage")
