from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('crm_messages', '0002_append_only'),
    ]

    operations = [
        migrations.AddField(
            model_name='mail',
            name='html',
            field=models.TextField(blank=True, default='', verbose_name='text as HTML'),
        ),
    ]
