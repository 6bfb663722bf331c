"""Asks the provider whether a signed-in user still has access."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import requests
from allauth.mfa.adapter import get_adapter as sealing
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings

from recordings_site.accounts.models import ProviderGrant
from recordings_site.accounts.sessions.listing import open_sessions
from recordings_site.accounts.single_sign_on import actions, groups
from recordings_site.accounts.single_sign_on.actions import NoAccess

log = logging.getLogger(__name__)
# While the provider does not answer.
AGAIN = timedelta(minutes=5)


class ProviderUnavailable(Exception):
    """The provider gave no answer that says whether the user has access."""


def check(person_id: int, now: datetime) -> datetime | None:
    """Ask, and end the person's sessions if they are no longer let in. Returns when to ask again; None: no more.

    A provider that does not answer, or answers nonsense, signs no one out: sessions last until they expire.
    """
    grant = ProviderGrant.objects.select_related("user").filter(user_id=person_id).first()
    if grant is None or not settings.OIDC_SERVER_URL:
        return None
    if not grant.user.is_active or not open_sessions(grant.user, here=None):
        grant.delete()
        return None
    try:
        claims = _claims(grant, now)
        found = groups.groups_in(claims) if groups.decide_roles() else None
        if found is not None:
            actions.apply_groups(person=grant.user, groups=found)
    except NoAccess:
        actions.refuse(person=grant.user, why="The identity provider no longer grants access.")
        return None
    except (ProviderUnavailable, requests.RequestException, ValueError, KeyError, TypeError, AttributeError) as problem:
        log.warning("single sign-on: the provider could not be asked whether people still have access: %r", problem)
        return now + AGAIN
    ProviderGrant.objects.filter(pk=grant.pk).update(checked_at=now)
    return now + actions.ASKED_EVERY


def _claims(grant: ProviderGrant, now: datetime) -> Mapping[str, Any]:
    """What the provider says of the person now. Raises NoAccess when it takes none of the person's tokens."""
    config = OpenIDConnectOAuth2Adapter(None, "oidc").openid_config
    with get_adapter().get_requests_session() as session:
        access = _renewed(grant, session, config) if grant.refresh_token else sealing().decrypt(grant.access_token)
        answer = session.get(config["userinfo_endpoint"], headers={"Authorization": f"Bearer {access}"})
    if answer.status_code in (400, 401, 403):  # some providers call a token that is over a bad request
        raise NoAccess
    claims = _body(answer)
    if claims.get("sub") != grant.uid:
        raise ProviderUnavailable("the answer is about another account")
    return claims


def _renewed(grant: ProviderGrant, session: requests.Session, config: Mapping[str, Any]) -> str:
    """A new access token. A new refresh token is kept at once: the old one may be good for nothing then."""
    app = get_adapter().get_provider(None, "oidc").app
    answer = session.post(
        config["token_endpoint"],
        data={"grant_type": "refresh_token", "refresh_token": sealing().decrypt(grant.refresh_token)},
        auth=(app.client_id, app.secret),
    )
    if answer.status_code == 400 and answer.json().get("error") == "invalid_grant":
        raise NoAccess
    body = _body(answer)
    if refresh := body.get("refresh_token"):
        ProviderGrant.objects.filter(pk=grant.pk).update(refresh_token=sealing().encrypt(str(refresh)))
    return str(body["access_token"])


def _body(answer: requests.Response) -> Mapping[str, Any]:
    if answer.status_code != 200:
        raise ProviderUnavailable(f"status {answer.status_code}")
    body = answer.json()
    if not isinstance(body, dict):
        raise ProviderUnavailable("no object")
    return body
