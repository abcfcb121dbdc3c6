"""Every address of the site. The apps name their own; here stand the clinic's and what machines ask for."""

from django.contrib import admin
from django.urls import include, path

from clinic import views
from therapies.sitemaps import sitemap

clinic = [
    path("", views.home, name="home"),
    path("about/", views.about, name="about"),
    path("about/contact/", views.contact, name="contact"),
    path("about/clinicians/", views.clinicians, name="clinicians"),
    path("about/clinicians/<slug:slug>/", views.clinician, name="clinician"),
    path("about/<slug:slug>/", views.article, name="article"),
]

urlpatterns = [
    path("", include((clinic, "clinic"))),
    path("", include("therapies.urls")),
    path("", include("inquiries.urls")),
    path("admin/", admin.site.urls),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", sitemap, name="sitemap"),
]

handler400 = "clinic.error_pages.bad_request"
handler403 = "clinic.error_pages.permission_denied"
handler404 = "clinic.error_pages.page_not_found"
handler500 = "clinic.error_pages.server_error"
