"""Registers django-allauth's sessions without their signals."""

from allauth.usersessions.apps import UserSessionsConfig


class QuietUserSessionsConfig(UserSessionsConfig):  # type: ignore[misc]
    """The middleware of this room notes sessions.

    At each sign-in django-allauth would look into the person's other sessions, which after a change of SECRET_KEY gives
    them keys that no browser has: it would sign those devices out.
    """

    def ready(self) -> None:
        """Connect nothing."""
