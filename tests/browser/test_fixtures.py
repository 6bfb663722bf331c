"""The browser that the tests drive hears its own errors."""

from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer


def test_an_exception_in_a_page_is_a_complaint(page: Page, complaints: list[str]) -> None:
    page.goto("data:text/html,<script>throw new Error('broken')</script>")
    page.wait_for_timeout(50)
    assert any("broken" in complaint for complaint in complaints)
    complaints.clear()


def test_a_violated_content_security_policy_is_a_complaint(page: Page, complaints: list[str]) -> None:
    policy = '<meta http-equiv="Content-Security-Policy" content="script-src \'none\'">'
    page.goto(f"data:text/html,{policy}<script>document.title = 'ran'</script>")
    page.wait_for_timeout(50)
    assert page.title() == ""
    assert any("Content Security Policy" in complaint for complaint in complaints)
    complaints.clear()


def test_the_live_server_answers_the_browser(page: Page, live_server: LiveServer, complaints: list[str]) -> None:
    answer = page.goto(f"{live_server}/nothing/here/")
    assert answer is not None
    assert answer.status == 404
    complaints.clear()
