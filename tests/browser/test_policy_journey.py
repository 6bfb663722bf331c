"""An admin writes a policy, tries a call, replays it, publishes it and rolls it back; why says what became of calls."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from recordings_site.calls.models import Call, Decision
from recordings_site.ops.worker.loop import drain
from recordings_site.policies.engine import snapshot
from recordings_site.policies.models import PhoneNumber, Policy
from recordings_site.tasks import registry
from tests import factories, simulated
from tests.browser.visits import real_transactions, sign_in

pytestmark = real_transactions
SWEDES = "+46701740*"


@pytest.fixture
def number(db: None) -> PhoneNumber:
    """A number without a policy: its application's default route connects."""
    factories.destination(name="Archive")
    snapshot.forget()
    return factories.number(label="Support Stockholm")


@pytest.fixture
def page(context: BrowserContext, live_server: LiveServer) -> Page:
    """An admin's page."""
    sign_in(context, live_server, factories.admin())
    return context.new_page()


def rule_words(page: Page) -> list[str]:
    """The rules as they read."""
    return page.locator(".rule-words").all_inner_texts()


def write_rules(page: Page) -> None:
    """Three rules: no Swedes, half of the inbound calls, all outbound ones."""
    first = page.locator("[data-rule]").nth(0)
    first.locator("summary").click()
    first.get_by_label("What", exact=True).select_option("Do not record")
    first.get_by_label("Which calls").select_option("any")
    first.get_by_label("Callers").fill(SWEDES)
    page.get_by_role("button", name="Add a rule").click()
    second = page.locator("[data-rule]").nth(1)
    second.get_by_label("Which calls").select_option("outbound")
    page.get_by_role("button", name="Add a rule").click()
    third = page.locator("[data-rule]").nth(2)
    third.get_by_label("Percent").fill("50")
    third.get_by_label("Percent").blur()


@pytest.mark.timeout(300)
def test_the_life_of_a_policy(page: Page, live_server: LiveServer, number: PhoneNumber) -> None:
    simulated.simulate(number.application, simulated.groups(40, numbers=[number.digits], seed=5))

    # Write it: the SVAML follows what is typed, and rules move by keyboard and by drag.
    page.goto(f"{live_server.url}/policies/")
    page.get_by_role("link", name="New policy").first.click()
    page.locator("#id_name").fill("Support EU")
    page.locator("#id_how_destination").select_option("Archive")
    page.locator("#id_route_number").fill("+46771000000")
    write_rules(page)
    expect(page.locator("#preview")).to_contain_text("recordingOptions")
    expect(page.locator(".rule-words").nth(2)).to_have_text("Record 50% of all inbound calls")
    page.locator("[data-rule] summary").nth(2).press("Alt+ArrowUp")
    expect(page.locator(".rule-words").nth(1)).to_have_text("Record 50% of all inbound calls")

    # Try a call.
    page.get_by_label("Caller", exact=True).fill("+46701740605")
    page.get_by_role("button", name="Try it").click()
    expect(page.locator("#preview .tried")).to_contain_text(
        f"Not recorded: rule 1 of This policy (draft) excludes calls from {SWEDES}."
    )
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Support EU")
    page.locator(".rule-grip").nth(1).drag_to(page.locator("[data-rule]").nth(2))
    expect(page.locator(".rule-words").nth(2)).to_have_text("Record 50% of all inbound calls")
    page.locator("[data-rule]").nth(2).get_by_role("button", name="Move rule 3 up").click()
    expect(page.locator(".rule-words").nth(1)).to_have_text("Record 50% of all inbound calls")
    assert rule_words(page) == [
        f"Do not record calls from {SWEDES}",
        "Record 50% of all inbound calls",
        "Record all outbound calls",
    ]

    # The number is given to it, and the draft replayed over the calls of the past.
    policy = Policy.objects.get()
    page.goto(f"{live_server.url}/numbers/")
    page.get_by_label("Select every number shown").check()
    expect(page.locator(".selection-bar")).to_contain_text("1 selected")
    expect(page.get_by_label("Select Support Stockholm")).to_be_checked()
    page.get_by_role("button", name="Edit").click()
    page.get_by_label("Policy optional").select_option("Support EU")
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("button", name="Change 1 number").click()
    expect(page.locator("#messages")).to_contain_text("1 number was changed.")
    page.goto(f"{live_server.url}/policies/{policy.pk}/replay/")
    page.get_by_role("button", name="Replay").click()
    expect(page.locator("#replay progress")).to_be_visible()
    drain(registry.load())
    expect(page.locator("#replay")).to_contain_text("40 calls")
    expect(page.locator("#replay .figures")).to_contain_text("More recorded")
    expect(page.locator("#replay progress")).to_have_count(0)
    assert int(page.locator("#replay .figures dd").first.inner_text()) > 5

    # Publish, and a hundred calls come in.
    page.goto(f"{live_server.url}/policies/{policy.pk}/")
    page.get_by_role("link", name="Publish…").click()
    page.get_by_label("Reason").fill("The works council agreed")
    page.get_by_role("button", name="Publish").click()
    expect(page.locator("#messages")).to_contain_text("Version 1 is now active.")
    simulated.simulate(number.application, simulated.groups(100, numbers=[number.digits], seed=7, outbound=0.1))
    decided = Decision.objects.filter(policy_version__number=1)
    assert decided.count() == 100

    # Another version, and back in one click.
    page.locator("[data-rule] summary").nth(0).click()
    page.locator("[data-rule]").nth(0).get_by_role("button", name="Remove rule 1").click()
    expect(page.locator("[data-rule]")).to_have_count(2)
    page.get_by_role("button", name="Save draft").click()
    page.get_by_role("link", name="Publish…").click()
    expect(page.locator(".diff-out").first).to_contain_text("Do not record calls from")
    page.get_by_label("Reason").fill("A mistake")
    page.get_by_role("button", name="Publish").click()
    page.get_by_role("link", name="Versions").click()
    page.get_by_role("button", name="Roll back").click()
    expect(page.locator("#messages")).to_contain_text("Version 3 is now active.")
    simulated.simulate(number.application, simulated.groups(30, numbers=[number.digits], seed=9))

    # Why, for each kind of end.
    lying = Call.objects.filter(recordings__state="available", decision__policy_version__number=1)
    explained(page, live_server, lying.filter(direction="inbound"), "Recorded: rule 2 of “Support EU” v1 records 50%")
    excluded = decided.filter(reason="rule_excludes")
    sentence = f"Not recorded: rule 1 of “Support EU” v1 excludes calls from {SWEDES}."
    explained(page, live_server, Call.objects.filter(decision__in=excluded), sentence)
    out = decided.filter(reason="sampled_out").first()
    assert out is not None
    assert out.draw is not None
    assert out.draw >= 50
    explained(page, live_server, Call.objects.filter(pk=out.call_id), "(this call was not selected).")
    after = Call.objects.filter(decision__policy_version__number=3, decision__reason="rule_excludes")
    explained(page, live_server, after, "Not recorded: rule 1 of “Support EU” v3 excludes calls")
    expect(page.locator("#why")).to_contain_text("Support EU v3 was published with the reason: Roll back to version 1.")
    unanswered = Call.objects.filter(dice_result__in=("NOANSWER", "BUSY"), decision__outcome="record")
    explained(page, live_server, unanswered, "Not recorded: the call was never answered, though")


def explained(page: Page, live_server: LiveServer, calls: "object", sentence: str) -> None:
    """Find the first of these calls in the list of calls by its id, open it, and read why."""
    call = calls.order_by("pk").first()  # type: ignore[attr-defined]
    assert call is not None
    page.goto(f"{live_server.url}/calls/")
    page.get_by_label("Find").fill(call.call_id)
    expect(page.locator("#calls tbody tr")).to_have_count(1)
    page.locator("#calls a.row-open").click()
    expect(page.locator(".why-sentence")).to_contain_text(sentence)
