"""Addresses of log-in, second factor and what belongs to one's own account."""

from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("log-in/", views.log_in, name="log-in"),
    path("log-out/", views.log_out, name="log-out"),
    path("second-factor/", views.second_factor, name="second-factor"),
    path("second-factor/set-up/", views.set_up, name="set-up"),
    path("second-factor/recovery-codes/", views.recovery_codes, name="recovery-codes"),
    path("password/", views.password, name="password"),
    path("password/forgotten/", views.forgotten_password, name="forgotten-password"),
    path("password/new/<str:uid>/<str:token>/", views.new_password, name="new-password"),
    path("welcome/", views.welcome, name="welcome"),
]
