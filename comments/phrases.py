"""Finding listed phrases in a text, however long the list is.

The text is read three times: as it is written, and twice by its looks, a 1 for an i or
for an l. Each reading is a list of words; a word finds its phrases in dictionaries, so
the time depends on the text and not on the list.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from articles import editions
from comments import lookalikes, text
from comments.models import Phrase
from comments.text import Word

MOST_MATCHES = 50  # of a text full of them, a moderator needs no more


@dataclass(frozen=True)
class Entry:
    """A phrase of the list."""

    text: str
    kind: str = Phrase.Kind.SUSPECT
    is_on_trial: bool = False


@dataclass(frozen=True)
class Match:
    """An entry, and where in the text it was found."""

    entry: Entry
    start: int
    end: int


def find(body: str) -> list[Match]:
    """The listed phrases in ``body``; one query while the edition stays as it is."""
    return current().find(body)


def current(edition: int | None = None) -> PhraseBook:
    """The list as of an edition, else as it is now: compiled once in every process."""
    number = editions.current() if edition is None else edition
    return editions.kept(number, "phrases", _compiled)


def _compiled() -> PhraseBook:
    rows = Phrase.objects.values_list("text", "kind", "is_on_trial")
    return PhraseBook(Entry(*row) for row in rows)


class PhraseBook:
    """Phrases, ready to be looked for."""

    def __init__(self, entries: Iterable[Entry]):
        self._as_written, self._by_looks = _Words(), _Words()
        self._anywhere: dict[str, list[Entry]] = defaultdict(list)
        for entry in entries:
            if text.is_spaceless(entry.text):
                self._anywhere[text.fold(entry.text.replace("*", ""))].append(entry)
            else:
                words = text.phrase_words(entry.text)
                self._as_written.add([text.fold(word) for word in words], entry)
                self._by_looks.add([lookalikes.word(word) for word in words], entry)
        self._lengths = {len(part) for part in self._anywhere}

    def find(self, typed: str) -> list[Match]:
        """The matches in the order of the text, the first MOST_MATCHES of them."""
        found = {*self._in_words(typed), *self._in_signs(typed)}
        ordered = sorted(found, key=lambda m: (m.start, m.end, m.entry.text))
        return ordered[:MOST_MATCHES]

    def _in_words(self, typed: str) -> Iterator[Match]:
        if not self._as_written:
            return
        written = text.fold_in_place(typed)
        if self._as_written.may_begin(written.said):
            yield from self._as_written.find(written.words())
        for one in "il" if "1" in typed else "i":
            if not self._by_looks.may_begin(partial(lookalikes.said, typed, one=one)):
                continue
            for match in self._by_looks.find(lookalikes.words(typed, one=one)):
                said = typed[match.start : match.end]
                if not lookalikes.is_other_script(said, typed):
                    yield match

    def _in_signs(self, typed: str) -> Iterator[Match]:
        """Script without spaces between its words: anywhere in the text."""
        if not self._lengths:
            return
        folded = text.fold_in_place(typed)
        for part, start in _parts(folded.text, self._lengths):
            for entry in self._anywhere.get(part, ()):
                word = folded.word(start, start + len(part))
                yield Match(entry, word.start, word.end)


class _Words:
    """Phrases by their first word, for one way of reading."""

    def __init__(self) -> None:
        self._exact: dict[tuple[str, ...], list[Entry]] = defaultdict(list)
        self._lengths: dict[str, set[int]] = defaultdict(set)
        # By where the first word's star is; a phrase may have its stars later, too.
        self._starred: dict[_Star, _Stems] = {}

    def add(self, words: list[str], entry: Entry) -> None:
        if any("*" in word for word in words):
            star = _star(words[0])
            self._starred.setdefault(star, _Stems(star)).add(words, entry)
        else:
            self._exact[tuple(words)].append(entry)
            self._lengths[words[0]].add(len(words))

    def __bool__(self) -> bool:
        return bool(self._exact or self._starred)

    def may_begin(self, said: Callable[[], list[str]]) -> bool:
        """Whether it is worth to look for phrases among these words: seldom, but for
        stars, before which nobody need ask for the words."""
        return bool(self._starred) or not self._lengths.keys().isdisjoint(said())

    def find(self, words: list[Word]) -> Iterator[Match]:
        for place, word in enumerate(words):
            for length, entry in self._starting(words, place):
                yield Match(entry, word.start, words[place + length - 1].end)

    def _starting(self, words: list[Word], place: int) -> Iterator[tuple[int, Entry]]:
        first = words[place].text
        for length in self._lengths.get(first, ()):
            said = tuple(word.text for word in words[place : place + length])
            for entry in self._exact.get(said, ()):
                yield length, entry
        for stems in self._starred.values():
            for pattern, entry in stems.starting(first):
                if _fits(pattern, words[place : place + len(pattern)]):
                    yield len(pattern), entry


class _Stems:
    """Starred phrases by what stands beside the star of their first word."""

    def __init__(self, star: _Star):
        self._star = star
        self._patterns: dict[str, list[tuple[list[str], Entry]]] = defaultdict(list)
        self._lengths: set[int] = set()

    def add(self, words: list[str], entry: Entry) -> None:
        stem = words[0].strip("*")
        self._patterns[stem].append((words, entry))
        self._lengths.add(len(stem))

    def starting(self, word: str) -> Iterator[tuple[list[str], Entry]]:
        for stem in self._star(word, self._lengths):
            yield from self._patterns.get(stem, ())


# What of a word, in the lengths there are, can stand beside a star.
type _Star = Callable[[str, set[int]], Iterable[str]]


def _no_star(word: str, lengths: set[int]) -> Iterable[str]:
    return [word] if len(word) in lengths else []


def _star_after(word: str, lengths: set[int]) -> Iterable[str]:
    return (word[:n] for n in lengths if n <= len(word))


def _star_before(word: str, lengths: set[int]) -> Iterable[str]:
    return (word[-n:] for n in lengths if n <= len(word))


def _star_around(word: str, lengths: set[int]) -> Iterable[str]:
    return {part for part, _ in _parts(word, lengths)}


_STARS: tuple[_Star, ...] = (_no_star, _star_after, _star_before, _star_around)


def _star(word: str) -> _Star:
    return _STARS[word.endswith("*") + 2 * word.startswith("*")]


def _fits(pattern: list[str], said: list[Word]) -> bool:
    return len(pattern) == len(said) and all(
        wanted.strip("*") in _star(wanted)(word.text, {len(wanted.strip("*"))})
        for wanted, word in zip(pattern, said, strict=True)
    )


def _parts(whole: str, lengths: Iterable[int]) -> Iterator[tuple[str, int]]:
    """Every part of ``whole`` that has one of ``lengths``, and where it starts."""
    for length in lengths:
        for start in range(len(whole) - length + 1):
            yield whole[start : start + length], start
