"""The comparison on paper: one sheet, with everything that stands in the table."""

import re

import pytest

MOST_OPTIONS = "/conditions/knee-osteoarthritis/compare/"
POINT = 96 / 72  # in pixels of a style
SAID_SHORTER = re.compile(
    r"Not recorded|Depends on its parts|Source \d+|,|Recovery|Time until it works|How long it lasts|Cost|Approval, .*"
)
# The words of every cell as they stand on the screen.
WORDS_OF_CELLS = """() => [...document.querySelectorAll(".compare tbody tr > *")].flatMap((cell) => {
    const words = [];
    const walk = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) if (walk.currentNode.parentElement.checkVisibility()) words.push(walk.currentNode.data);
    return words.map((one) => one.trim()).filter(Boolean);
})"""
SMALLEST_LETTERS = """() => Math.min(...[...document.querySelectorAll("main *")]
    .filter((one) => one.checkVisibility() && [...one.childNodes].some((each) => each.nodeType === 3 && each.data.trim()))
    .map((one) => parseFloat(getComputedStyle(one).fontSize)))"""


def sheets(page, paper):
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(format=paper, prefer_css_page_size=True)))


@pytest.fixture
def compared(visit):
    return visit(MOST_OPTIONS).page


def test_all_options_fit_on_one_sheet(compared):
    assert {paper: sheets(compared, paper) for paper in ("A4", "Letter")} == {"A4": 1, "Letter": 1}


def test_a_choice_fits_in_larger_letters(visit):
    longest = "?t=stem-cell-bmac&t=stem-cell-adipose&t=stem-cell-cultured"
    for query, points in ((longest, 10.5), (f"{longest}&t=joint-replacement&t=prp-injection", 9)):
        page = visit(MOST_OPTIONS + query).page
        assert {paper: sheets(page, paper) for paper in ("A4", "Letter")} == {"A4": 1, "Letter": 1}
        page.emulate_media(media="print")
        assert page.evaluate(SMALLEST_LETTERS) >= points * POINT - 0.01


def test_the_sheet_says_all_that_the_table_says(compared):
    said = compared.evaluate(WORDS_OF_CELLS)
    compared.emulate_media(media="print")
    paper = " ".join(compared.locator("main").inner_text().split())
    assert len(said) > 100
    assert [words for words in said if words not in paper and not SAID_SHORTER.fullmatch(words)] == []
    for part in ("Questions to ask any clinic", "Sources", "doi.org/10.", f"{MOST_OPTIONS}, as it read on "):
        assert part in paper, part
    assert compared.evaluate(SMALLEST_LETTERS) >= 8 * POINT - 0.01
    assert not compared.locator(".masthead, .site-foot, form").filter(visible=True).count()
