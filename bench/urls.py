from django.urls import include, path

from bench import desk, sends, views

urlpatterns = [
    path("bench/constant/<int:size>/", views.constant),
    path("bench/send/", sends.rows_alone),
    path("bench/rows/<slug:slug>/", views.from_rows),
    path("bench/plain/", desk.plain_site.urls),
    path("", include("clinic.urls")),
]
