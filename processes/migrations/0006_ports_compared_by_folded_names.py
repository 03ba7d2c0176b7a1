from typing import Any

from django.db import migrations, models


def fold(apps: Any, _editor: Any) -> None:
    """Names that are there already, in batches."""
    port = apps.get_model("processes", "Port")
    batch = []
    for one in port.objects.only("name").iterator(2_000):
        one.folded = one.name.casefold()
        batch.append(one)
        if len(batch) == 2_000:
            port.objects.bulk_update(batch, ["folded"])
            batch = []
    port.objects.bulk_update(batch, ["folded"])


class Migration(migrations.Migration):
    dependencies = [("processes", "0005_pictures_in_descriptions")]

    operations = [
        migrations.RemoveIndex(model_name="port", name="port_by_name"),
        migrations.AddField(
            model_name="port",
            name="folded",
            field=models.CharField(
                default="",
                help_text="The name as it is compared: databases know small letters of ASCII only.",
                max_length=900,
            ),
            preserve_default=False,
        ),
        migrations.RunPython(fold, migrations.RunPython.noop, elidable=True),
        migrations.AddIndex(model_name="port", index=models.Index(fields=["side", "folded"], name="port_by_folded_name")),
    ]
