from django.urls import path

from therapies import feedback_views, search_views, views

app_name = "therapies"

urlpatterns = [
    path("conditions/", views.conditions, name="conditions"),
    path("conditions/<slug:slug>/", views.condition, name="condition"),
    path("conditions/<slug:slug>/compare/", views.compare, name="compare"),
    path("conditions/<slug:slug>/history/", views.page_history, {"kind": "condition"}, name="condition_history"),
    path("treatments/", views.treatments, name="treatments"),
    path("treatments/<slug:slug>/", views.treatment, name="treatment"),
    path("treatments/<slug:slug>/history/", views.page_history, {"kind": "treatment"}, name="treatment_history"),
    path("search/", search_views.search_page, name="search"),
    path("glossary/", views.glossary, name="glossary"),
    path("questions-to-ask/", views.questions, name="questions"),
    path("sources/", views.sources, name="sources"),
    path("evidence/", views.evidence, name="evidence"),
    path("evidence/how-we-grade/", views.how_we_grade, name="how_we_grade"),
    path("feedback/", feedback_views.leave_feedback, name="feedback"),
    path("feedback/thanks/", feedback_views.thanks, name="feedback_thanks"),
]
