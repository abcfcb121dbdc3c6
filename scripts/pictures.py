"""Takes the pictures of docs/content.md and docs/staff.md from the real admin: `python scripts/pictures.py`. Needs Chromium.

They show one change on its way, and a morning at the desk, made by the demonstration accounts on a site of its own, which is gone afterwards.
"""

import struct
import sys
import zlib
from pathlib import Path

import demo_site
import processes
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
TO = ROOT / "docs" / "img"
WIDTH, HEIGHT = 1280, 800
COLOURS = 5  # levels of each of red, green and blue: few enough for a small file
ADDED = "Bring a list of your medicines to your visit."


def main() -> int:
    if not demo_site.CHROMIUM:
        print("Chromium takes the pictures: sudo apt install chromium")
        return 1
    TO.mkdir(exist_ok=True)
    with demo_site.running() as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=demo_site.CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        take_all(lambda username: signed_in(browser, site, username))
        take_desk(site, lambda username, place: at_the_desk(browser, site, username, place))
        browser.close()
    return 0


def signed_in(browser, site, username: str) -> Page:
    page = at_the_desk(browser, site, username, "/admin/therapies/treatment/?q=DMARD")
    page.locator("#result_list tbody th a").first.click()
    return page


def at_the_desk(browser, site, username: str, place: str) -> Page:
    from tests.browser.signing_in import session_cookies

    context = browser.new_context(
        base_url=site.origin, viewport={"width": WIDTH, "height": HEIGHT}, reduced_motion="reduce"
    )
    context.add_cookies([{"name": k, "value": v, "url": site.origin} for k, v in session_cookies(site, username)])
    page = context.new_page()
    page.goto(place)
    return page


def take_desk(site, open_page) -> None:
    """The dashboard and one request, of a morning with twelve of them."""
    from tests.browser.test_dashboard import count_a_quarter
    from tests.browser.test_working_day import morning_of

    sent = morning_of(site)
    count_a_quarter(site.database)
    home = open_page("nurse", "/admin/?days=90")
    home.evaluate("document.querySelector('.desk .tiles, .tiles').scrollIntoView()")
    take(home, "desk-dashboard")
    take(open_page("nurse", sent["Abel"]["page"]), "desk-request")


def take_all(sign_in) -> None:
    author = sign_in("author")
    author.get_by_label("Summary").fill(f"{author.get_by_label('Summary').input_value()} {ADDED}")
    take(author, "form")
    author.get_by_role("button", name="Save and preview").first.click()
    take(author, "preview")
    author.get_by_role("link", name="Publishing", exact=True).click()
    publishing = author.url
    author.get_by_label("What changed").fill("We say what to bring to a visit.")
    take(author, "submit")
    author.get_by_role("button", name="Submit for review").click()

    editor = sign_in("editor")
    editor.goto(publishing)
    editor.get_by_role("link", name="What changed", exact=True).click()
    take(editor, "differences")
    editor.goto(publishing)
    editor.get_by_role("button", name="Pass editorial review").click()
    reviewer = sign_in("reviewer")
    reviewer.goto(publishing)
    take(reviewer, "approve")
    reviewer.get_by_role("button", name="Approve as a clinician").click()
    editor.goto(publishing)
    editor.get_by_role("button", name="Publish now").click()
    editor.get_by_role("heading", name="What happened").scroll_into_view_if_needed()
    editor.evaluate("document.querySelector('#revisions-title').scrollIntoView()")
    take(editor, "history")


def take(page: Page, name: str) -> None:
    page.evaluate("document.fonts.ready.then(() => 0)")
    path = TO / f"{name}.png"
    path.write_bytes(with_few_colours(page.screenshot()))
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size:,} bytes")


def with_few_colours(png: bytes) -> bytes:
    """The same picture with a palette: a third of the bytes, and text stays as sharp."""
    width, height, channels, rows = pixels(png)
    step = 255 / (COLOURS - 1)
    nearest = bytes(round(value / step) for value in range(256))
    levels = [row.translate(nearest) for row in rows]
    square, plain = COLOURS * COLOURS, COLOURS
    packed = bytearray()
    for row in levels:
        reds, greens, blues = row[0::channels], row[1::channels], row[2::channels]
        packed.append(0)
        packed += bytes(r * square + g * plain + b for r, g, b in zip(reds, greens, blues, strict=True))
    palette = bytes(
        round(level * step)
        for index in range(COLOURS**3)
        for level in (index // square, index // plain % COLOURS, index % COLOURS)
    )
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"PLTE", palette), (b"IDAT", zlib.compress(bytes(packed), 9)), (b"IEND", b"")]
    return png[:8] + b"".join(chunk(name, data) for name, data in chunks)


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def pixels(png: bytes) -> tuple[int, int, int, list[bytes]]:
    """Width, height, channels and rows of a picture as Chromium writes it: 8 bits a channel, not interlaced."""
    at, data, head = 8, b"", b""
    while at < len(png):
        length, name = struct.unpack(">I4s", png[at : at + 8])
        body = png[at + 8 : at + 8 + length]
        head, data = (body, data) if name == b"IHDR" else (head, data + body if name == b"IDAT" else data)
        at += length + 12
    width, height, _, kind = struct.unpack(">IIBB", head[:10])
    channels = {2: 3, 6: 4}[kind]
    raw, above, rows = zlib.decompress(data), bytes(width * channels), []
    for number in range(height):
        start = number * (width * channels + 1)
        above = unfiltered(raw[start], raw[start + 1 : start + 1 + width * channels], above, channels)
        rows.append(above)
    return width, height, channels, rows


def unfiltered(kind: int, row: bytes, above: bytes, channels: int) -> bytes:
    """Undo one of the five filters of PNG."""
    out = bytearray(row)
    for at in range(len(row) if kind else 0):
        left = out[at - channels] if at >= channels else 0
        corner = above[at - channels] if at >= channels else 0
        up = above[at]
        if kind == 1:
            guess = left
        elif kind == 2:
            guess = up
        elif kind == 3:
            guess = (left + up) // 2
        else:
            guess = min((left, up, corner), key=lambda one: abs(left + up - corner - one))
        out[at] = (row[at] + guess) & 255
    return bytes(out)


if __name__ == "__main__":
    processes.clean_up_on_stop()
    sys.exit(main())
