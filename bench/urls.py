from django.urls import include, path

from bench import sends, views

urlpatterns = [
    path("bench/constant/<int:size>/", views.constant),
    path("bench/send/", sends.rows_alone),
    path("bench/rows/<slug:slug>/", views.from_rows),
    path("", include("clinic.urls")),
]
