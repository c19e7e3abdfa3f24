"""Who is signed in, found by a query that is made once."""

from allauth.account.auth_backends import AuthenticationBackend

from accounts.models import User
from accounts.prepared import Select, Slot

_BY_KEY = Select(User, lambda: User.objects.filter(pk=Slot("key")))


class AccountBackend(AuthenticationBackend):
    """allauth's: by user name or e-mail, with a password; and by providers."""

    def get_user(self, user_id) -> User | None:
        user = _BY_KEY.first(key=user_id)
        return user if user and self.user_can_authenticate(user) else None
