"""The whole way of a change: written, passed, approved, published, read, and brought back as it was before."""

from playwright.sync_api import expect

from tests.browser.watching import BRIEF, STATES

PAGE = "/treatments/dmard-therapy/"
ADDED = "Bring a list of your medicines to your visit."
NOTE = "We say what to bring to a visit."
BACK = "We took the last change back."


class Desk:
    """One member of staff at the publishing page of the treatment. Every page on the way is looked at by axe once."""

    seen: set[str] = set()

    def __init__(self, visit, username: str) -> None:
        self.visitor = visit("/admin/therapies/treatment/?q=DMARD", staff=username)
        self.page = self.visitor.page
        self.page.locator("#result_list tbody th a").first.click()
        self.page.get_by_role("link", name="Publishing", exact=True).first.click()
        self.address = self.page.url

    def look(self, name: str, states=STATES) -> None:
        assert self.visitor.complaints == [], name
        if name not in self.seen:
            self.seen.add(name)
            assert self.visitor.violations(states) == [], name
            self.visitor.complaints.clear()  # axe itself tries what the policy forbids

    def press(self, button: str, said: str, **fields: str) -> None:
        """Back on the publishing page: fill the fields beside a button, press it, and read what the site says."""
        self.page.goto(self.address)
        form = self.page.locator("form", has=self.page.get_by_role("button", name=button, exact=True))
        for label, text in fields.items():
            form.get_by_label(label).fill(text)
        form.get_by_role("button", name=button, exact=True).click()
        expect(self.page.locator(".messagelist")).to_contain_text(said)

    def follow(self, link: str) -> None:
        self.page.goto(self.address)
        self.page.get_by_role("link", name=link, exact=True).first.click()


def through_review(author: Desk, editor: Desk, reviewer: Desk, note: str) -> None:
    author.look("publishing, for an author")
    author.press("Submit for review", "was submitted for review", **{"What changed": note})
    editor.press("Pass editorial review", "passed editorial review")
    editor.look("publishing, for an editor", BRIEF)
    reviewer.page.reload()
    reviewer.look("publishing, for a clinician", BRIEF)
    reviewer.press("Approve as a clinician", "was approved")
    editor.press("Publish now", "is on the site now")


def test_a_change_goes_from_its_author_to_readers_and_back(visit):
    reader = visit(PAGE)
    before = reader.page.locator(".lede").first.inner_text()
    author, editor, reviewer = (Desk(visit, name) for name in ("author", "editor", "reviewer"))

    author.follow("Edit the working copy")
    author.look("form of a treatment")
    summary = author.page.get_by_label("Summary")
    summary.fill(f"{summary.input_value()} {ADDED}")
    author.page.get_by_role("button", name="Save and preview").first.click()
    expect(author.page.get_by_role("region", name="Preview")).to_contain_text("readers do not see this")
    expect(author.page.locator("main")).to_contain_text(ADDED)
    author.look("preview")
    author.follow("What changed")
    expect(author.page.locator("ins")).to_contain_text(ADDED)
    author.look("differences")
    reader.go(PAGE)
    expect(reader.page.locator(".lede").first).to_have_text(before)

    author.page.goto(author.address)
    through_review(author, editor, reviewer, NOTE)
    reader.go(PAGE)
    expect(reader.page.locator(".lede").first).to_have_text(f"{before} {ADDED}")
    reader.go(f"{PAGE}history/")
    expect(reader.page.locator(".changes li").first).to_contain_text(NOTE)

    author.follow("Bring back revision 1")
    author.look("bringing a revision back")
    author.page.get_by_role("button", name="Replace the working copy").click()
    through_review(author, editor, reviewer, BACK)
    reader.go(PAGE)
    expect(reader.page.locator(".lede").first).to_have_text(before)
    reader.go(f"{PAGE}history/")
    expect(reader.page.locator(".changes li").first).to_contain_text(BACK)
    expect(reader.page.locator(".changes li").nth(1)).to_contain_text(NOTE)

    editor.page.goto("/admin/therapies/revision/")
    editor.look("list of revisions")
    editor.page.goto("/admin/therapies/revision/scheduled/")
    editor.look("everything scheduled")
    for staff in (author, editor, reviewer):
        assert staff.visitor.complaints == []
        assert staff.visitor.strangers() == []
