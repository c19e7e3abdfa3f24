"""The demonstration's discussion, under the first article: invented, and civil."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from django.db import transaction

from accounts.models import User
from articles.models import Article
from comments import moderation, reports, submission
from comments.models import Comment, Commenter, Flag, Phrase

MODERATOR = "moderator"
FIRST_ARTICLE = "cambodia-and-japan-relations-after-65-years"


@dataclass(frozen=True)
class Said:
    """One comment: who, how many minutes after publication, what, and the answers."""

    who: str
    minutes: int
    text: str
    replies: tuple[Said, ...] = ()
    is_held: bool = False
    flag: str = ""


# Account holders; everybody else below is a guest.
ACCOUNTS = {"Sophea Lim", "Kenji Watanabe", "Mona Moderator", "Chanthou Prak"}
WEBSITES = {"Pieter de Vries": "https://mekong-notes.example.org"}

DISCUSSION = (
    Said(
        "Sophea Lim",
        42,
        "My mother taught at a school in Kampong Cham that was built with Japanese "
        "help in the nineties. The building still stands, and so does the *cherry "
        "tree* nobody believed would live. For people of her age this friendship "
        "has an address.",
        (
            Said(
                "Kenji Watanabe",
                71,
                "I was a volunteer two provinces further north in 1998. We were told "
                "to teach mathematics and were taught patience instead. Thank you for "
                "writing this; which school was it?",
                (
                    Said(
                        "Sophea Lim",
                        85,
                        "The primary school near the old ferry landing. The well in "
                        "the yard has a small plate with the year 1996.",
                        (
                            Said(
                                "Kenji Watanabe",
                                97,
                                "Then I have drunk from it.",
                                (
                                    Said(
                                        "Sophea Lim",
                                        103,
                                        "Then you know the stairs, too. They have "
                                        "been mended since.",
                                    ),
                                ),
                            ),
                        ),
                    ),
                ),
            ),
        ),
    ),
    Said(
        "Pieter de Vries",
        130,
        "Useful figures, but one of them cannot be right. The article says:\n\n"
        "> In the first 11 months in 2017, the trade volume was more than "
        "$1.5 million.\n\n"
        "After $1.5 **billion** the year before, that must be billion as well.",
        (
            Said(
                "Mona Moderator",
                171,
                "Thank you. We reprint the text as it stood in the paper, so the "
                "number stays; your comment now stands beside it.",
            ),
            Said(
                "Chanthou Prak",
                188,
                "I read it three times before I trusted my eyes. Well spotted.",
            ),
        ),
    ),
    Said(
        "Chanthou Prak",
        260,
        "What I miss is a word about the loans. Twenty percent of all assistance is "
        "generous, and a part of it is money that my children will pay back. Both "
        "things can be true:\n\n- roads and bridges that we use every day,\n- a debt "
        "that nobody discusses at anniversaries.",
        (
            Said(
                "Anonymous economist",
                315,
                "Most of it since 1992 was grants, not loans. The share of loans grew "
                "later, with the large roads.",
                (
                    Said(
                        "Chanthou Prak",
                        342,
                        "Do you have a source? I would like to read it.",
                    ),
                ),
            ),
        ),
    ),
    Said(
        "Ratha",
        400,
        "The training programme is not only a bridge of the heart. My cousin paid "
        "agents more than a year of wages before he saw Ehime at all.",
        (
            Said(
                "Dr. Truth",
                420,
                "People who complain about work should try working. Typical.",
                flag="It adds nothing and is rude to Ratha.",
            ),
        ),
    ),
    Said(
        "Best Offers",
        455,
        "Study in Japan now!!! Visas in 3 days: https://visa-fast.example.org and "
        "https://visa-fast.example.net",
        is_held=True,
    ),
    Said(
        "Yuki",
        500,
        "I came to Siem Reap as one of the 200,000 tourists and stayed. The new "
        "consular office saves us the day's bus ride to Phnom Penh for every stamp.",
        is_held=True,
    ),
)


@transaction.atomic
def load() -> None:
    """Hold the discussion once; where there are comments already, leave them alone."""
    article = Article.objects.get(slug=FIRST_ARTICLE)
    if Comment.objects.filter(article=article).exists():
        return
    Phrase.objects.get_or_create(
        text="visas in", defaults={"note": "Seen in advertisements for agents."}
    )
    for said in DISCUSSION:
        _say(article, said, None)


def _say(article: Article, said: Said, parent: Comment | None) -> None:
    comment = submission.submit(
        article, commenter=_voice(said.who), body=said.text, parent=parent
    )
    published_at = cast(datetime, article.published_at)
    _date(comment, published_at + timedelta(minutes=said.minutes))
    if said.is_held:
        return
    moderation.approve(comment, by=User.objects.get(username=MODERATOR))
    if said.flag:
        reader = _voice("Sophea Lim")
        reports.flag(
            comment, by=reader, reason=Flag.FlagReason.ABUSIVE, words=said.flag
        )
    for reply in said.replies:
        _say(article, reply, comment)


def _voice(name: str) -> Commenter:
    if name not in ACCOUNTS:
        email = f"{name.lower().replace(' ', '.')}@example.org"
        website = WEBSITES.get(name, "")
        known = Commenter.objects.filter(name=name, email=email, user=None).first()
        return known or Commenter(name=name, email=email, website=website)
    username = (
        MODERATOR if name == "Mona Moderator" else name.split(maxsplit=1)[0].lower()
    )
    user, _ = User.objects.get_or_create(
        username=username, defaults={"display_name": name}
    )
    return Commenter.objects.get_or_create(user=user)[0]


def _date(comment: Comment, moment: datetime) -> None:
    Comment.objects.filter(pk=comment.pk).update(submitted_at=moment)
