import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments import rendering

REL = 'rel="nofollow ugc noopener"'
HOSTILE = [
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    "[x](javascript:alert(1))",
    "[x](java\nscript:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "<a href='jav&#x0A;ascript:alert(1)'>x</a>",
    "[x](https://example.org/'onmouseover='alert(1))",
    "<plaintext>",
    "<!-- ",
    "</article></body>",
    "`<b>` ```\n<i>\n",
    "![image](https://example.org/x.png)",
    "<svg/onload=alert(1)>",
]


@pytest.mark.parametrize(
    ("typed", "html"),
    [
        (
            "*a* **b** ~~c~~ `d`",
            "<p><em>a</em> <strong>b</strong> <s>c</s> <code>d</code></p>",
        ),
        ("one\ntwo\n\nthree", "<p>one<br>\ntwo</p>\n<p>three</p>"),
        ("> said", "<blockquote>\n<p>said</p>\n</blockquote>"),
        ("# no heading", "<p># no heading</p>"),
        ("It cost $1.5 million", "<p>It cost $1.5 million</p>"),
        ("<b>bold</b>", "<p>&lt;b&gt;bold&lt;/b&gt;</p>"),
        (
            "see www.example.org.",
            f'<p>see <a href="http://www.example.org" {REL}>www.example.org</a>.</p>',
        ),
        (
            "http://localhost:8000/2018/",
            '<p><a href="http://localhost:8000/2018/">http://localhost:8000/2018/</a></p>',
        ),
    ],
)
def test_render_speaks_a_small_markdown(typed, html):
    assert rendering.render(typed) == html


def test_foreign_links_counts_bare_addresses_and_leaves_ours_out():
    body = "https://a.example [b](https://b.example) http://localhost:8000/about"

    assert rendering.foreign_links(body) == ["https://a.example", "https://b.example"]


@pytest.mark.parametrize("typed", HOSTILE)
def test_render_makes_hostile_text_harmless(typed):
    assert elements_outside_the_list(rendering.render(typed)) == []


@given(st.text(alphabet="<>&\"'=/ab`*_[]()!#\n-~:;\\.w", max_size=200))
def test_render_is_always_balanced_and_on_the_list(typed):
    html = rendering.render(typed)

    strict = html5lib.HTMLParser(strict=True)
    strict.parseFragment(html, container="li")
    assert elements_outside_the_list(html) == []


def elements_outside_the_list(html):
    """Elements, attributes and schemes that render() must never let through."""
    tree = html5lib.parseFragment(html, container="li", namespaceHTMLElements=False)
    bad = []
    for element in tree.iter():
        if element.tag not in rendering.TAGS | {"DOCUMENT_FRAGMENT"}:
            bad.append(element.tag)
        for name, value in element.attrib.items():
            if name not in {"href", "rel", "start"}:
                bad.append((element.tag, name))
            if name == "href" and value.split(":")[0].lower() == "javascript":
                bad.append(value)
    return bad
