"""Who asks: the session and its person, looked up anew for each request, with queries that are built once."""

from allauth.account import auth_backends
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db import DEFAULT_DB_ALIAS
from django.utils import timezone

from recordings_site.accounts.models import User
from recordings_site.web.prepared import Prepared, columns

_PERSON = columns(User)
_session = Prepared(lambda key: Session.objects.filter(session_key=key).values_list("session_data", "expire_date"), str)
_person = Prepared(lambda pk: User.objects.filter(pk=pk).order_by().values_list(*_PERSON), int)


class SessionStore(db.SessionStore):
    """Django's sessions in the database. The class has the name of Django's, which is part of what signs them."""

    def load(self) -> dict[str, object]:
        """What the session holds; nothing when it has ended."""
        row = _session.first(self.session_key)
        if row is None or row[1] <= timezone.now():
            self._session_key = None
            return {}
        return self.decode(row[0])


class AuthenticationBackend(auth_backends.AuthenticationBackend):  # type: ignore[misc]  # allauth has no types
    """allauth's, by address and password."""

    def get_user(self, user_id: int) -> User | None:
        """The person of a session, unless deactivated since."""
        row = _person.first(user_id)
        user = User.from_db(DEFAULT_DB_ALIAS, _PERSON, row) if row else None
        return user if user and self.user_can_authenticate(user) else None
