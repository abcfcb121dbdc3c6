from django.urls import path

from inquiries import views

app_name = "inquiries"
urlpatterns = [
    path("consultation/", views.request_consultation, name="request"),
    path("consultation/sent/<token>/", views.sent, name="sent"),
]
