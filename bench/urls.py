from django.urls import include, path

from bench import views

urlpatterns = [
    path("bench/constant/<int:size>/", views.constant),
    path("bench/rows/<slug:slug>/", views.from_rows),
    path("", include("clinic.urls")),
]
