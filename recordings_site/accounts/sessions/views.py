"""Ends one's own sessions, or another person's."""

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from recordings_site.accounts.access import Request, admin_only, own_affairs
from recordings_site.accounts.models import User
from recordings_site.accounts.sessions import actions
from recordings_site.accounts.sessions.fresh import fresh_to_write
from recordings_site.base.formatting import counted


@require_POST
@own_affairs
def profile_session_end(request: Request, pk: int) -> HttpResponse:
    """Sign one of one's own devices out."""
    actions.end_session(by=request.user, session=get_object_or_404(UserSession, pk=pk, user=request.user))
    messages.success(request, "The device was signed out.")
    return redirect("profile")


@require_POST
@own_affairs
def profile_sessions_end(request: Request) -> HttpResponse:
    """Sign all one's other devices out."""
    actions.end_sessions(by=request.user, person=request.user, besides=request.session.session_key)
    messages.success(request, "All other devices were signed out.")
    return redirect("profile")


@require_POST
@admin_only
@fresh_to_write
def person_sessions_end(request: Request, pk: int) -> HttpResponse:
    """Sign a person out everywhere; for oneself, except in this session."""
    found = get_object_or_404(User, pk=pk)
    ended = actions.end_sessions(by=request.user, person=found, besides=request.session.session_key)
    messages.success(request, f"{found.email} was signed out of {counted(ended, 'device')}.")
    return redirect("person", pk=pk)


@require_safe
@own_affairs
def confirmed(request: Request) -> HttpResponse:
    """Confirm in this tab that the user proved who they are, while a form waits in another tab."""
    return render(request, "accounts/sessions/confirmed.html")
