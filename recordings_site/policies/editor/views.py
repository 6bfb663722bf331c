"""The pages of policies: all of them, the editor with its live preview, publishing, versions and their differences."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from recordings_site.accounts import access
from recordings_site.accounts.access import Request, page_or_partial
from recordings_site.policies.editor import publishing, queries
from recordings_site.policies.editor.forms import PolicyForm
from recordings_site.policies.editor.forms_initial import rearranged
from recordings_site.policies.editor.publishing import NotAllowed
from recordings_site.policies.engine import snapshot
from recordings_site.policies.models import LONGEST_REASON, PhoneNumber, Policy, PolicyVersion

EDITOR, PREVIEW = "policies/editor/_editor.html", "policies/editor/_preview.html"
NAMED = 5  # numbers that a policy's head names, as its template counts those beyond


@require_GET
@access.admin_only
def policies(request: Request) -> HttpResponse:
    """All policies, what they say in short, and which numbers have none."""
    failing = queries.failing_destinations()
    context = {
        "policies": [queries.summary(policy, failing=failing) for policy in Policy.objects.listed()],
        "without": PhoneNumber.objects.without_policy().count(),
    }
    return render(request, "policies/editor/policies.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@access.admin_only
def policy_new(request: Request) -> HttpResponse:
    """Begin a policy from a sensible document; it is kept as a draft."""
    form = PolicyForm(request.POST or None, user=request.user, document=queries.starting_point())
    if request.method == "POST" and "do" in request.POST:
        return _rearranged(request, None)
    if request.method == "POST" and form.is_valid() and form.document:
        policy = publishing.create_policy(by=request.user, name=form.cleaned_data["name"], document=form.document)
        messages.success(request, f"{policy} was created as a draft. Publish it to use it.")
        return redirect("policy", policy.pk)
    return _editor(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
@access.admin_only
def policy(request: Request, policy_id: int) -> HttpResponse:
    """The editor of one policy: what is posted is kept as its draft."""
    found = get_object_or_404(Policy.objects.listed(), pk=policy_id)
    if request.method == "POST" and "do" in request.POST:
        return _rearranged(request, found)
    form = PolicyForm(
        request.POST or None, user=request.user, document=queries.document_of(found), name=found.name, policy=found
    )
    if request.method == "POST" and form.is_valid() and form.document:
        publishing.save_draft(by=request.user, policy=found, document=form.document)
        publishing.rename_policy(by=request.user, policy=found, name=form.cleaned_data["name"])
        messages.success(request, "Draft saved. The published version is unchanged.")
        return redirect("policy", found.pk)
    return _editor(request, form, found)


@require_POST
@access.admin_only
def policy_preview(request: Request, policy_id: int = 0) -> HttpResponse:
    """What the posted form would answer, without keeping it."""
    found = get_object_or_404(Policy.objects.listed(), pk=policy_id) if policy_id else None
    form = PolicyForm(request.POST, user=request.user, document=queries.document_of(found), policy=found)
    context = {"policy": found, "form": form, "preview": queries.preview(form, found, request.POST)}
    return page_or_partial(request, "policies/editor/policy.html", PREVIEW, context)


@require_http_methods(["GET", "HEAD", "POST"])
@access.admin_only
def policy_publish(request: Request, policy_id: int) -> HttpResponse:
    """Show what would change, and publish it with a reason."""
    found = get_object_or_404(Policy.objects.listed(), pk=policy_id)
    reason = request.POST.get("reason", "").replace("\0", " ")[:LONGEST_REASON]
    error = ""
    if request.method == "POST":
        try:
            seen = request.POST.get("seen", "")
            version = queries.publish(by=request.user, policy=found, reason=reason, seen=seen)
        except NotAllowed as problem:
            found.refresh_from_db()
            error = str(problem)
        else:
            messages.success(request, _published(version))
            return redirect("policy", found.pk)
    context = {"policy": found, "error": error, "reason": reason, **queries.about_to_publish(found)}
    return render(request, "policies/editor/publish.html", context, status=422 if error else 200)


@require_POST
@access.admin_only
def policy_discard(request: Request, policy_id: int) -> HttpResponse:
    """Throw the draft away."""
    found = get_object_or_404(Policy.objects.listed(), pk=policy_id)
    publishing.discard_draft(by=request.user, policy=found)
    messages.success(request, "Draft discarded.")
    return redirect("policy" if found.published else "policies", *([found.pk] if found.published else []))


@require_POST
@access.admin_only
def policy_archive(request: Request, policy_id: int) -> HttpResponse:
    """Put a policy away that answers no number."""
    found = get_object_or_404(Policy.objects.listed(), pk=policy_id)
    try:
        publishing.archive_policy(by=request.user, policy=found)
    except NotAllowed as problem:
        messages.error(request, str(problem))
        return redirect("policy", found.pk)
    messages.success(request, f"{found} was archived.")
    return redirect("policies")


@require_GET
@access.admin_only
def policy_versions(request: Request, policy_id: int) -> HttpResponse:
    """Every version with its reason, and the difference of any two."""
    found = get_object_or_404(Policy.objects.listed(), pk=policy_id)
    versions = list(found.versions.with_people())
    context = {"policy": found, "versions": versions, **queries.comparison(versions, request.GET)}
    return page_or_partial(request, "policies/editor/versions.html", "policies/editor/_difference.html", context)


@require_POST
@access.admin_only
def policy_roll_back(request: Request, policy_id: int, number: int) -> HttpResponse:
    """Put an earlier version in force again, as a new one."""
    version = get_object_or_404(PolicyVersion, policy_id=policy_id, number=number)
    return _with_version(request, version, lambda: publishing.roll_back(by=request.user, version=version))


@require_POST
@access.admin_only
def policy_approve(request: Request, policy_id: int, number: int) -> HttpResponse:
    """Approve what another admin proposed."""
    version = get_object_or_404(PolicyVersion, policy_id=policy_id, number=number)
    return _with_version(request, version, lambda: publishing.approve(by=request.user, version=version))


def _with_version(request: Request, version: PolicyVersion, act: Callable[[], PolicyVersion]) -> HttpResponse:
    try:
        made = act()
    except NotAllowed as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _published(made))
    return redirect("policy_versions", version.policy_id)


def _published(version: PolicyVersion) -> str:
    if version.published_at is None:
        return f"Version {version.number} was proposed. It takes effect as soon as another admin approves it."
    return f"Version {version.number} is now active."


def _rearranged(request: Request, found: Policy | None) -> HttpResponse:
    """The form with a rule or a key of the menu added, removed or moved; nothing is kept or judged yet."""
    data = rearranged(request.POST)
    form = PolicyForm(data, user=request.user, document=queries.document_of(found), policy=found)
    form.without_error_messages()
    match request.POST["do"]:
        case "add_rule":
            form.rules.forms[-1].open_up()
        case "add_key":
            form.menu.forms[-1].fields["dtmf"].widget.attrs["autofocus"] = True
    return _editor(request, form, found)


def _editor(request: HttpRequest, form: PolicyForm, found: Policy | None) -> HttpResponse:
    context = {
        "policy": found,
        "form": form,
        "preview": queries.preview(form, found, request.POST),
        "numbers": found.numbers.in_use()[:NAMED] if found else (),
        "in_force": snapshot.current().policies.get(found.pk) if found else None,
    }
    judged = form.is_bound and "do" not in request.POST
    return page_or_partial(request, "policies/editor/policy.html", EDITOR, context, status=422 if judged else 200)  # type: ignore[arg-type]
