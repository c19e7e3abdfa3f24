"""What follows from the signals of allauth and of Django."""

from allauth.account.signals import user_logged_in
from allauth.socialaccount.signals import social_account_added
from django.db.models.signals import post_delete
from django.dispatch import receiver

from accounts import pictures, provided
from accounts.models import User


@receiver(user_logged_in)
def follow_provider(sender, *, sociallogin=None, **kwargs):
    if sociallogin is None:  # a password
        return
    if provided.is_leading(sociallogin.account):
        provided.follow_name(sociallogin.account)
    pictures.follow(sociallogin.account)


@receiver(social_account_added)
def take_picture(sender, *, sociallogin, **kwargs):
    pictures.follow(sociallogin.account)


@receiver(post_delete, sender=User)
def forget_picture(sender, *, instance, **kwargs):
    pictures.forget(instance)
