"""Every public page as visitors meet it: any width, any light, with a screen reader, without JavaScript."""

from tests.browser.addresses import EVERY_PAGE, FEEDBACK, FORM, FORM_HELP, KEPT, MISSING, SEARCH, WITH_EVERY_PART
from tests.browser.documents import fetch
from tests.browser.looking import each_page

# Each hard to read in one light at one width alone.
FOUR_PALE_WORDS = """() => {
    const sheet = new CSSStyleSheet();
    for (const light of ["light", "dark"]) {
        for (const [name, width] of [["narrow", "(max-width: 400px)"], ["wide", "(min-width: 1200px)"]]) {
            const word = document.querySelector("main").appendChild(document.createElement("p"));
            word.id = `${light}-${name}`;
            word.textContent = "Pale";
            sheet.insertRule(`@media (prefers-color-scheme: ${light}) and ${width} {
                #${word.id} { color: #888; background: #999; } }`);
        }
    }
    document.adoptedStyleSheets = [sheet];
}"""


@each_page(EVERY_PAGE)
def test_axe_finds_nothing(look, path):
    assert look(path).violations == []


@each_page(EVERY_PAGE)
def test_is_answered_from_this_host_alone_and_breaks_no_policy(look, path):
    seen = look(path)
    assert seen.status == (404 if path == MISSING else 200)
    assert seen.strangers == []
    assert seen.complaints == []
    if path in KEPT:
        assert seen.cookies == []


@each_page(EVERY_PAGE)
def test_reads_the_same_without_javascript(look, path):
    assert look(path).text_without_javascript == look(path).text


@each_page(EVERY_PAGE)
def test_never_scrolls_sideways(look, path):
    assert look(path).too_wide == {}


def test_the_site_links_to_these_pages_and_to_no_others(site):
    known, waiting = set(), {"/"}
    while waiting:
        path = waiting.pop()
        known.add(path)
        waiting |= {link for link in fetch(site, path).links if not link.startswith(("/admin/", "/static/"))} - known
    assert known == {*KEPT, FORM, FORM_HELP, SEARCH, FEEDBACK}


def test_the_sitemap_names_only_pages_of_the_site(visit):
    opened = visit("/sitemap.xml")
    named = {address.removeprefix(opened.origin) for address in opened.page.locator("loc").all_text_contents()}
    assert named <= {*KEPT, FORM}


def test_every_page_names_itself(site):
    titles = {}
    for path in KEPT:
        document = fetch(site, path)
        titles.setdefault(document.title, []).append(path)
        assert document.main_headings == 1, path
    assert [paths for paths in titles.values() if len(paths) > 1] == []


def test_axe_looks_at_every_state_of_pages_that_exist():
    assert set(EVERY_PAGE) >= WITH_EVERY_PART


def test_axe_looks_at_each_width_in_each_light(visit):
    opened = visit("/glossary/")
    opened.page.evaluate(FOUR_PALE_WORDS)
    assert sorted(opened.violations()) == [
        "1280 px, dark: color-contrast: #dark-wide",
        "1280 px, light: color-contrast: #light-wide",
        "390 px, dark: color-contrast: #dark-narrow",
        "390 px, light: color-contrast: #light-narrow",
    ]
