"""The three signals of this app. Receivers only wake reconcilers.

`person_deactivated(sender=Person, person, now)`, `appointments_changed(sender=Position, position_ids, person_ids, now)`
(also of absences: who acts for the positions, or how long a person has, is another from now on),
`level_changed(sender=HeldLevel, person, now)`; all are sent inside the transaction that made the change.
"""

from django.dispatch import Signal

person_deactivated = Signal()
appointments_changed = Signal()
level_changed = Signal()
