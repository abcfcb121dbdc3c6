from django.urls import path

from inquiries import views

app_name = "inquiries"
urlpatterns = [
    path("consultation/", views.start, name="request"),
    path("consultation/advice/", views.advice, name="advice"),
    path("consultation/check/", views.check, name="check"),
    path("consultation/leave/", views.leave, name="leave"),
    path("consultation/under-18/", views.under_18, name="under_18"),
    path("consultation/help/", views.help_by_phone, name="help"),
    path("consultation/<slug:key>/", views.page, name="page"),
    path("request/find/", views.find, name="find"),
    path("request/<token>/", views.status, name="status"),
    path("request/<token>/sent/", views.sent, name="sent"),
    path("request/<token>/told/", views.told, name="told"),
    path("request/<token>/<slug:action>/", views.act, name="act"),
]
