"""The library: what is taken in, what readers get of it, and who may do what."""

import io
import os
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import IntegrityError, connection, connections
from django.db.models import ProtectedError
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image as Pixels
from PIL import ImageCms

from articles import darkroom, demo, editions, images, rendering
from articles.models import Article, Image, Rendition
from comments import shelf
from tests.articles.pictures import bomb, drawn, make_image, upload
from tests.factories import make_article, make_editor, make_moderator, make_section

pytestmark = pytest.mark.django_db

ADD = "/admin/articles/image/add/"
LIST = "/admin/articles/image/"
WORDS = {
    "alt": "A quay at low tide",
    "caption": "The quay on Tuesday.",
    "credit": "Photograph: Dara Chan",
    "focus": "left-top",
}


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def editor(client):
    client.force_login(make_editor())
    return client


@pytest.fixture
def shown(django_capture_on_commit_callbacks):
    """An image with its renditions, on an article that readers see."""
    with django_capture_on_commit_callbacks(execute=True):
        image = make_image(caption="The quay on Tuesday.", focal_x=0, focal_y=0)
    make_article(lead_image=image, section=make_section())
    return image


@pytest.fixture
def costs(client):
    """How many queries a page needs that nobody has kept, nor any part of it."""

    def count(address):
        shelf.clear()
        editions.forget()
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    return count


def add(client, content, **words):
    return client.post(ADD, WORDS | {"upload": upload(content)} | words)


def problems(page):
    return page.context["adminform"].form.errors


def files(media):
    return sorted(path.name for path in (media / "images").iterdir())


# --- Taking in --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        ("JPEG", "RGB"),
        ("JPEG", "CMYK"),
        ("JPEG", "L"),
        ("PNG", "RGBA"),
        ("PNG", "P"),
        ("PNG", "1"),
        ("PNG", "I;16"),
        ("WEBP", "RGBA"),
        ("GIF", "P"),
        ("AVIF", "RGB"),
    ],
)
def test_picture_of_every_kind_becomes_a_jpeg_master(kind, mode, editor, media):
    answer = add(editor, drawn((600, 400), kind, mode))

    assert answer.status_code == 302
    image = Image.objects.get()
    assert (image.width, image.height, image.alt) == (600, 400, WORDS["alt"])
    assert (image.focal_x, image.focal_y) == (1 / 6, 1 / 6)
    assert re.fullmatch(r"images/[0-9a-f]{32}\.jpg", image.file.name)
    with Pixels.open(media / image.file.name) as master:
        assert (master.format, master.mode) == ("JPEG", "RGB")


def test_what_stands_beside_the_pixels_is_dropped():
    exif = Pixels.Exif()
    exif[0x0112] = 6  # to be turned
    exif[0x010F] = "A camera"
    exif.get_ifd(0x8825)[1] = "N"  # where it was taken
    content = drawn((400, 200), exif=exif, comment=b"a secret", icc_profile=b"broken")

    picture = darkroom.develop(upload(content))

    with Pixels.open(io.BytesIO(picture.jpeg)) as master:
        assert master.size == (200, 400)
        assert set(master.info) <= {
            "jfif",
            "jfif_version",
            "jfif_unit",
            "jfif_density",
            "progressive",
            "progression",
        }
    assert b"camera" not in picture.jpeg
    assert b"secret" not in picture.jpeg


def test_colours_are_kept_when_their_profile_is_dropped():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    file = io.BytesIO()
    Pixels.new("RGB", (60, 40), "#8a3b12").save(
        file, "PNG", icc_profile=profile.tobytes()
    )

    picture = darkroom.develop(upload(file.getvalue()))

    assert (picture.width, picture.height) == (60, 40)


def test_transparency_becomes_paper():
    file = io.BytesIO()
    Pixels.new("RGBA", (60, 40), (0, 0, 0, 0)).save(file, "PNG")

    picture = darkroom.develop(upload(file.getvalue()))

    with Pixels.open(io.BytesIO(picture.jpeg)) as master:
        assert master.getpixel((30, 20)) == (255, 255, 255)


def test_master_is_no_longer_than_2400():
    picture = darkroom.develop(upload(drawn((6_000, 3_000))))

    assert (picture.width, picture.height) == (2_400, 1_200)


GIF_SCRIPT = (
    b"GIF89a/*" + drawn((60, 40), "GIF")[8:] + b"*/=1;<script>alert(1)</script>"
)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "no picture that we can read"),
        (SVG, "hidden in this file"),
        (b"<html><img src=x onerror=alert(1)></html>", "hidden in this file"),
        (GIF_SCRIPT, "hidden in this file"),
        (drawn((60, 40)) + b"<!DOCTYPE html><p>A page", "hidden in this file"),
        (drawn((60, 40), comment=b"<?php system($_GET[0]); ?>"), "hidden in this file"),
        (drawn((60, 40)) + b"%PDF-1.7", "hidden in this file"),
        (drawn()[:2_000], "only a part of one"),
        (drawn(kind="PNG")[:-30], "only a part of one"),
        (drawn(kind="WEBP")[:-900], "only a part of one"),
        (drawn(kind="TIFF"), "no picture that we can read"),
        (drawn(kind="BMP"), "no picture that we can read"),
        (b"\xff\xd8\xff\xe0 and nothing more", "no picture that we can read"),
        (drawn((21_000, 40), "PNG"), "save a smaller copy"),
        (drawn((5_001, 5_000), "PNG", "1"), "of this kind we take 25 million"),
        (drawn((4_900, 4_900), progressive=True), "of this kind we take 24 million"),
    ],
)
def test_anything_else_is_refused_in_words(content, words, editor, media):
    answer = add(editor, content)

    assert answer.status_code == 200
    assert words in problems(answer)["upload"][0]
    assert not Image.objects.exists()
    assert not (media / "images").exists()


def test_page_hidden_across_two_pieces_is_found(monkeypatch):
    content = drawn((60, 40)) + b"<script>alert(1)</script>"
    monkeypatch.setattr(darkroom, "PIECE", content.index(b"script"))

    with pytest.raises(darkroom.PictureRefused):
        darkroom.develop(upload(content))


def test_upload_over_60_mb_is_refused_unread():
    heavy = upload(b"")
    heavy.size = darkroom.MOST_BYTES + 1

    with pytest.raises(darkroom.PictureRefused, match="larger than 60 MB"):
        darkroom.develop(heavy)


def test_bomb_is_refused_by_its_header(editor):
    answer = add(editor, bomb())

    assert problems(answer)["upload"] == [
        "The picture has far too many pixels: save a smaller copy."
    ]


# Of this process alone: getrusage() starts from what its parent had when it forked.
MEASURE = r"""
import io, os, re, sys
import django
django.setup()
from django.core.files.uploadedfile import UploadedFile
from articles import darkroom
for path in sys.argv[1:]:
    with open(path, "rb") as file:
        try:
            upload = UploadedFile(file, size=os.path.getsize(path))
            list(darkroom.prints(
                io.BytesIO(darkroom.develop(upload).jpeg), [("avif", 1440)]))
        except darkroom.PictureRefused as problem:
            print(problem.words, file=sys.stderr)
print(int(re.search(r"VmHWM:\s+(\d+)", open("/proc/self/status").read())[1]) // 1024)
"""


def test_bomb_and_50_mb_photograph_stay_below_400_mb(tmp_path):
    """At the edge of what is taken: 86 million pixels, and 50 MB with what trails."""
    photo = drawn((10_200, 8_500), quality=80)
    (tmp_path / "photo.jpg").write_bytes(photo + os.urandom(50_000_000 - len(photo)))
    (tmp_path / "bomb.png").write_bytes(bomb())
    (tmp_path / "still.png").write_bytes(
        drawn((5_000, 4_900), "PNG", "RGBA", compress_level=1)
    )
    paths = [tmp_path / name for name in ("photo.jpg", "bomb.png", "still.png")]

    measured = subprocess.run(
        [sys.executable, "-c", MEASURE, *paths],
        cwd=Path(django_settings.BASE_DIR),
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert measured.stderr.count("\n") == 1  # the bomb alone
    assert int(measured.stdout) < 400


def test_picture_is_taken_once(editor):
    content = drawn((60, 40))
    add(editor, content)

    answer = add(editor, content)

    image = Image.objects.get()
    assert f"/admin/articles/image/{image.pk}/change/" in problems(answer)["upload"][0]


@pytest.mark.django_db(transaction=True)
def test_of_those_who_bring_one_picture_at_once_all_but_one_are_told(media):
    editors, content = [make_editor() for _ in range(4)], drawn((60, 40))
    everybody, answers = threading.Barrier(4), []

    def bring(editor):
        client = Client()
        client.force_login(editor)
        everybody.wait()
        answers.append(add(client, content))
        connections.close_all()

    threads = [threading.Thread(target=bring, args=[each]) for each in editors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    image = Image.objects.get()
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 302]
    for refused in (answer for answer in answers if answer.status_code == 200):
        assert f"/image/{image.pk}/change/" in problems(refused)["upload"][0]
        assert WORDS["alt"] in refused.content.decode()
    kept = {image.file.name, *image.renditions.values_list("file", flat=True)}
    assert {f"images/{name}" for name in files(media)} == kept


# --- Words ------------------------------------------------------------------------


def test_picture_needs_alternative_text_or_is_decorative(editor):
    refused = add(editor, drawn((60, 40)), alt=" ")
    add(editor, drawn((60, 41)), alt="", is_decorative="on")

    assert problems(refused) == {
        "alt": ["Say what the picture shows, or mark it as decorative."]
    }
    assert Image.objects.get().spoken == ""


def test_picture_needs_a_credit(editor):
    assert "credit" in problems(add(editor, drawn((60, 40)), credit=" "))
    assert not Image.objects.exists()


@pytest.mark.parametrize("fields", [{"alt": ""}, {"credit": ""}, {"focal_x": 1.5}])
def test_database_holds_what_the_form_asks(fields, media):
    with pytest.raises(IntegrityError):
        make_image(drawn((60, 40)), **fields)
    assert files(media) == []


def test_words_are_mended_without_a_new_upload(editor):
    image = make_image(drawn((60, 40)))
    address = reverse("admin:articles_image_change", args=[image.pk])

    answer = editor.post(address, WORDS | {"alt": "A harbour", "focus": "right-bottom"})

    image.refresh_from_db()
    assert answer.status_code == 302
    assert (image.alt, image.focus) == ("A harbour", "right-bottom")


# --- Renditions -------------------------------------------------------------------


def test_renditions_are_made_after_commit_in_every_format_and_width(shown, media):
    made = shown.renditions.order_by("format", "width")

    assert [(r.format, r.width, r.height) for r in made] == [
        (kind, width, height)
        for kind in ("avif", "jpg", "webp")
        for width, height in [(480, 320), (960, 640), (1_200, 800)]
    ]
    for rendition in made:
        with Pixels.open(media / rendition.file.name) as print_:
            assert print_.size == (rendition.width, rendition.height)
            assert print_.format.lower()[:2] == rendition.format[:2]
            assert not print_.getexif()
    assert len(files(media)) == 10


def test_renditions_are_made_once(shown, media):
    before = files(media)
    shown.renditions.filter(format="avif", width=480).delete()

    images.make_renditions.enqueue(shown.pk)
    images.make_renditions.enqueue(shown.pk)
    images.make_renditions.enqueue(10**9)

    assert shown.renditions.count() == 9
    assert len(set(files(media)) - set(before)) == 1


# --- Pages ------------------------------------------------------------------------


def test_article_shows_its_picture_with_caption_and_credit(shown, client):
    page = client.get(Article.objects.get().get_absolute_url()).content.decode()

    picture = re.search(r"<figure.*?</figure>", page, re.DOTALL)[0]
    jpegs = list(shown.renditions.filter(format="jpg"))
    assert re.findall(r'type="(image/\w+)"', picture) == ["image/avif", "image/webp"]
    assert f"{jpegs[0].url} 480w, {jpegs[1].url} 960w" in picture
    assert f'src="{jpegs[-1].url}"' in picture
    assert 'width="1200" height="800"' in picture
    assert 'alt="A quay at low tide"' in picture
    assert 'fetchpriority="high"' in picture
    assert "The quay on Tuesday." in picture
    assert "Photograph: Dara Chan" in picture
    assert "style=" not in picture


def test_page_shows_the_master_until_renditions_are_made(client):
    article = make_article(lead_image=make_image())

    page = client.get(article.get_absolute_url()).content.decode()

    assert f'src="{article.lead_image.url}" width="1200"' in page
    assert "<source" not in page


def test_lists_show_pictures_and_load_those_below_lazily(shown, client):
    make_article(lead_image=shown)

    page = client.get("/").content.decode()

    assert re.findall(r'fetchpriority|loading="lazy"', page) == [
        "fetchpriority",
        'loading="lazy"',
    ]
    assert page.count("focus-left-top") == 2


def test_words_of_a_picture_are_text(client):
    image = make_image(alt='"><script>', caption="<b>", credit="<i>")
    article = make_article(lead_image=image)

    page = client.get(article.get_absolute_url()).content.decode()

    figure = re.search(r"<figure.*?</figure>", page, re.DOTALL)[0]
    assert not re.search(r"<(script|b|i)>", figure)


def test_lists_cost_the_same_with_pictures(
    client, costs, django_capture_on_commit_callbacks
):
    counts = []
    for _ in range(3):
        with django_capture_on_commit_callbacks(execute=True):
            make_article(lead_image=make_image(), section=make_section())
        counts.append(costs("/"))

    assert counts == [counts[0]] * 3


def test_picture_costs_an_article_one_query(shown, costs):
    bare = costs(make_article(section=make_section()).get_absolute_url())

    assert costs(shown.articles.get().get_absolute_url()) == bare + 1


# --- Serving ----------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["avif", "webp", "jpg"])
def test_files_are_served_for_good_and_as_what_they_are(kind, shown, client):
    answer = client.get(shown.renditions.filter(format=kind)[0].url)

    assert answer.status_code == 200
    assert answer["Content-Type"] == images.CONTENT_TYPES[kind]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Content-Encoding" not in answer
    assert not answer.cookies
    assert answer.getvalue()


@pytest.mark.parametrize(
    "name",
    [f"{'0' * 32}.jpg", "x.jpg", f"{'0' * 32}.svg", "..%2f..%2fdb.sqlite3", ""],
)
def test_what_is_no_image_is_404(name, client):
    assert client.get(f"/media/images/{name}").status_code == 404


# --- The library ------------------------------------------------------------------


def test_library_shows_thumbnails_and_finds_words(shown, editor):
    make_image(alt="A clock", credit="Illustration: Marginalia")

    everything = editor.get(LIST).content.decode()
    found = editor.get(LIST, {"q": "clock"}).content.decode()

    assert everything.count('class="thumbnail"') == 2
    assert shown.renditions.get(format="webp", width=480).url in everything
    assert "http://" not in re.sub(r'xmlns="[^"]*"', "", everything)
    assert found.count('class="thumbnail"') == 1


def test_library_costs_the_same_queries(editor, costs):
    counts = []
    for _ in range(3):
        make_article(lead_image=make_image())
        counts.append(costs(LIST))

    assert counts == [counts[0]] * 3


def test_library_says_which_articles_show_an_image(shown, editor):
    page = editor.get(reverse("admin:articles_image_change", args=[shown.pk]))

    article = Article.objects.get()
    assert reverse("admin:articles_article_change", args=[article.pk]) in (
        page.content.decode()
    )


def test_image_in_use_is_not_deleted(shown, editor, media):
    address = reverse("admin:articles_image_delete", args=[shown.pk])

    asked = editor.get(address).content.decode()
    editor.post(address, {"post": "yes"})

    assert "would require deleting the following protected related objects" in asked
    assert Article.objects.get().headline in asked
    with pytest.raises(ProtectedError):
        shown.delete()
    assert len(files(media)) == 10


def test_files_go_with_their_image_once_that_holds(
    shown, editor, media, django_capture_on_commit_callbacks
):
    Article.objects.update(lead_image=None)
    address = reverse("admin:articles_image_delete", args=[shown.pk])

    with django_capture_on_commit_callbacks() as waiting:
        editor.post(address, {"post": "yes"})

    assert not Rendition.objects.exists()
    assert len(files(media)) == 10
    for forget in waiting:
        forget()
    assert files(media) == []


@pytest.mark.parametrize("address", [LIST, ADD])
def test_library_is_the_newsrooms(address, client):
    assert client.get(address).status_code == 302
    client.force_login(make_moderator())

    assert client.get(address).status_code == 403
    assert client.post(ADD, WORDS | {"upload": upload(drawn())}).status_code == 403
    assert not Image.objects.exists()


# --- In the text ------------------------------------------------------------------


def figure(image, alt="", caption=""):
    caption = f"<figcaption>{caption}</figcaption>" if caption else ""
    return f'<figure><img src="{image.url}" alt="{alt}">{caption}</figure>'


def prose(client, body):
    page = client.get(make_article(body=body).get_absolute_url()).content.decode()
    return re.search(r'<div class="prose">(.*?)</div>', page, re.DOTALL)[1]


def test_figure_in_the_text_has_all_that_the_library_has(shown, client):
    text = prose(client, f"<p>One.</p>{figure(shown)}<p>Two.</p>")

    assert text.count("<source") == 2
    assert 'width="1200" height="800" alt="A quay at low tide"' in text
    assert 'loading="lazy"' in text
    assert "The quay on Tuesday." in text
    assert "Photograph: Dara Chan" in text


def test_words_in_the_text_stand_before_the_librarys(shown, client):
    own = figure(shown, "The &quot;old&quot; > quay", "As it <em>was</em>.")
    text = prose(client, own)

    assert 'alt="The &quot;old&quot; &gt; quay"' in text
    assert "As it <em>was</em>." in text
    assert "The quay on Tuesday." not in text
    assert "Photograph: Dara Chan" in text


@pytest.mark.parametrize(
    "source",
    [
        "https://evil.example/x.png",
        "//evil.example/x.png",
        "javascript:alert(1)",
        "data:image/png;base64,AAAA",
        f"https://evil.example/media/images/{'0' * 32}.jpg",
        f"/media/images/{'0' * 32}.jpg",
        "/pictures/x.webp",
    ],
)
def test_picture_from_anywhere_else_is_left_out(source, client):
    body = f'<p>One.</p><figure><img src="{source}" onerror="alert(1)"></figure>'

    assert prose(client, f'{body}<img src="{source}">') == "<p>One.</p>"


def test_figures_cost_two_queries_however_many(costs, media):
    pictures = [make_image(drawn((60, 40 + n))) for n in range(3)]
    bodies = ["<p>One.</p>", *("".join(map(figure, pictures[:n])) for n in (1, 3))]
    addresses = [make_article(body=body).get_absolute_url() for body in bodies]

    bare, one, three = map(costs, addresses)

    assert (one, three) == (bare + 2, bare + 2)


def test_image_in_a_text_is_not_deleted(shown, editor):
    Article.objects.update(lead_image=None, body=figure(shown))
    address = reverse("admin:articles_image_delete", args=[shown.pk])

    asked = editor.get(address).content.decode()
    editor.post(address, {"post": "yes"})

    assert f"in the text: {Article.objects.get().headline}" in asked
    assert Image.objects.get() == shown


def test_picker_offers_the_library_to_the_editor(shown, editor):
    make_image(alt="A clock")
    address = reverse("admin:articles_image_picker")

    page = editor.get(address, {"CKEditorFuncNum": "-1", "q": "quay"}).content.decode()

    assert re.findall(r'data-url="([^"]+)"', page) == [shown.url]
    assert 'data-alt="A quay at low tide"' in page
    assert 'name="CKEditorFuncNum" value="-1"' in page


def test_picker_is_the_newsrooms(client):
    client.force_login(make_moderator())

    assert client.get(reverse("admin:articles_image_picker")).status_code == 403


def test_editor_knows_where_the_picker_is():
    address = rendering.BODY_EXTENSIONS["Figure"]["pickerUrl"]

    assert address == reverse("admin:articles_image_picker")


# --- The demonstration ------------------------------------------------------------


def test_demo_is_illustrated_once(media, client, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        demo.load()
    before = files(media)
    Article.objects.filter(slug="what-the-tide-gauges-remember").delete()

    demo.load()

    page = client.get("/").content.decode()
    assert set(Image.objects.values_list("credit", flat=True)) == {
        "Illustration: Marginalia"
    }
    assert (page.count("<picture>"), len(before)) == (2, 20)
    assert files(media) == before
