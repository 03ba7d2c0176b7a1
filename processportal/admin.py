"""What the sign-in package brings into Django's admin, without what would let one sign in as somebody else."""

from allauth.account import admin as _addresses  # noqa: F401 — registers what is taken away below
from allauth.account.models import EmailAddress
from allauth.mfa import admin as _factors  # noqa: F401
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.http import HttpRequest

admin.site.unregister((Authenticator, EmailAddress))


@admin.register(Authenticator)
class SecondFactor(admin.ModelAdmin):  # type: ignore[type-arg]
    """Without its secret; it can be deleted for somebody who has lost the device."""

    exclude = ("data",)
    list_display = ("user", "type", "created_at", "last_used_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Authenticator | None = None) -> bool:
        """Never."""
        return False
