"""Addresses. Each app has its own; screens that show several apps are here."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import TemplateView

from processportal import (
    finding,
    first_steps,
    health,
    home,
    own,
    remarking_pages,
    reorganizing_pages,
    review_pages,
    taking_effect_pages,
)
from processportal.accounts import admin_sign_in
from processportal.demo.views import demo_login
from processportal.preferences import preferences
from processportal.reader import comparing, label, steps
from processportal.reader import views as reader
from processportal.styleguide import styleguide
from processportal.work import views as work

handler400 = "processportal.errors.bad_request"
handler500 = "processportal.errors.server_error"

urlpatterns = [
    path("", home.home, name="home"),
    path("", include("worklist.urls")),
    path("", include("processes.urls")),
    path("", include("approvals.urls")),
    path("", include("training.urls")),
    path("", include("kpis.urls")),
    path("", include("organization.urls")),
    path("", include("processportal.continuity.urls")),
    path("", include("processportal.certificates.urls")),
    path("", include("processportal.copies.urls")),
    path("", include("processportal.audit_pack.urls")),
    path("", include("processportal.evidence.urls")),
    path("processes/mine/", own.own_processes, name="own_processes"),
    path("processes/<str:number>/", reader.process_page, name="process"),
    path("processes/<str:number>/label/", label.label, name="label"),
    path("processes/<str:number>/label/code.svg", label.label_code, name="label_code"),
    path("processes/<str:number>/steps/", steps.first_step, name="first_step"),
    path("processes/<str:number>/steps/<int:step>/", steps.step_page, name="step"),
    path("processes/<str:number>/revisions/<int:ordinal>/", reader.revision_page, name="revision"),
    path("processes/<str:number>/revisions/<int:ordinal>/changes/", reader.changes_page, name="revision_changes"),
    path("processes/<str:number>/review/", review_pages.review_verdict, name="review_verdict"),
    path("processes/<str:number>/revisions/<int:ordinal>/marks/", remarking_pages.remark, name="remark"),
    path("processes/<str:number>/revisions/<int:ordinal>/effect/", taking_effect_pages.effect, name="effect"),
    path("processes/<str:number>/compare/", comparing.compare_revisions, name="compare_revisions"),
    path("processes/<str:number>/draft/versions/<int:version>/compare/", comparing.compare_version, name="compare_version"),
    path("work/team/", work.team_work, name="team"),
    path("work/team/give/", work.give_several, name="team_give"),
    path("work/<int:item>/", work.item_page, name="work_item"),
    path("work/<int:item>/give/", work.give_item, name="give_item"),
    path("work/<int:item>/mark/", work.mark_item, name="mark_item"),
    path("organization/departments/<int:department>/move/", reorganizing_pages.move_department, name="move_department"),
    path("organization/departments/<int:department>/dissolve/", reorganizing_pages.dissolve_department, name="dissolve_department"),
    path("search/", finding.search, name="search"),
    path("palette/", finding.palette, name="palette"),
    path("first-steps/", first_steps.first_steps, name="first_steps"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("demo/sign-in/", demo_login, name="demo_login"),
    path("preferences/", preferences, name="preferences"),
    path("styleguide/", styleguide, name="styleguide"),
    # In front of allauth's own page, which writes a row when it is looked at; addresses are kept by administrators.
    path("accounts/email/", TemplateView.as_view(template_name="account/email.html"), name="account_email"),
    path("accounts/", include("allauth.urls")),
    path("admin/login/", admin_sign_in),
    path("admin/", admin.site.urls),
]
