"""Sanctions: what they stop, how long they hold, and what becomes of them."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.contrib import admin
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from comments import moderation, policies, retention, sanctions
from comments.models import Comment, Commenter, Sanction, SanctionMark
from tests.factories import (
    make_article,
    make_comment,
    make_commenter,
    make_editor,
    make_moderator,
    make_user,
)
from tests.posting import post, post_address, post_reply

pytestmark = pytest.mark.django_db
Kind = Sanction.Kind
ADD = reverse("admin:comments_sanction_add")


def make_sanction(commenter=None, kind=Kind.BAN, **fields):
    fields.setdefault("reason", "You were rude.")
    if kind == Kind.SUSPENSION:
        fields.setdefault("ends_at", timezone.now() + timedelta(days=7))
    commenter = commenter or make_commenter()
    by = fields.pop("by", None) or make_moderator()
    return sanctions.impose(Sanction(commenter=commenter, kind=kind, **fields), by=by)


def make_account(uid="107", email="", verified=True):
    """A user who came from Google."""
    user = make_user()
    SocialAccount.objects.create(user=user, provider="google", uid=uid)
    if email:
        EmailAddress.objects.create(user=user, email=email, verified=verified)
    return user


def test_lift_ends_a_sanction_and_keeps_its_record():
    sanction, moderator = make_sanction(), make_moderator()
    assert list(Sanction.objects.in_force()) == [sanction]

    assert sanctions.lift(sanction, by=moderator)

    assert list(Sanction.objects.in_force()) == []
    sanction.refresh_from_db()
    assert (sanction.has_ended, sanction.lifted_by) == (True, moderator)
    assert not sanctions.lift(sanction, by=make_moderator())


def test_sanction_ends_by_itself():
    ended = timezone.now() - timedelta(minutes=1)
    make_sanction(kind=Kind.SUSPENSION, ends_at=ended)

    assert list(Sanction.objects.in_force()) == []


def test_ban_comes_before_the_longest_suspension():
    voice = make_commenter()
    make_sanction(voice, Kind.SUSPENSION)
    longer = timezone.now() + timedelta(days=30)
    longest = make_sanction(voice, Kind.SUSPENSION, ends_at=longer)
    assert policies.exclusion({voice.pk}) == longest

    ban = make_sanction(voice, Kind.BAN)

    assert policies.exclusion({voice.pk}) == ban


def test_reader_without_voices_costs_no_query(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert policies.sanctions_on(frozenset()) == []


@pytest.mark.parametrize("number", [1, 3])
def test_account_costs_three_queries(number, django_assert_num_queries):
    user = make_account(email="dara@example.org")
    for n in range(number):
        SocialAccount.objects.create(user=user, provider="facebook", uid=str(n))
        make_sanction(make_commenter())
    voice = make_commenter(user=user)
    make_sanction(voice)

    with django_assert_num_queries(3):
        assert len(policies.sanctions_on({voice.pk}, voice)) == 1


# A warning


@pytest.fixture
def warned(client):
    """The browser ``client`` has commented, and been warned."""
    post_reply(client, make_article())
    return make_sanction(Commenter.objects.get(), Kind.WARNING, message="Stay kind.")


def test_warning_is_acknowledged_before_the_next_comment(client, warned):
    article = make_article()

    refused = post_reply(client, article, comment="My next thought.")

    page = refused.content.decode()
    assert refused.status_code == 403
    assert "The moderators have sent you a warning: “You were rude.”" in page
    assert "Stay kind." in page
    assert "My next thought." in page
    assert f'form="commentform" name="acknowledge" value="{warned.pk}"' in page
    assert Comment.objects.count() == 1


def test_acknowledging_button_posts_the_kept_text(client, warned):
    article = make_article()

    answer = post_reply(
        client, article, comment="My next thought.", acknowledge=str(warned.pk)
    )

    warned.refresh_from_db()
    assert answer.status_code == 302
    assert warned.acknowledged_at is not None
    assert Comment.objects.filter(article=article).count() == 1


def test_warning_has_a_page_of_its_own(client, warned):
    address = reverse("comments:warning", args=[warned.pk])
    assert "Stay kind." in client.get(address).content.decode()

    answer = post(client, address)

    assert answer["Location"] == reverse("comments:mine")
    first = Sanction.objects.get().acknowledged_at
    post(client, address)
    assert Sanction.objects.get().acknowledged_at == first is not None
    assert post_reply(client, make_article(), comment="Next.").status_code == 302


def test_warning_from_elsewhere_is_not_acknowledged(client, warned):
    address = reverse("comments:warning", args=[warned.pk])

    assert post(client, address, origin="https://evil.example").status_code == 403
    warned.refresh_from_db()
    assert warned.acknowledged_at is None


def test_anothers_warning_is_not_there(client):
    warning = make_sanction(kind=Kind.WARNING)
    address = reverse("comments:warning", args=[warning.pk])

    assert client.get(address).status_code == 404
    assert post(client, address).status_code == 404
    post_reply(client, make_article(), acknowledge=str(warning.pk))
    warning.refresh_from_db()
    assert warning.acknowledged_at is None


def test_history_stands_at_my_comments(client, warned):
    sanctions.lift(make_sanction(warned.commenter, reason="Spam."), by=make_moderator())

    page = client.get(reverse("comments:mine")).content.decode()

    assert "You were rude." in page
    assert reverse("comments:warning", args=[warned.pk]) in page
    assert "You can no longer comment" in page
    assert "lifted on" in page
    assert "Mona Moderator" not in page


# Beyond the voice and the account


def test_ban_holds_for_all_voices_of_a_browser(client):
    post_reply(client, make_article())
    make_sanction(Commenter.objects.get(), reason="Insults.")

    refused = post_reply(client, make_article(), name="Somebody else")

    assert refused.status_code == 403
    assert "You can no longer comment here." in refused.content.decode()


def test_ban_survives_the_deletion_of_the_account():
    old = make_account(uid="107")
    ban = make_sanction(make_commenter(user=old))
    old.delete()

    anew = Commenter(user=make_account(uid="107"))

    assert policies.sanctions_on(frozenset(), anew) == [ban]
    assert policies.sanctions_on(frozenset(), Commenter(user=make_account("108"))) == []


@pytest.mark.parametrize(("verified", "found"), [(True, 1), (False, 0)])
def test_marks_are_made_of_verified_addresses_alone(verified, found):
    old = make_account(uid="107", email="Dara@example.org", verified=verified)
    make_sanction(make_commenter(user=old))
    old.delete()

    anew = Commenter(user=make_account(uid="108", email="dara@EXAMPLE.org"))

    assert len(policies.sanctions_on(frozenset(), anew)) == found


def test_marks_hold_neither_address_nor_uid():
    user = make_account(uid="107", email="dara@example.org")
    make_sanction(make_commenter(user=user))
    user.delete()

    digests = SanctionMark.objects.values_list("digest", flat=True)
    assert len(digests) == 2
    assert all(len(digest) == 64 for digest in digests)


def test_marks_outlive_a_change_of_the_secret_key(settings):
    user = make_account()
    make_sanction(make_commenter(user=user))
    user.delete()

    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key, for the tests alone"

    assert policies.sanctions_on(frozenset(), Commenter(user=make_account()))


def test_person_who_comes_back_is_refused(client):
    user = make_account()
    make_sanction(make_commenter(user=user), reason="Insults.")
    user.delete()
    client.force_login(make_account())

    page = client.get(make_article().get_absolute_url())
    assert page.status_code == 200
    token = client.cookies["csrf"].value
    answer = post(
        client,
        post_address(make_article()),
        {"comment": "I am back.", "post_as": "account", "csrfmiddlewaretoken": token},
    )

    assert answer.status_code == 403
    assert "Insults." in answer.content.decode()
    assert not Comment.objects.exists()


def test_person_who_comes_back_stays_premoderated(client):
    user = make_account()
    make_sanction(make_commenter(user=user), Kind.PREMODERATION)
    user.delete()
    voice = make_commenter(user=make_account())
    make_comment(commenter=voice)
    client.force_login(voice.user)
    client.get(make_article().get_absolute_url())

    token = client.cookies["csrf"].value
    data = {"comment": "Me.", "post_as": "account", "csrfmiddlewaretoken": token}
    post(client, post_address(make_article()), data)

    posted = Comment.objects.latest("pk")
    assert posted.status == Comment.Status.PENDING
    assert posted.decisions.get().reason == "premoderated_commenter"


def test_marks_are_passed_on_from_life_to_life():
    first = make_account()
    ban = make_sanction(make_commenter(user=first))
    first.delete()
    second = make_account(email="new@example.org")
    second.delete()

    third = make_account(uid="109", email="new@example.org")

    assert policies.sanctions_on(frozenset(), Commenter(user=third)) == [ban]


def test_marks_of_what_is_over_or_lifted_are_not_made():
    user = make_account()
    voice = make_commenter(user=user)
    sanctions.lift(make_sanction(voice), by=make_moderator())
    make_sanction(voice, Kind.SUSPENSION, ends_at=timezone.now())

    user.delete()

    assert not SanctionMark.objects.exists()


def test_lifted_ban_is_lifted_for_the_next_account_too():
    user = make_account()
    ban = make_sanction(make_commenter(user=user))
    user.delete()

    sanctions.lift(ban, by=make_moderator())

    assert policies.sanctions_on(frozenset(), Commenter(user=make_account())) == []


def test_marks_expire_with_the_sanction_or_after_the_set_period(settings, capsys):
    settings.COMMENT_SANCTION_MARK_DAYS = 10
    user, soon = make_account(), timezone.now() + timedelta(days=2)
    voice = make_commenter(user=user)
    make_sanction(voice, Kind.SUSPENSION, ends_at=soon)
    make_sanction(voice)
    user.delete()
    expiries = [mark.expires_at for mark in SanctionMark.objects.order_by("expires_at")]
    assert expiries[0] == soon
    assert (expiries[1] - timezone.now()).days == 9

    SanctionMark.objects.filter(expires_at=soon).update(expires_at=timezone.now())

    assert retention.forget_marks() == 1
    call_command("forget_addresses")
    assert "Marks forgotten: 0." in capsys.readouterr().out
    assert SanctionMark.objects.count() == 1


# Imposing, sweeping and lifting in the admin


@pytest.fixture
def desk(client):
    client.force_login(make_moderator())
    return client


def imposed(commenter, **fields):
    return {"commenter": commenter.pk, "kind": "ban", "reason": "Spam."} | fields


def test_form_knows_the_commenter_that_the_desk_names(desk):
    voice = make_commenter(name="Named by the desk")

    page = desk.get(f"{ADD}?commenter={voice.pk}").content.decode()

    assert "Named by the desk" in page


def test_moderator_imposes_with_a_reason_and_a_message(desk):
    desk.post(ADD, imposed(make_commenter(), kind="warning", message="Stay kind."))

    sanction = Sanction.objects.get()
    assert (sanction.kind, sanction.reason, sanction.message) == (
        "warning",
        "Spam.",
        "Stay kind.",
    )
    assert sanction.imposed_by.display_name == "Mona Moderator"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"kind": "suspension"}, "A suspension needs an end."),
        ({"reason": ""}, "This field is required."),
        (
            {"ends_at_0": "2020-01-01", "ends_at_1": "00:00"},
            "The end has to lie in the future.",
        ),
    ],
)
def test_sanction_without_its_parts_is_not_imposed(desk, fields, words):
    page = desk.post(ADD, imposed(make_commenter(), **fields)).content.decode()

    assert words in page
    assert not Sanction.objects.exists()


def test_sweep_previews_exactly_what_it_rejects(desk):
    voice, now = make_commenter(), timezone.now()
    waiting = make_comment(
        commenter=voice,
        status=Comment.Status.PENDING,
        submitted_at=now - timedelta(days=99),
        body="Waiting long.",
    )
    recent = make_comment(commenter=voice, body="Said lately.")
    old = make_comment(
        commenter=voice, submitted_at=now - timedelta(days=8), body="Said before."
    )
    other = make_comment(body="Another’s words.")

    answer = desk.post(ADD, imposed(voice, sweep="on", sweep_days="7"))
    assert Sanction.objects.in_force().exists()  # at once; the preview may take time
    preview = desk.get(answer["Location"])
    page = preview.content.decode()
    assert "Waiting long." in page
    assert "Said lately." in page
    assert "Said before." not in page
    assert "Another" not in page

    targets = preview.context["form"]["targets"].value()
    desk.post(answer["Location"], {"targets": targets})

    for comment in (waiting, recent, old, other):
        comment.refresh_from_db()
    assert (waiting.status, recent.status) == ("rejected", "rejected")
    assert (old.status, other.status) == ("published", "published")
    for comment in (waiting, recent):
        decision = comment.decisions.get()
        assert (decision.reason, decision.words) == ("sanction", "Spam.")


def test_sweep_leaves_alone_what_changed_since_the_preview():
    voice, moderator = make_commenter(), make_moderator()
    changed = make_comment(commenter=voice, status=Comment.Status.PENDING)
    settled = make_comment(commenter=voice)
    seen = {changed.pk: changed.version, settled.pk: settled.version}
    moderation.approve(changed, by=make_moderator())

    swept = sanctions.sweep(make_sanction(voice), seen, by=moderator)

    assert (swept.rejected_count, swept.skipped_count) == (1, 1)
    changed.refresh_from_db()
    assert changed.is_published


def test_sweep_reaches_nobody_elses_comments():
    other = make_comment()

    swept = sanctions.sweep(make_sanction(), {other.pk: 1}, by=make_moderator())

    assert (swept.rejected_count, swept.skipped_count) == (0, 1)


LONG = "9" * 23, "9" * 5_000  # more digits than a database and Python take


@pytest.mark.parametrize(
    "targets", ["", "{", "7", "x:1", "7:", *[f"7:1 {long}:{long}" for long in LONG]]
)
def test_sweep_of_a_broken_preview_changes_nothing(desk, targets):
    comment = make_comment()
    sanction = make_sanction(comment.commenter)
    address = reverse("admin:comments_sanction_sweep", args=[sanction.pk])

    assert desk.post(address, {"targets": targets}).status_code == 302

    comment.refresh_from_db()
    assert comment.is_published


@pytest.mark.parametrize("number", ["x", "٣", *LONG])
def test_nonsense_in_the_pages_addresses_is_left_out(desk, number):
    sanction = make_sanction()
    sweep = reverse("admin:comments_sanction_sweep", args=[sanction.pk])
    lift = reverse("admin:comments_sanction_lift")

    lifted = desk.get(lift, {"pk": [number, sanction.pk]}).context["sanctions"]

    assert list(lifted) == [sanction]
    assert desk.get(sweep, {"days": number}).context["days"] == 7


@pytest.mark.parametrize(("asked", "days"), [("0", 0), ("30", 30), ("999", 90)])
def test_sweep_looks_back_as_far_as_asked(desk, asked, days):
    sweep = reverse("admin:comments_sanction_sweep", args=[make_sanction().pk])

    assert desk.get(sweep, {"days": asked}).context["days"] == days


def test_lifting_asks_once_more(desk):
    sanction = make_sanction()
    changelist = reverse("admin:comments_sanction_changelist")

    answer = desk.post(changelist, {"action": "lift", "_selected_action": sanction.pk})
    assert "You were rude." in desk.get(answer["Location"]).content.decode()
    assert Sanction.objects.in_force().exists()
    desk.post(answer["Location"])

    assert not Sanction.objects.in_force().exists()
    assert "lifted" in desk.get(changelist, follow=True).content.decode()


def test_commenters_page_shows_the_history(desk):
    sanction = make_sanction()
    sanctions.lift(sanction, by=make_moderator(display_name="Lena Lifter"))

    voice = reverse("admin:comments_commenter_change", args=[sanction.commenter_id])
    page = desk.get(voice).content.decode()

    assert "You were rude." in page
    assert "Lena Lifter" in page
    assert f"{ADD}?commenter={sanction.commenter_id}" in page


@pytest.mark.parametrize("make_person", [make_editor, make_user])
def test_sanctions_are_the_moderators(client, make_person):
    sanction = make_sanction()
    client.force_login(make_person())
    lift = f"{reverse('admin:comments_sanction_lift')}?pk={sanction.pk}"
    sweep = reverse("admin:comments_sanction_sweep", args=[sanction.pk])

    for address in (ADD, lift, sweep):
        assert client.get(address).status_code in {302, 403}
        assert client.post(address).status_code in {302, 403}

    assert Sanction.objects.in_force().get() == sanction


def test_sanction_is_never_changed_or_deleted(rf):
    page = admin.site.get_model_admin(Sanction)
    request = rf.get("/")
    request.user = make_user(is_superuser=True, is_staff=True)

    assert not page.has_change_permission(request)
    assert not page.has_delete_permission(request)
