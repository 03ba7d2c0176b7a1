"""All tables as they stood on 26 November 2026, each made whole: an empty database is there three times as fast."""

import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('kpis', '0001_initial'),
        ('kpis', '0002_initial'),
        ('kpis', '0003_initial'),
    ]

    dependencies = [
        ('organization', '0001_squashed_0008_second_person'),
        ('organization', '__first__'),
        ('processes', '0001_squashed_0017_emergency_releases'),
        ('worklist', '0001_squashed_0007_more_kinds'),
    ]

    operations = [
        migrations.CreateModel(
            name='HistoricalIndicator',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('name', models.CharField(max_length=160, verbose_name='name')),
                ('unit', models.CharField(blank=True, max_length=24, verbose_name='unit')),
                ('direction', models.CharField(choices=[('up', 'Higher is better'), ('down', 'Lower is better')], default='up', max_length=4, verbose_name='direction')),
                ('target', models.DecimalField(decimal_places=4, max_digits=14, verbose_name='target')),
                ('limit', models.DecimalField(decimal_places=4, help_text='Beyond it the rating is red.', max_digits=14, verbose_name='limit')),
                ('decimals', models.PositiveSmallIntegerField(default=1, verbose_name='decimals')),
                ('starts_on', models.DateField(verbose_name='measured since')),
                ('ends_before', models.DateField(blank=True, null=True, verbose_name='measured until')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.TextField(null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('keeper', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='organization.position', verbose_name='kept by')),
                ('process', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='processes.process', verbose_name='process')),
            ],
            options={
                'verbose_name': 'historical indicator',
                'verbose_name_plural': 'historical indicators',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='Indicator',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=160, verbose_name='name')),
                ('unit', models.CharField(blank=True, max_length=24, verbose_name='unit')),
                ('direction', models.CharField(choices=[('up', 'Higher is better'), ('down', 'Lower is better')], default='up', max_length=4, verbose_name='direction')),
                ('target', models.DecimalField(decimal_places=4, max_digits=14, verbose_name='target')),
                ('limit', models.DecimalField(decimal_places=4, help_text='Beyond it the rating is red.', max_digits=14, verbose_name='limit')),
                ('decimals', models.PositiveSmallIntegerField(default=1, verbose_name='decimals')),
                ('starts_on', models.DateField(verbose_name='measured since')),
                ('ends_before', models.DateField(blank=True, null=True, verbose_name='measured until')),
                ('keeper', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='indicators', to='organization.position', verbose_name='kept by')),
                ('process', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='indicators', to='processes.process', verbose_name='process')),
            ],
            options={
                'verbose_name': 'indicator',
                'verbose_name_plural': 'indicators',
                'ordering': ('process__number', 'name', 'id'),
                'constraints': [models.UniqueConstraint(fields=('process', 'name'), name='indicator_name')],
            },
        ),
        migrations.CreateModel(
            name='Measurement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('period_start', models.DateField(help_text='First day of the month.', verbose_name='month')),
                ('value', models.DecimalField(decimal_places=4, max_digits=14, verbose_name='value')),
                ('target', models.DecimalField(decimal_places=4, max_digits=14)),
                ('limit', models.DecimalField(decimal_places=4, max_digits=14)),
                ('rating', models.CharField(choices=[('green', 'On target'), ('amber', 'Close to the limit'), ('red', 'Off target')], max_length=8, verbose_name='rating')),
                ('comment', models.TextField(blank=True, verbose_name='comment')),
                ('recorded_at', models.DateTimeField(verbose_name='recorded')),
                ('current', models.BooleanField(default=True)),
                ('corrects', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrected_by', to='kpis.measurement')),
                ('indicator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='measurements', to='kpis.indicator', verbose_name='indicator')),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='measurements', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'measurement',
                'verbose_name_plural': 'measurements',
                'ordering': ('period_start', 'id'),
                'constraints': [models.UniqueConstraint(condition=models.Q(('current', True)), fields=('indicator', 'period_start'), name='measurement_one_per_month'), models.CheckConstraint(condition=models.Q(('period_start__day', 1)), name='measurement_month_begins_on_1')],
            },
        ),
        migrations.CreateModel(
            name='MeasurementDue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('period_start', models.DateField()),
                ('indicator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='dues', to='kpis.indicator')),
                ('work_item', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='measurement_due', to='worklist.workitem')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('indicator', 'period_start'), name='measurement_due_once')],
            },
        ),
        migrations.CreateModel(
            name='QuarterAssessment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('quarter_start', models.DateField(help_text='First day of the quarter.', verbose_name='quarter')),
                ('rating', models.CharField(choices=[('green', 'On target'), ('amber', 'Close to the limit'), ('red', 'Off target')], max_length=8, verbose_name='rating')),
                ('text', models.TextField(verbose_name='assessment')),
                ('position_title', models.CharField(blank=True, max_length=200, verbose_name='as')),
                ('assessed_at', models.DateTimeField(verbose_name='assessed')),
                ('assessed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assessments_made', to=settings.AUTH_USER_MODEL)),
                ('process', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assessments', to='processes.process', verbose_name='process')),
            ],
            options={
                'verbose_name': 'performance assessment',
                'verbose_name_plural': 'performance assessments',
                'ordering': ('-quarter_start',),
                'constraints': [models.UniqueConstraint(fields=('process', 'quarter_start'), name='assessment_one_per_quarter'), models.CheckConstraint(condition=models.Q(('quarter_start__day', 1), ('quarter_start__month__in', (1, 4, 7, 10))), name='assessment_quarter_begins')],
            },
        ),
    ]
