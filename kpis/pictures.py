"""Measurements as the points, marks and words of a drawing, in the reader's language."""

from collections.abc import Iterable, Sequence

from django.utils.formats import date_format, number_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from kpis import series
from kpis.models import Indicator, Measurement
from organization.calendar import today
from processes.models import Revision


def points_of(measurements: Iterable[Measurement], decimals: int, unit: str) -> list[series.Point]:
    """Oldest first."""
    ordered = sorted(measurements, key=lambda m: m.period_start)
    return [series.Point(m.period_start, m.value, m.rating, title_of(m, decimals, unit)) for m in ordered]


def title_of(measurement: Measurement, decimals: int, unit: str) -> str:
    """What the tooltip and a screen reader say of a month."""
    return _("%(month)s: %(value)s %(unit)s, %(rating)s") % {
        "month": date_format(measurement.period_start, "YEAR_MONTH_FORMAT"),
        "value": number_format(measurement.value, decimals),
        "unit": unit,
        "rating": measurement.get_rating_display(),
    }


def picture(indicator: Indicator, measurements: Sequence[Measurement]) -> SafeString:
    """The chart with the days on which a revision of the process took effect."""
    effective = Revision.objects.filter(process=indicator.process_id, effective_from__isnull=False).order_by("effective_from")
    changes = [series.Mark(today(r.effective_from), _("Revision %(revision)s") % {"revision": r.label}) for r in effective]
    words = series.Words(
        _("%(indicator)s by month") % {"indicator": indicator.name},
        _("Target %(value)s") % {"value": number_format(indicator.target, indicator.decimals)},
        _("Limit %(value)s") % {"value": number_format(indicator.limit, indicator.decimals)},
    )
    points = points_of(measurements, indicator.decimals, indicator.unit)
    return mark_safe(series.chart(points, indicator.target, indicator.limit, changes, words))


def small_picture(indicator: Indicator, measurements: Iterable[Measurement]) -> SafeString:
    """The sparkline of a list row."""
    return mark_safe(series.sparkline(points_of(measurements, indicator.decimals, indicator.unit)))
