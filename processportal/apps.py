"""The top app: wires what needs several neighbours."""

from django.apps import AppConfig, apps
from django.conf import settings
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class ProcessPortalConfig(AppConfig):
    """Screens over several apps."""

    name = "processportal"
    verbose_name = _("Process Portal")

    def ready(self) -> None:
        """Tells the engine which `dot` to use, submission and assessments what to ask the neighbours, the database what to watch over."""
        from approvals import impact as before_submission
        from organization import triggers
        from processes.flowchart import engine
        from processportal import competence_evidence, governed, impact
        from training.competence import facts, team

        before_submission.register(impact.gather)
        facts.register(competence_evidence.gather, competence_evidence.KINDS)
        team.register(competence_evidence.tally)
        engine.configure(settings.DOT_BINARY)
        # Django tells only apps with models of their own; the trail's app stands for all.
        trail = apps.get_app_config("organization")
        triggers.register(governed.PLAN)
        pre_migrate.connect(governed.before_migrate, sender=trail, dispatch_uid="governed.before")
        post_migrate.connect(governed.after_migrate, sender=trail, dispatch_uid="governed.after")
