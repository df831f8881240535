"""Every kind that can be imported, by its code."""

from crm.desk.sheets.kinds.base import SheetKind
from crm.desk.sheets.kinds.leads import Leads
from crm.desk.sheets.kinds.needs import Needs
from crm.desk.sheets.kinds.organisations import Organisations
from crm.desk.sheets.kinds.people import People
from crm.desk.sheets.kinds.vacancies import Vacancies

KINDS: dict[str, type[SheetKind]] = {
    str(kind.code): kind for kind in (Organisations, People, Leads, Needs, Vacancies)
}
KIND_OF_LIST: dict[str, str] = {kind.model._meta.label_lower: code for code, kind in KINDS.items()}
