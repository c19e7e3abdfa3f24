"""The house: what is pinned, what production refuses, what a page may weigh."""

import gzip
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import django
import pytest
from django.conf import settings

from tests.factories import make_article, make_comment

ROOT = Path(settings.BASE_DIR)
# What a browser does not run: JSON-LD, the whole of it from one tag that escapes.
DATA_BLOCK = r'<script type="application/ld\+json">{% \w+_json_ld \w+ %}</script>'
PRODUCTION = {
    "SECRET_KEY": "k9vQ2x-7fJ1mZ8wT4rB6yN3uH5cE0aGsLdPqXoViMnKtRwYz2b4D6f8",
    "SITE_ORIGIN": "https://news.example.org",
}


def manage(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_django_is_6_1_and_asked_for_by_name():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())

    assert django.VERSION[:2] == (6, 1)
    assert "django>=6.1,<6.2" in project["project"]["dependencies"]


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_requirements_are_pinned_hashed_and_without_addresses(name):
    text = (ROOT / name).read_text()
    entries = re.split(r"\n(?=\S)", text.strip())

    assert entries
    for entry in entries:
        assert re.match(r"[\w.\[\],-]+==\S+", entry), entry
        assert "--hash=sha256:" in entry, entry
    assert "://" not in text


def test_production_environment_passes_the_deploy_check():
    checked = manage("check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)

    assert "System check identified no issues" in checked.stdout, checked.stderr
    assert checked.returncode == 0


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"SITE_ORIGIN": "https://news.example.org"}, "SECRET_KEY"),
        (PRODUCTION | {"SITE_ORIGIN": "http://news.example.org"}, "https"),
        (PRODUCTION | {"REPLICA_URLS": "postgres://replica/news"}, "PostgreSQL alone"),
        (PRODUCTION | {"SIGN_IN_SANDBOX": "http://127.0.0.1:1"}, "anybody as anybody"),
    ],
)
def test_unsafe_environment_does_not_start(environment, words):
    refused = manage("check", **environment)

    assert refused.returncode != 0
    assert words in refused.stderr


def test_script_keeps_its_budget():
    script = (ROOT / "static/js/discussion.js").read_bytes()

    assert len(gzip.compress(script)) <= 15_000


@pytest.mark.django_db
def test_page_with_fifty_comments_keeps_its_budgets(
    client, django_assert_max_num_queries
):
    article = make_article(body="<p>A paragraph of an article.</p>" * 30)
    for n in range(25):
        root = make_comment(
            article=article, body=f"What I think of it, part {n}. " * 12
        )
        make_comment(parent=root, body=f"What I think of that, part {n}. " * 12)

    with django_assert_max_num_queries(8):
        page = client.get(article.get_absolute_url())

    styles = (ROOT / "static/css/site.css").read_bytes()
    script = (ROOT / "static/js/discussion.js").read_bytes()
    weights = [len(gzip.compress(part)) for part in (page.content, styles, script)]
    assert page.content.decode().count('id="div-comment-') == 50
    assert sum(weights) <= 60_000


def test_no_template_has_inline_script_or_style():
    for template in (ROOT / "templates").rglob("*.html"):
        text = template.read_text()
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=", text), template
        scripts = re.sub(DATA_BLOCK, "", text)
        assert not re.search(r"<script(?![^>]*\bsrc=)", scripts), template


def test_icon_where_browsers_look_for_it_is_the_one_pages_name(client):
    answer = client.get("/favicon.ico")

    assert (answer.status_code, answer["Location"]) == (302, "/static/img/icon.svg")
