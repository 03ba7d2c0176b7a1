"""What the pages share: the person who asks, forms that end in a story, and the door for administrators."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar, cast

from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from organization import policy
from organization.confirmation_forms import ConfirmationForm
from organization.models import Person
from organization.refusals import Refused

View = Callable[..., HttpResponse]
Result = TypeVar("Result")


def person_of(request: HttpRequest) -> Person:
    """The person signed in; pages without sign-in do not ask."""
    return cast("Person", request.user)


def for_administrators(view: View) -> View:
    """403 with the reason for everybody else. The story asks again, on the locked row."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer = policy.may_manage(person_of(request))
        if not answer:
            raise PermissionDenied(answer.reason)
        return view(request, *args, **kwargs)

    return guarded


def carry_out(request: HttpRequest, form: Form, story: Callable[[dict[str, Any]], Result]) -> Result | None:
    """The story's result for a valid POST; None where the form has to be shown (again), with the refusal and all that was typed.

    A form that is signed has to be confirmed: what was wrong is counted and the story does not happen.
    """
    if request.method != "POST" or not form.is_valid():
        return None
    if isinstance(form, ConfirmationForm) and not form.confirmed():
        return None
    try:
        return story(form.cleaned_data)
    except Refused as refused:
        refuse(form, refused)
        return None


def refuse(form: Form, refused: Refused) -> None:
    """Says it at the field that the refusal names, else above the form. A form may call the field otherwise: its `called` says how."""
    field = getattr(form, "called", {}).get(refused.field, refused.field)
    form.add_error(field if field in form.fields else None, str(refused))


@dataclass(frozen=True, slots=True)
class Page:
    """The words of a page with a form."""

    title: str
    submit: str
    back: str
    eyebrow: str = ""
    lead: str = ""
    keep: str = ""  # the way back in words, where “Cancel” would say the same as the button


def form_page(request: HttpRequest, form: Form, page: Page) -> HttpResponse:
    """The form; 422 where it was sent and did not pass."""
    return render(request, "organization/form.html", {"form": form, "page": page}, status=422 if form.errors else 200)
