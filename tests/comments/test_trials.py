from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from comments import moderation, submission, trials
from comments.models import Comment, NewsroomHours, Phrase, Reason, ScreenSetting
from comments.screening import Outcome
from tests.factories import (
    make_article,
    make_comment,
    make_commenter,
    make_moderator,
    make_user,
)

pytestmark = pytest.mark.django_db
TRYOUT, COMPARE = "admin:comments_tryout", "admin:comments_screens"


@pytest.fixture
def moderator(client):
    moderator = make_moderator()
    client.force_login(moderator)
    return moderator


def make_judged(body, judgement=None, **fields):
    comment = make_comment(body=body, status="pending", **fields)
    if judgement == "rejected":
        moderation.reject(comment, by=make_moderator(), reason=Reason.SPAM)
    elif judgement == "approved":
        moderation.approve(comment, by=make_moderator())
    return comment


def bodies(comments):
    return [comment.body for comment in comments]


class TestTrials:
    def test_phrase_is_tried_on_what_was_said_and_decided(self):
        make_judged("A casino!", "rejected")
        make_judged("My casino story.", "approved")
        make_judged("Casinos?", None)
        make_judged("Spam of another kind.", "rejected")
        make_judged("An old casino.", submitted_at=timezone.now() - timedelta(days=9))
        make_comment(
            body="Staff on casinos", commenter=make_commenter(user=make_moderator())
        )

        trial = trials.try_phrase(Phrase(text="casino*", kind="banned"), days=7)

        result = trial.result
        assert (result.fired, trial.outcome) == (3, Outcome.REJECT)
        assert bodies(result.rejected) == ["A casino!"]
        assert bodies(result.approved) == ["My casino story."]
        assert bodies(result.undecided) == ["Casinos?"]
        assert (result.precision, result.recall) == (0.5, 0.5)
        assert not Phrase.objects.exists()

    def test_sample_is_bounded_and_says_so(self):
        for n in range(3):
            make_judged(f"casino {n}")

        sample = trials.sample(7, most=2)

        assert bodies(sample.comments) == ["casino 2", "casino 1"]
        assert sample.is_cut

    def test_undone_decision_is_none(self):
        comment = make_judged("casino", "rejected")
        moderation.undo(comment.decisions.last(), by=make_moderator())

        assert trials.sample(7).rejected_count == 0

    @pytest.mark.parametrize(("limit", "fired"), [(1, 2), (2, 1), (3, 0)])
    def test_threshold_is_tried(self, limit, fired):
        make_judged("https://a.example")
        make_judged("https://a.example https://b.example")

        assert trials.try_threshold("links", limit, days=7).result.fired == fired

    @pytest.mark.parametrize("screen", trials.repeatable(), ids=lambda s: s.name)
    def test_every_threshold_can_be_tried(self, screen):
        commenter = make_commenter(user=make_user())
        make_judged("A thought.", "rejected", commenter=commenter, address="192.0.2.1")

        assert trials.try_threshold(screen.name, 1, days=7).result.fired in {0, 1}

    def test_comparison_counts_each_screen_against_people(self):
        ScreenSetting.objects.create(screen="links", mode="shadow")
        links = "https://a.example https://b.example"
        told = {}
        for name, body in {
            "bad": links,
            "fine": f"See {links}",
            "plain": "Rude.",
        }.items():
            guest = make_commenter(user=make_user())
            told[name] = submission.submit(make_article(), commenter=guest, body=body)
        moderation.reject(told["bad"], by=make_moderator(), reason=Reason.SPAM)
        moderation.approve(told["fine"], by=make_moderator())
        moderation.reject(told["plain"], by=make_moderator(), reason=Reason.ABUSIVE)

        sample, records = trials.compare(days=7)

        figures = {
            (r.name, r.is_shadow): (r.fired, r.precision_percent, r.recall_percent)
            for r in records
        }
        assert figures == {
            ("first_comment", False): (3, 67, 100),
            ("links", True): (2, 50, 50),
        }
        assert sample.rejected_count == 2
        (shadow,) = [record for record in records if record.is_shadow]
        assert shadow.disagreements == [told["fine"]]

    @pytest.mark.parametrize("count", [1, 20])
    def test_comparison_costs_two_queries(self, count, django_assert_num_queries):
        for n in range(count):
            guest = make_commenter()
            submission.submit(make_article(), commenter=guest, body=f"Said {n}")

        with django_assert_num_queries(2):
            trials.compare(days=7)


class TestPages:
    def post(self, client, name, **fields):
        data = {f"{name}-{field}": value for field, value in fields.items()}
        return client.post(reverse(TRYOUT), data | {"try": name})

    def test_text_is_shown_to_every_screen_and_stored_nowhere(self, client, moderator):
        Phrase.objects.create(text="casino", kind="banned")
        said = "Our c@sino <b>"

        page = self.post(client, "text", body=said, speaker="guest").content.decode()

        assert "It would be: rejected." in page
        assert "Our <mark>c@sino</mark> &lt;b&gt;" in page
        assert "a guest whose e-mail is not confirmed" in page
        assert not Comment.objects.exists()

    @pytest.mark.parametrize(
        ("speaker", "outcome"),
        [
            ("guest", "awaiting moderation"),
            ("new", "awaiting moderation"),
            ("trusted", "published"),
        ],
    )
    def test_speaker_makes_the_difference(self, client, moderator, speaker, outcome):
        page = self.post(client, "text", body="A thought.", speaker=speaker)

        assert f"It would be: {outcome}." in page.content.decode()

    def test_article_and_its_hours_are_seen(self, client, moderator):
        article = make_article()
        NewsroomHours.objects.create(article=article)

        page = self.post(
            client, "text", body="A thought.", speaker="trusted", article=article.pk
        )

        assert "sent while the newsroom is away" in page.content.decode()

    def test_phrase_and_threshold_are_tried(self, client, moderator):
        make_judged("A casino!", "rejected")

        phrase = self.post(client, "phrase", text="casin*", kind="suspect", days=30)
        limit = self.post(client, "threshold", screen="links", threshold=0, days=30)

        words = "1 of 1 comments of the last 30 days would have been held."
        assert words in phrase.content.decode()
        assert words in limit.content.decode()

    def test_what_cannot_be_tried_is_said(self, client, moderator):
        page = self.post(client, "phrase", text="ca*no", kind="suspect", days=30)

        assert "A star stands at the beginning or the end" in page.content.decode()

    def test_comparison_page_reads(self, client, moderator):
        guest = make_commenter()
        comment = submission.submit(make_article(), commenter=guest, body="Hello.")
        moderation.approve(comment, by=moderator)

        page = client.get(reverse(COMPARE), {"days": 7}).content.decode()

        assert "unconfirmed guests" in page
        assert reverse("admin:comments_comment_change", args=[comment.pk]) in page

    @pytest.mark.parametrize("name", [TRYOUT, COMPARE])
    def test_pages_are_the_moderators(self, client, name):
        assert client.get(reverse(name)).status_code == 302
        client.force_login(make_user(is_staff=True))
        assert client.get(reverse(name)).status_code == 403


class TestSettings:
    def save(self, client, page, **data):
        return client.post(reverse(f"admin:comments_{page}_add"), data)

    def test_week_is_typed_in_words(self, client, moderator):
        self.save(
            client,
            "newsroomhours",
            time_zone="Asia/Phnom_Penh",
            otherwise="closed",
            holidays="2026-12-25\n2026-04-14",
            day_0="08:00–12:00, 13:00 - 24:00",
        )

        week = NewsroomHours.objects.get()
        assert week.week == [
            {"day": 0, "from": "08:00", "to": "12:00"},
            {"day": 0, "from": "13:00", "to": "24:00"},
        ]
        assert week.holidays == ["2026-04-14", "2026-12-25"]
        address = reverse("admin:comments_newsroomhours_change", args=[week.pk])
        assert (
            'value="08:00–12:00, 13:00–24:00"' in client.get(address).content.decode()
        )

    def test_hours_are_for_an_article_that_readers_see(self, client, moderator):
        seen, draft = make_article(), make_article(status="draft")
        week = {"time_zone": "UTC", "otherwise": "hold"}
        form = client.get(reverse("admin:comments_newsroomhours_add")).content.decode()

        for article in (seen, draft):
            self.save(client, "newsroomhours", article=article.pk, **week)

        assert f'<option value="{seen.pk}">' in form
        assert f'<option value="{draft.pk}">' not in form
        assert NewsroomHours.objects.get().article == seen

    def test_hours_keep_an_article_that_is_not_to_choose_any_more(
        self, client, moderator
    ):
        week = NewsroomHours.objects.create(article=make_article(status="unpublished"))
        address = reverse("admin:comments_newsroomhours_change", args=[week.pk])
        data = {"time_zone": "UTC", "otherwise": "closed", "article": week.article_id}

        client.post(address, data)

        week.refresh_from_db()
        assert week.otherwise == "closed"

    @pytest.mark.parametrize(
        ("wrong", "words"),
        [
            ({"time_zone": "Europe/Bonn"}, "There is no time zone “Europe/Bonn”"),
            ({"day_1": "8 to 5"}, "“8 to 5” is not like 08:00–22:00."),
            ({"day_1": "08:00–25:00"}, "There is no 25:00."),
            (
                {"day_1": "22:00–02:00"},
                "ends before it begins. Over midnight it is two",
            ),
            ({"day_1": "08:00–12:00, 11:00–13:00"}, "These times overlap"),
            ({"holidays": "25.12.2026"}, "“25.12.2026” is not a date"),
        ],
    )
    def test_what_is_wrong_is_said(self, client, moderator, wrong, words):
        data = {"time_zone": "Europe/Berlin", "otherwise": "hold"} | wrong

        page = self.save(client, "newsroomhours", **data).content.decode()

        assert words in page
        assert not NewsroomHours.objects.exists()

    def test_site_has_one_timetable(self, client, moderator):
        NewsroomHours.objects.create()

        self.save(client, "newsroomhours", time_zone="UTC", otherwise="hold")

        assert NewsroomHours.objects.count() == 1

    def test_threshold_belongs_to_a_screen_that_has_one(self, client, moderator):
        setting = {"mode": "shadow", "on_failure": "hold", "threshold": "3"}
        self.save(client, "screensetting", screen="links", **setting)
        page = self.save(client, "screensetting", screen="trap", **setting)

        assert "This screen has no threshold." in page.content.decode()
        kept = ScreenSetting.objects.values_list("screen", "mode", "threshold")
        assert list(kept) == [("links", "shadow", 3.0)]
        client.get(reverse("admin:comments_screensetting_changelist"))
