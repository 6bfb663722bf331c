"""A call that our answer broke is an alert at once: in the trail, on the status page, in the admins' mail."""

import pytest
from django.core import mail
from django.test import Client

from recordings_site.accounts.models import AuditEvent, Role
from recordings_site.callbacks import broken_calls
from recordings_site.calls.models import Call
from recordings_site.policies.engine import snapshot
from recordings_site.policies.models import PhoneNumber
from recordings_site.tasks.models import Task
from tests import factories
from tests.sinch_posts import dice, ice, post

pytestmark = pytest.mark.django_db


@pytest.fixture
def number() -> PhoneNumber:
    """A number with a policy."""
    made = factories.number(policy=factories.policy())
    snapshot.forget()
    return made


def broken(number: PhoneNumber, call_id: str, reason: str = "INVALIDSVAMLACTION") -> Call:
    """A call that ended for this reason."""
    post(number.application, ice(number.digits, call_id=call_id))
    post(number.application, dice(call_id=call_id, reason=reason, result="FAILED"))
    return Call.objects.get(call_id=call_id)


@pytest.mark.parametrize("reason", ["CALLBACKERROR", "invalidSvamlAction"])
def test_the_admins_are_told_once_of_several_calls(number: PhoneNumber, reason: str) -> None:
    admin = factories.admin()
    factories.user(Role.SUPPORT)
    factories.admin(is_active=False)
    calls = [broken(number, f"call-{n}", reason) for n in range(3)]
    assert AuditEvent.objects.filter(action="alert.call.broken").count() == 3
    assert Task.objects.filter(kind="alert.call_broken").count() == 3
    assert [broken_calls.mail_broken_call(call.pk) for call in calls] == [1, 0, 0]
    [message] = mail.outbox
    assert message.to == [admin.email]
    assert reason.upper() in message.subject
    assert f"/calls/{calls[0].pk}/" in str(message.body)
    browser = Client()
    browser.force_login(admin)
    page = browser.get("/status/").content.decode()
    assert "Call dropped by our answer" in page
    assert reason.upper() in page


def test_a_repeated_dice_is_no_further_alert_and_another_end_is_none(number: PhoneNumber) -> None:
    broken(number, "call-1")
    post(number.application, dice(call_id="call-1", reason="INVALIDSVAMLACTION", result="FAILED", version=2))
    broken(number, "call-2", "CALLERHANGUP")
    assert AuditEvent.objects.filter(action="alert.call.broken").count() == 1
