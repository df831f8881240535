"""Addresses of the partners' pages."""

from django.urls import path

from crm.portal import views

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("guide/", views.own_guide, name="guide"),
    path("editions/<int:pk>/<slug:language>.pdf", views.edition_pdf, name="edition-pdf"),
]
