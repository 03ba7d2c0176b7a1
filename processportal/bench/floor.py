"""The floor: what one Django view costs with a session, a signed-in person, one query and a small template."""

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from organization.models import Department
from processportal.urls import urlpatterns as portal_patterns

TEMPLATE = """<!doctype html><html lang="en"><head><title>{{ title }}</title></head><body><h1>{{ title }}</h1><p>{{ user }}</p><ul>
{% for n in lines %}<li><a href="/{{ n }}">
{{ n }} {{ department }}: a line of about as many letters as a row of a list has</a></li>{% endfor %}
</ul></body></html>"""


def floor(request: HttpRequest) -> HttpResponse:
    """About 7 kB of HTML from one row."""
    template = engines["django"].from_string(TEMPLATE)
    department = Department.objects.order_by("pk").first()
    return HttpResponse(template.render({"title": "Floor", "user": request.user, "lines": range(60), "department": department}))


urlpatterns = [path("bench/floor/", floor), *portal_patterns]
