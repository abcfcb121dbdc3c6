from django.contrib import admin

from therapies.admin.inlines import AnsweredClaimInline, SectionInline, SynonymInline
from therapies.admin.page import HEAD, UPKEEP, PageAdmin
from therapies.admin.states import Stands
from therapies.document_shapes import ARTICLE_ASPECTS
from therapies.models import Article


class ArticleSections(SectionInline):
    aspects = ARTICLE_ASPECTS


@admin.register(Article)
class ArticleAdmin(PageAdmin):
    list_display = ["title", "category", "state", "last_change"]
    list_filter = ["category", Stands]
    fieldsets = [(None, {"fields": [*HEAD, "category"]}), UPKEEP]
    inlines = [ArticleSections, SynonymInline, AnsweredClaimInline]
