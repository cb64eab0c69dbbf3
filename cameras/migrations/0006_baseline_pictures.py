from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cameras", "0005_sense_posture")]

    operations = [
        migrations.AddField(
            model_name="camerabaseline", name="picture", field=models.CharField(blank=True, max_length=16)
        ),
        migrations.AddField(
            model_name="camerabaseline",
            name="before_file",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="camerabaseline",
            name="before_picture",
            field=models.CharField(blank=True, max_length=16),
        ),
    ]
