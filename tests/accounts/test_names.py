"""Names and what becomes of them."""

import pytest

from accounts import names


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("Dara Chan", "DC"),
        ("maria del mar lópez", "ML"),
        ("Sok", "S"),
        ("Élodie", "É"),
        ("елена иванова", "ЕИ"),
        ("森 遥", "森遥"),
        ("សុខ ដារា", "សដ"),
        ("محمد علي", "مع"),
        ("“Quoted” (Name)", "QN"),
        ("🙂 Pieter 🙂", "P"),
        ("4chan reader", "4R"),
        ("ßtraße", "ß"),
        ("🙂", "?"),
        ("", "?"),
        ("   ", "?"),
    ],
)
def test_initials_of_any_name(name, initials):
    assert names.initials(name) == initials


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Dara \t Chan\n", "Dara Chan"),
        ("\u202egnp.exe\u202c", "gnp.exe"),
        ("Da\u200bra\x00", "Dara"),
        ("e\u0301lan", "élan"),
        ("z" + "\u0335" * 40, "z" + "\u0335" * names.MARKS),
        ("👩\u200d🚀", "👩\u200d🚀"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("\u200b\u2060", ""),
    ],
)
def test_tidy_keeps_what_can_be_read(typed, kept):
    assert names.tidy(typed) == kept
