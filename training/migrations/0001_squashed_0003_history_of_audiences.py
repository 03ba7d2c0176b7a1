"""All tables as they stood on 26 November 2026, each made whole: an empty database is there three times as fast."""

import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('training', '0001_initial'),
        ('training', '0002_read_in_another_language'),
        ('training', '0003_history_of_audiences'),
    ]

    dependencies = [
        ('organization', '0001_squashed_0008_second_person'),
        ('organization', '__first__'),
        ('processes', '0001_squashed_0017_emergency_releases'),
        ('worklist', '0001_squashed_0007_more_kinds'),
    ]

    operations = [
        migrations.CreateModel(
            name='HandOut',
            fields=[
                ('revision', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='hand_out', serialize=False, to='processes.revision')),
                ('handed_out_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='HistoricalAudienceRule',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('excludes', models.BooleanField(default=False, verbose_name='excludes')),
                ('starts_on', models.DateField(verbose_name='from')),
                ('ends_before', models.DateField(blank=True, null=True, verbose_name='until')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.TextField(null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('department', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='organization.department', verbose_name='department')),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('process', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='processes.process', verbose_name='process')),
            ],
            options={
                'verbose_name': 'historical audience rule',
                'verbose_name_plural': 'historical audience rules',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='Acknowledgement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('opened_at', models.DateTimeField(verbose_name='opened')),
                ('acknowledged_at', models.DateTimeField(verbose_name='acknowledged')),
                ('shown', models.CharField(default='whole', help_text='"whole", "changes", or "in" and a language.', max_length=12, verbose_name='shown')),
                ('content', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='acknowledgements', to='processes.frozencontent')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='acknowledgements', to=settings.AUTH_USER_MODEL)),
                ('revision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='acknowledgements', to='processes.revision')),
            ],
            options={
                'verbose_name': 'acknowledgement',
                'verbose_name_plural': 'acknowledgements',
                'ordering': ('-acknowledged_at',),
                'constraints': [models.UniqueConstraint(fields=('person', 'revision'), name='acknowledgement_once'), models.CheckConstraint(condition=models.Q(('acknowledged_at__gte', models.F('opened_at'))), name='acknowledged_after_opening')],
            },
        ),
        migrations.CreateModel(
            name='AudienceRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('excludes', models.BooleanField(default=False, verbose_name='excludes')),
                ('starts_on', models.DateField(verbose_name='from')),
                ('ends_before', models.DateField(blank=True, null=True, verbose_name='until')),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='audience_rules', to='organization.department', verbose_name='department')),
                ('process', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='audience_rules', to='processes.process', verbose_name='process')),
            ],
            options={
                'verbose_name': 'audience rule',
                'verbose_name_plural': 'audience rules',
                'ordering': ('process', 'id'),
                'constraints': [models.UniqueConstraint(condition=models.Q(('ends_before__isnull', True)), fields=('process', 'department', 'excludes'), name='audience_rule_once'), models.CheckConstraint(condition=models.Q(('ends_before__isnull', True), ('ends_before__gt', models.F('starts_on')), _connector='OR'), name='audience_has_days')],
            },
        ),
        migrations.CreateModel(
            name='Reading',
            fields=[
                ('work_item', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='reading', serialize=False, to='worklist.workitem')),
                ('acknowledged_at', models.DateTimeField(blank=True, null=True, verbose_name='acknowledged')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='no longer owed')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='readings', to=settings.AUTH_USER_MODEL)),
                ('revision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='readings', to='processes.revision')),
            ],
            options={
                'verbose_name': 'reading',
                'verbose_name_plural': 'readings',
                'ordering': ('work_item',),
                'indexes': [models.Index(condition=models.Q(('acknowledged_at__isnull', True), ('ended_at__isnull', True)), fields=['person'], name='reading_owed_by_person')],
                'constraints': [models.UniqueConstraint(fields=('revision', 'person'), name='reading_once')],
            },
        ),
    ]
