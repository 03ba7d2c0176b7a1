"""All tables as they stood on 26 November 2026, each made whole: an empty database is there three times as fast."""

import django.db.models.deletion
import simple_history.models
import worklist.querysets
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('worklist', '0001_initial'),
        ('worklist', '0002_people_come_and_go'),
        ('worklist', '0003_urgency_and_fallen_work'),
        ('worklist', '0004_work_of_translating'),
        ('worklist', '0005_change_requests'),
        ('worklist', '0006_copies_on_paper'),
        ('worklist', '0007_more_kinds'),
    ]

    dependencies = [
        ('organization', '0001_squashed_0008_second_person'),
        ('organization', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='ContinuityProof',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(unique=True, verbose_name='day')),
                ('checked_at', models.DateTimeField(verbose_name='checked')),
                ('open_items', models.PositiveIntegerField(verbose_name='open items')),
                ('unowned', models.PositiveIntegerField(verbose_name='without a person')),
                ('processes', models.PositiveIntegerField(verbose_name='processes')),
                ('processes_unowned', models.PositiveIntegerField(verbose_name='processes without an owner')),
                ('exceptions', models.JSONField(default=list, verbose_name='exceptions')),
            ],
            options={
                'verbose_name': 'proof of continuity',
                'verbose_name_plural': 'proofs of continuity',
                'ordering': ('-day',),
            },
        ),
        migrations.CreateModel(
            name='DigestDue',
            fields=[
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='digest_due', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name='Heartbeat',
            fields=[
                ('part', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='UsualTime',
            fields=[
                ('kind', models.CharField(max_length=16, primary_key=True, serialize=False, verbose_name='kind')),
                ('working_days', models.PositiveSmallIntegerField(verbose_name='working days')),
                ('measured', models.PositiveIntegerField(verbose_name='items measured')),
                ('computed_on', models.DateField(verbose_name='computed on')),
            ],
            options={
                'verbose_name': 'usual time',
                'verbose_name_plural': 'usual times',
            },
        ),
        migrations.CreateModel(
            name='Webhook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('url', models.URLField(max_length=500, verbose_name='address')),
                ('secret', models.CharField(max_length=120, verbose_name='secret')),
                ('kinds', models.JSONField(default=list, help_text='Kinds of notices; empty: all.', verbose_name='kinds')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
            ],
            options={
                'verbose_name': 'webhook',
                'verbose_name_plural': 'webhooks',
                'ordering': ('name', 'id'),
            },
        ),
        migrations.CreateModel(
            name='HistoricalReminderPlan',
            fields=[
                ('kind', models.CharField(db_index=True, max_length=16, verbose_name='kind')),
                ('before', models.PositiveSmallIntegerField(default=2, verbose_name='working days before it is due')),
                ('every', models.PositiveSmallIntegerField(default=3, verbose_name='then every so many working days')),
                ('substitute_after', models.PositiveSmallIntegerField(default=1, verbose_name='late reminders before the substitute is told')),
                ('superior_after', models.PositiveSmallIntegerField(default=2, verbose_name='late reminders before the superior is told')),
                ('office_after', models.PositiveSmallIntegerField(default=4, verbose_name='late reminders before the process office is told')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.TextField(null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical reminder plan',
                'verbose_name_plural': 'historical reminder plans',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalWebhook',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('url', models.URLField(max_length=500, verbose_name='address')),
                ('kinds', models.JSONField(default=list, help_text='Kinds of notices; empty: all.', verbose_name='kinds')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.TextField(null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical webhook',
                'verbose_name_plural': 'historical webhooks',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='MailSettings',
            fields=[
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='mail_settings', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('digest_hour', models.PositiveSmallIntegerField(default=8, verbose_name='hour of the daily summary')),
                ('time_zone', models.CharField(blank=True, help_text="Empty: the company's.", max_length=64, verbose_name='time zone')),
            ],
            options={
                'verbose_name': 'mail settings',
                'verbose_name_plural': 'mail settings',
                'constraints': [models.CheckConstraint(condition=models.Q(('digest_hour__lte', 23)), name='mail_settings_hour')],
            },
        ),
        migrations.CreateModel(
            name='OutboxEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('task', models.CharField(max_length=120)),
                ('arguments', models.JSONField(default=list)),
                ('created_at', models.DateTimeField()),
                ('delivered_at', models.DateTimeField(blank=True, null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'ordering': ('id',),
                'indexes': [models.Index(condition=models.Q(('delivered_at__isnull', True)), fields=['id'], name='outbox_undelivered')],
            },
        ),
        migrations.CreateModel(
            name='ReminderPlan',
            fields=[
                ('kind', models.CharField(max_length=16, primary_key=True, serialize=False, verbose_name='kind')),
                ('before', models.PositiveSmallIntegerField(default=2, verbose_name='working days before it is due')),
                ('every', models.PositiveSmallIntegerField(default=3, verbose_name='then every so many working days')),
                ('substitute_after', models.PositiveSmallIntegerField(default=1, verbose_name='late reminders before the substitute is told')),
                ('superior_after', models.PositiveSmallIntegerField(default=2, verbose_name='late reminders before the superior is told')),
                ('office_after', models.PositiveSmallIntegerField(default=4, verbose_name='late reminders before the process office is told')),
            ],
            options={
                'verbose_name': 'reminder plan',
                'verbose_name_plural': 'reminder plans',
                'ordering': ('kind',),
                'constraints': [models.CheckConstraint(condition=models.Q(('every__gte', 1)), name='reminder_plan_every_day_at_most')],
            },
        ),
        migrations.CreateModel(
            name='WorkItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('decide', 'Decide'), ('name_approver', 'Name a second approver'), ('read', 'Read'), ('revise', 'Revise'), ('review', 'Review'), ('translate', 'Translate'), ('measure', 'Measure'), ('assess', 'Assess'), ('agree', 'Agree'), ('change_request', 'Answer a change request'), ('act', 'Act'), ('fill_vacancy', 'Fill a vacancy'), ('hand_over', 'Hand over'), ('take_over', 'Take over'), ('exchange', 'Exchange'), ('advise', 'Advise'), ('ready', 'Sign readiness'), ('confirm', 'Confirm')], max_length=16, verbose_name='kind')),
                ('subject', models.CharField(max_length=300, verbose_name='subject')),
                ('url_name', models.CharField(max_length=80)),
                ('url_args', models.JSONField(default=list)),
                ('priority', models.PositiveSmallIntegerField(choices=[(0, 'Normal'), (1, 'High')], default=0, verbose_name='priority')),
                ('excluded', models.JSONField(default=list, help_text='Ids of people who may not act on it (they wrote what is to be decided).')),
                ('raised_at', models.DateTimeField(verbose_name='since')),
                ('due_on', models.DateField(help_text='The planned day, moved by the absences of whoever owes it in person.', verbose_name='due')),
                ('planned_due_on', models.DateField(verbose_name='planned due day')),
                ('source_key', models.CharField(max_length=120, unique=True)),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='closed')),
                ('outcome', models.CharField(blank=True, choices=[('done', 'Done'), ('moot', 'No longer needed')], max_length=8, verbose_name='outcome')),
                ('next_reminder_at', models.DateTimeField(blank=True, null=True)),
                ('reminder_step', models.PositiveSmallIntegerField(default=0, help_text='The step of the plan that was sent last.')),
                ('assigned_to', models.ForeignKey(blank=True, help_text='Who does it for the position; while this person is away or has left, the position does.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='assigned_items', to=settings.AUTH_USER_MODEL, verbose_name='given to')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='work_items', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('position', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='work_items', to='organization.position', verbose_name='position')),
            ],
            options={
                'verbose_name': 'work item',
                'verbose_name_plural': 'work items',
                'ordering': ('due_on', 'id'),
                'indexes': [models.Index(condition=models.Q(('closed_at__isnull', True)), fields=['person', 'due_on'], name='work_open_of_person'), models.Index(condition=models.Q(('closed_at__isnull', True)), fields=['position', 'due_on'], name='work_open_of_position'), models.Index(condition=models.Q(('assigned_to__isnull', False), ('closed_at__isnull', True)), fields=['assigned_to', 'due_on'], name='work_open_assigned'), models.Index(condition=models.Q(('outcome', 'done')), fields=['kind', 'closed_at'], name='work_done_by_kind'), models.Index(condition=models.Q(worklist.querysets.Excludes(models.F('excluded')), ('closed_at__isnull', True)), fields=['position'], name='work_open_excluding'), models.Index(condition=models.Q(('closed_at__isnull', True), ('next_reminder_at__isnull', False)), fields=['next_reminder_at', 'id'], name='work_to_remind')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('person__isnull', True), ('position__isnull', False)), models.Q(('person__isnull', False), ('position__isnull', True)), _connector='OR'), name='work_item_person_or_position'), models.CheckConstraint(condition=models.Q(('assigned_to__isnull', True), ('position__isnull', False), _connector='OR'), name='work_item_only_a_position_gives_away'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'read'), _negated=True), ('person__isnull', False), _connector='OR'), name='work_item_reading_is_personal'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('outcome', '')), models.Q(('closed_at__isnull', False), models.Q(('outcome', ''), _negated=True)), _connector='OR'), name='work_item_outcome_when_closed')],
            },
        ),
        migrations.CreateModel(
            name='Handover',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.TextField(verbose_name='reason')),
                ('opened_at', models.DateTimeField(verbose_name='opened')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='closed')),
                ('opened_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='opened by')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='handovers', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('work_item', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='handover', to='worklist.workitem')),
            ],
            options={
                'verbose_name': 'handover',
                'verbose_name_plural': 'handovers',
                'ordering': ('-opened_at', '-id'),
                'constraints': [models.UniqueConstraint(condition=models.Q(('closed_at__isnull', True)), fields=('person',), name='handover_one_open'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='handover_has_reason')],
            },
        ),
        migrations.CreateModel(
            name='Vacancy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateField(verbose_name='since')),
                ('until', models.DateField(blank=True, null=True, verbose_name='until')),
                ('position', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='vacancies', to='organization.position', verbose_name='position')),
                ('work_item', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='vacancy', to='worklist.workitem')),
            ],
            options={
                'verbose_name': 'vacancy',
                'verbose_name_plural': 'vacancies',
                'ordering': ('since', 'id'),
                'constraints': [models.UniqueConstraint(condition=models.Q(('until__isnull', True)), fields=('position',), name='vacancy_one_open'), models.CheckConstraint(condition=models.Q(('until__isnull', True), ('until__gte', models.F('since')), _connector='OR'), name='vacancy_has_days')],
            },
        ),
        migrations.CreateModel(
            name='Snooze',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('until', models.DateField(verbose_name='until')),
                ('reason', models.CharField(max_length=300, verbose_name='reason')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='snoozes', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='snoozes', to='worklist.workitem')),
            ],
            options={
                'verbose_name': 'snooze',
                'verbose_name_plural': 'snoozes',
                'constraints': [models.UniqueConstraint(fields=('item', 'person'), name='snooze_once'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='snooze_has_reason')],
            },
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=160, unique=True)),
                ('kind', models.CharField(blank=True, help_text='A kind of work item, "news" or "digest".', max_length=16, verbose_name='kind')),
                ('subject', models.CharField(max_length=300, verbose_name='subject')),
                ('body', models.TextField(blank=True, verbose_name='text')),
                ('url', models.CharField(blank=True, max_length=300)),
                ('created_at', models.DateTimeField(verbose_name='created')),
                ('seen_at', models.DateTimeField(blank=True, null=True, verbose_name='seen')),
                ('mail', models.CharField(choices=[('none', 'No mail'), ('waiting', 'Waiting'), ('digest', 'Waits for the daily summary'), ('in_digest', 'In the daily summary'), ('claimed', 'Being sent'), ('sent', 'Sent'), ('failed', 'Failed')], default='waiting', max_length=10, verbose_name='mail')),
                ('claimed_at', models.DateTimeField(blank=True, null=True)),
                ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='sent')),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('retry_at', models.DateTimeField(blank=True, null=True)),
                ('error', models.TextField(blank=True)),
                ('digest', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='parts', to='worklist.notice')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notices', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('work_item', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='notices', to='worklist.workitem')),
            ],
            options={
                'verbose_name': 'notice',
                'verbose_name_plural': 'notices',
                'ordering': ('-created_at', '-id'),
                'indexes': [models.Index(fields=['person', '-created_at', '-id'], name='notice_of_person'), models.Index(fields=['mail', 'id'], name='notice_to_mail')],
            },
        ),
        migrations.CreateModel(
            name='Happening',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(choices=[('given', 'Given to'), ('taken', 'Taken from the shared queue'), ('given_back', 'Given back to the position'), ('snoozed', 'Put off'), ('woken', 'Taken up again'), ('handed_over', 'Handed over to'), ('raised', 'Marked as urgent'), ('lowered', 'No longer urgent')], max_length=12, verbose_name='what')),
                ('until', models.DateField(blank=True, null=True, verbose_name='until')),
                ('reason', models.TextField(blank=True, verbose_name='reason')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='happenings', to='worklist.workitem')),
            ],
            options={
                'verbose_name': 'happening',
                'verbose_name_plural': 'happenings',
                'ordering': ('at', 'id'),
            },
        ),
        migrations.CreateModel(
            name='HandoverLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('item', 'Work item'), ('position', 'Position'), ('process', 'Process'), ('draft', 'Draft'), ('indicator', 'Indicator')], max_length=12, verbose_name='kind')),
                ('subject', models.CharField(max_length=300, verbose_name='subject')),
                ('url_name', models.CharField(blank=True, max_length=80)),
                ('url_args', models.JSONField(default=list)),
                ('source_key', models.CharField(max_length=120)),
                ('note', models.TextField(blank=True, verbose_name='note for the successor')),
                ('proposed_at', models.DateTimeField(blank=True, null=True, verbose_name='proposed')),
                ('accepted_at', models.DateTimeField(blank=True, null=True, verbose_name='accepted')),
                ('declined_at', models.DateTimeField(blank=True, null=True, verbose_name='declined')),
                ('answer', models.TextField(blank=True, verbose_name='answer')),
                ('settled_at', models.DateTimeField(blank=True, null=True, verbose_name='settled by itself')),
                ('handover', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='worklist.handover')),
                ('position', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='handover_lines', to='organization.position')),
                ('proposed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('successor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='handover_lines', to=settings.AUTH_USER_MODEL, verbose_name='successor')),
                ('work_item', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='handover_lines', to='worklist.workitem')),
            ],
            options={
                'verbose_name': 'line of a handover',
                'verbose_name_plural': 'lines of handovers',
                'ordering': ('kind', 'id'),
                'indexes': [models.Index(fields=['successor', 'handover'], name='handover_of_successor')],
                'constraints': [models.UniqueConstraint(fields=('handover', 'source_key'), name='handover_line_once'), models.CheckConstraint(condition=models.Q(('accepted_at__isnull', True), ('successor__isnull', False), _connector='OR'), name='handover_line_accepted_by_somebody')],
            },
        ),
        migrations.CreateModel(
            name='KindPreference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=16, verbose_name='kind')),
                ('mode', models.CharField(choices=[('instant', 'Mail at once'), ('digest', 'In the daily summary'), ('portal', 'In the portal only')], max_length=8, verbose_name='mode')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='kind_preferences', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'preference',
                'verbose_name_plural': 'preferences',
                'constraints': [models.UniqueConstraint(fields=('person', 'kind'), name='kind_preference_once')],
            },
        ),
        migrations.CreateModel(
            name='WebhookDelivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('delivery', models.CharField(choices=[('none', 'No mail'), ('waiting', 'Waiting'), ('digest', 'Waits for the daily summary'), ('in_digest', 'In the daily summary'), ('claimed', 'Being sent'), ('sent', 'Sent'), ('failed', 'Failed')], default='waiting', max_length=10, verbose_name='delivery')),
                ('claimed_at', models.DateTimeField(blank=True, null=True)),
                ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='sent')),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('retry_at', models.DateTimeField(blank=True, null=True)),
                ('error', models.TextField(blank=True)),
                ('notice', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='webhook_deliveries', to='worklist.notice')),
                ('webhook', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='worklist.webhook')),
            ],
            options={
                'verbose_name': 'webhook delivery',
                'verbose_name_plural': 'webhook deliveries',
                'ordering': ('id',),
                'indexes': [models.Index(fields=['delivery', 'id'], name='webhook_to_deliver')],
                'constraints': [models.UniqueConstraint(fields=('webhook', 'notice'), name='webhook_delivery_once')],
            },
        ),
    ]
