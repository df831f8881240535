from django.db import migrations

APPLICATION_AREAS = [
    ("medtech", "MedTech", "MedTech"),
    ("chiptech", "ChipTech", "ChipTech"),
    ("materials", "Materialen", "Materials"),
    ("robotics", "Robotica", "Robotics"),
    ("smart_manufacturing", "Smart Manufacturing", "Smart Manufacturing"),
    ("ai_smart_it", "AI/Smart IT", "AI/Smart IT"),
]
TECHNOLOGIES = [
    ("nanotechnology", "nanotechnologie", "nanotechnology"),
    ("microfluidics", "microfluïdica", "microfluidics"),
    ("lab_on_a_chip", "Lab-on-a-Chip", "Lab-on-a-Chip"),
    ("organ_on_chip", "Organ-on-Chip", "Organ-on-Chip"),
    ("medical_diagnostics_imaging", "medische diagnostiek en imaging", "medical diagnostics and imaging"),
    ("chip_design", "chipdesign", "chip design"),
    ("mechatronics", "mechatronica", "mechatronics"),
    ("photonics", "photonica", "photonics"),
    ("optics", "optica", "optics"),
    ("quantum_technology", "quantumtechnologie", "quantum technology"),
    ("materials_science", "materiaalkunde", "materials science"),
    ("membrane_technology", "membraantechnologie", "membrane technology"),
    ("integrated_systems", "geïntegreerde systemen", "integrated systems"),
    ("sensor_technology", "sensortechnologie", "sensor technology"),
    ("robotisation", "robotisering", "robotisation"),
    ("energy_transition", "energietransitie", "energy transition"),
]


def fill(apps, schema_editor):
    for model, values in (("ApplicationArea", APPLICATION_AREAS), ("Technology", TECHNOLOGIES)):
        manager = apps.get_model("contacts", model).objects
        for position, (code, name_nl, name_en) in enumerate(values, start=1):
            manager.update_or_create(
                code=code, defaults={"name_nl": name_nl, "name_en": name_en, "position": position}
            )


class Migration(migrations.Migration):
    dependencies = [("contacts", "0001_initial")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
