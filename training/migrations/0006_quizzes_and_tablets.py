import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('organization', '0010_badges_and_pins'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('processes', '0017_emergency_releases'),
        ('training', '0005_spared_readings'),
    ]

    operations = [
        migrations.CreateModel(
            name='HistoricalTablet',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('place', models.CharField(help_text='Where it hangs, such as “Hall 2, line 4”.', max_length=120, verbose_name='place')),
                ('registered_at', models.DateTimeField(verbose_name='registered')),
                ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='revoked')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.TextField(null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('department', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='organization.department', verbose_name='department')),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('registered_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='registered by')),
                ('revoked_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='revoked by')),
            ],
            options={
                'verbose_name': 'historical shared tablet',
                'verbose_name_plural': 'historical shared tablets',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='Quiz',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shipped', models.CharField(blank=True, max_length=40, null=True, unique=True)),
                ('draft', models.JSONField(default=dict)),
                ('version', models.PositiveIntegerField(default=0, help_text='Counts what was saved, for whoever saves at the same time.')),
                ('again', models.BooleanField(default=False, help_text='Otherwise whoever has passed once need not answer again.', verbose_name='asked again for every new version of the process')),
                ('process', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='quiz', to='processes.process', verbose_name='process')),
            ],
            options={
                'verbose_name': 'quiz',
                'verbose_name_plural': 'quizzes',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('process__isnull', True), ('shipped__isnull', False)), models.Q(('process__isnull', False), ('shipped__isnull', True)), _connector='OR'), name='quiz_of_a_process_or_shipped')],
            },
        ),
        migrations.CreateModel(
            name='QuizUnlock',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('talked', models.CharField(max_length=500, verbose_name='what you talked about')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('quiz', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='unlocks', to='training.quiz')),
            ],
            options={
                'verbose_name': 'further attempts',
                'verbose_name_plural': 'further attempts',
                'ordering': ('-at', '-id'),
            },
        ),
        migrations.CreateModel(
            name='QuizVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='version')),
                ('content', models.JSONField()),
                ('sha256', models.CharField(max_length=64)),
                ('language', models.CharField(blank=True, max_length=10, verbose_name='language')),
                ('published_at', models.DateTimeField(verbose_name='in use since')),
                ('published_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('quiz', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='training.quiz')),
            ],
            options={
                'verbose_name': 'version of a quiz',
                'verbose_name_plural': 'versions of quizzes',
                'ordering': ('quiz', '-number'),
                'constraints': [models.UniqueConstraint(fields=('quiz', 'number'), name='quiz_version_once')],
            },
        ),
        migrations.CreateModel(
            name='QuizAttempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sheet', models.CharField(max_length=32)),
                ('answers', models.JSONField()),
                ('score', models.PositiveSmallIntegerField(verbose_name='result in percent')),
                ('passed', models.BooleanField(verbose_name='passed')),
                ('started_at', models.DateTimeField(verbose_name='started')),
                ('ended_at', models.DateTimeField(verbose_name='handed in')),
                ('content', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='quiz_attempts', to='processes.frozencontent')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='quiz_attempts', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('revision', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='quiz_attempts', to='processes.revision', verbose_name='revision')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attempts', to='training.quizversion')),
            ],
            options={
                'verbose_name': 'attempt at a quiz',
                'verbose_name_plural': 'attempts at quizzes',
                'ordering': ('-ended_at', '-id'),
                'indexes': [models.Index(fields=['version', 'ended_at'], name='quiz_attempts_of_version')],
                'constraints': [models.UniqueConstraint(fields=('person', 'sheet'), name='quiz_sheet_once'), models.CheckConstraint(condition=models.Q(('ended_at__gte', models.F('started_at'))), name='quiz_attempt_has_time'), models.CheckConstraint(condition=models.Q(('score__lte', 100)), name='quiz_score_in_percent')],
            },
        ),
        migrations.AddField(
            model_name='quiz',
            name='in_use',
            field=models.ForeignKey(blank=True, help_text='None: nobody is asked.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='training.quizversion', verbose_name='in use'),
        ),
        migrations.CreateModel(
            name='HistoricalQuiz',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('shipped', models.CharField(blank=True, db_index=True, max_length=40, null=True)),
                ('again', models.BooleanField(default=False, help_text='Otherwise whoever has passed once need not answer again.', verbose_name='asked again for every new version of the process')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.TextField(null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('process', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='processes.process', verbose_name='process')),
                ('in_use', models.ForeignKey(blank=True, db_constraint=False, help_text='None: nobody is asked.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='training.quizversion', verbose_name='in use')),
            ],
            options={
                'verbose_name': 'historical quiz',
                'verbose_name_plural': 'historical quizzes',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='Tablet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.CharField(help_text='Where it hangs, such as “Hall 2, line 4”.', max_length=120, verbose_name='place')),
                ('secret_sha256', models.CharField(max_length=64, unique=True)),
                ('registered_at', models.DateTimeField(verbose_name='registered')),
                ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='revoked')),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tablets', to='organization.department', verbose_name='department')),
                ('registered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='registered by')),
                ('revoked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='revoked by')),
            ],
            options={
                'verbose_name': 'shared tablet',
                'verbose_name_plural': 'shared tablets',
                'ordering': ('-registered_at', '-id'),
            },
        ),
        migrations.AddField(
            model_name='acknowledgement',
            name='tablet',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='acknowledgements', to='training.tablet', verbose_name='on the shared tablet'),
        ),
        migrations.CreateModel(
            name='TabletVisit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sheet', models.CharField(max_length=32, unique=True)),
                ('handle', models.CharField(max_length=32, unique=True)),
                ('began_at', models.DateTimeField(verbose_name='began')),
                ('seen_at', models.DateTimeField(verbose_name='last seen')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('tablet', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='visits', to='training.tablet')),
            ],
            options={
                'verbose_name': 'visit at a shared tablet',
                'verbose_name_plural': 'visits at shared tablets',
                'ordering': ('-began_at', '-id'),
            },
        ),
    ]
