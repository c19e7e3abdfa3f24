import pytest

from accounts import names
from comments import text


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("two\r\nlines\rthree", "two\nlines\nthree"),
        ("nul\x00 bell\x07 tab\t.", "nul bell tab\t."),
        ("user\u202egnp.exe", "usergnp.exe"),
        ("in\u200bvis\u2060ible\ufeff", "invisible"),
        ("e\u0301", "é"),
        ("z" + "\u0335" * 40, "z" + "\u0335" * names.MARKS),
        ("👩\u200d👧 ❤\ufe0f", "👩\u200d👧 ❤\ufe0f"),
        ("ស្វាគមន៍", "ស្វាគមន៍"),
        ("  around  ", "around"),
    ],
)
def test_tidy_keeps_what_people_type(typed, kept):
    assert text.tidy(typed) == kept


def test_names_have_single_spaces():
    assert names.tidy(" Dara \n  Chan\t") == "Dara Chan"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("Buy CHEAP pills!", ["buy", "cheap", "pills"]),
        ("ｃｈｅａｐ pills", ["cheap", "pills"]),
        ("Straße, “quoted”—dash", ["strasse", "quoted", "dash"]),
        ("l337 x_y", ["l337", "x", "y"]),
        ("", []),
    ],
)
def test_words_are_folded_and_whole(said, words):
    assert text.words(said) == words
