"""Sending what the pages' forms send, from one of our own pages or another's."""

OURS = "http://testserver"
GUEST = {"comment": "I was there.", "email": "sok@example.org", "name": "Sok"}


def post_address(article):
    return f"{article.get_absolute_url()}comments/"


def post(client, address, data=None, *, origin=OURS, **extra):
    """A form's POST, as a browser sends it from ``origin``."""
    return client.post(address, data or {}, headers={"origin": origin}, **extra)


def post_reply(client, article, *, origin=OURS, follow=False, **fields):
    """The reply form as a guest fills it, but for ``fields``."""
    data = {name: value for name, value in (GUEST | fields).items() if value != ""}
    return post(client, post_address(article), data, origin=origin, follow=follow)
