"""Tables of the estate room: places (areas, buildings, units, tenancies) and vacancies."""

from crm.estate.models.places import Area, Building, Ownership, Tenancy, Unit
from crm.estate.models.vacancies import Vacancy, VacancyChange, VacancyPart

__all__ = ["Area", "Building", "Ownership", "Tenancy", "Unit", "Vacancy", "VacancyChange", "VacancyPart"]
