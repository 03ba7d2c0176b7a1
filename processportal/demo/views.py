"""One click on a demo account. Outside a demo this address does not exist."""

from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from organization.models import Person
from processportal.demo.accounts import demo_accounts, one_click_allowed
from processportal.preferences import remember_language


@login_not_required
@require_POST
def demo_login(request: HttpRequest) -> HttpResponse:
    """Sign in as the demo account named in the form; 404 wherever one click is not allowed or it is no demo account."""
    if not one_click_allowed():
        raise Http404
    chosen = request.POST.get("login", "")
    if chosen not in {account.login for account in demo_accounts()}:
        raise Http404
    person = get_object_or_404(Person, login=chosen, is_active=True)
    login(request, person, backend="django.contrib.auth.backends.ModelBackend")
    response = redirect("home")
    remember_language(response, person.language)
    return response
