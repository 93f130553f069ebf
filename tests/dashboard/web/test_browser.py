"""The page in Debian's chromium: what a person sees, without touching anything."""

import time
from dataclasses import replace

import pytest

from dashboard.web import new_link
from sensor.store.status import Status, StatusFile

pytestmark = pytest.mark.browser
SECOND = 1_000_000_000


@pytest.fixture
def page(site, served, browser, store, sample, tmp_path):
    """The inbox, open, with one alert; the clock of the application is the machine's."""
    store.upsert([replace(sample, first_seen=time.time_ns() - SECOND, last_seen=time.time_ns())])
    app = site(signed_in=False, now=time.time_ns, practice="Cabinet médical des Tilleuls et du Vallon").app
    base = served(app)
    browser.size(1200, 900)
    browser.go(new_link(app, base))
    return browser


def titles(browser):
    return browser.run("return [...document.querySelectorAll('.title')].map(one => one.innerText)")


def test_an_alert_added_while_the_page_is_open_appears_without_reloading_within_two_seconds(page, store, unnamed):
    page.run("window.untouched = true")
    assert titles(page) == ["Scanner de l’accueil a envoyé un courrier en clair avec une pièce jointe"]
    page.wait("return document.readyState === 'complete'")
    started = time.monotonic()
    store.upsert([replace(unnamed, last_seen=time.time_ns())])
    page.wait("return document.querySelectorAll('.title').length === 2", seconds=5)
    assert time.monotonic() - started <= 2
    assert titles(page)[0].startswith("Prise de main sur poste")
    assert page.run("return window.untouched")
    assert page.run("return document.querySelector('.arrived .title').innerText").startswith("Prise de main")
    assert page.text("#announce").startswith("Nouvelle alerte : Prise de main")
    assert page.log() == []


def test_an_alert_that_grows_changes_in_place_and_keeps_the_focus(page, store, sample):
    page.run("document.querySelector('.title a').focus()")
    store.upsert([replace(sample, count=12, last_seen=time.time_ns())])
    page.wait("return document.querySelector('.meta').innerText.includes('12 fois')", seconds=5)
    assert page.run("return document.activeElement.closest('[data-id]')?.dataset.id") == "a1"
    assert page.run("return document.querySelectorAll('.arrived').length") == 0


def test_the_strip_lives(page, tmp_path):
    now = time.time_ns()
    with StatusFile(tmp_path) as out:
        out.write(Status(now, now - SECOND, now, 10_000, 0, 321.0, "0.1.0", "eth1"))
    page.wait("return document.querySelector('.strip').innerText.includes('321 paquets/s')", seconds=5)


def test_the_keyboard_goes_through_the_page(page):
    assert (
        page.run(
            "return [...document.querySelectorAll('a, summary, [tabindex]')].filter(one => one.tabIndex > 0).length"
        )
        == 0
    )  # nothing jumps the order of the page
    page.run("document.querySelector('.title a').click()")
    page.wait("return location.pathname === '/alerts/a1' && document.readyState === 'complete'")
    assert "Que faire ?" in page.text("main")


def test_nothing_is_wider_than_the_screen(page):
    for width in (320, 390, 1200):
        for path in ("/", "/alerts/a1", "/traffic", "/hosts"):
            page.size(width, 900)
            page.run("location.assign(arguments[0])", path)
            page.wait("return location.pathname === arguments[0] && document.readyState === 'complete'", path)
            assert page.run("return document.documentElement.scrollWidth") <= width, (width, path)


def test_the_head_is_one_line_from_761_points_on(page):
    """The practice's name gives way, not the links."""
    for width in (761, 900, 1280):
        page.size(width, 700)
        boxes = page.run(
            "return [...document.querySelectorAll('.top .wide > *')].map(one => one.getBoundingClientRect())"
            ".map(box => [box.top, box.bottom])"
        )
        assert max(top for top, _ in boxes) < min(bottom for _, bottom in boxes), width
        assert page.run("return document.querySelector('.top').getBoundingClientRect().height") < 70, width
        assert page.run("return document.documentElement.scrollWidth") <= width


def test_words_stand_out_from_their_ground(page):
    """WCAG 2.2, 1.4.3: a contrast of at least 4.5 for every text."""
    for path in ("/", "/alerts/a1"):
        page.run("location.assign(arguments[0])", path)
        page.wait("return location.pathname === arguments[0] && document.readyState === 'complete'", path)
        for dark in (False, True):
            page.dark(dark)
            assert page.run(CONTRAST) == [], (path, dark)


CONTRAST = """
const channel = c => { c /= 255; return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; };
const numbers = text => text.match(/[\\d.]+/g).map(Number);
const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
const ground = one => {
  for (let at = one; at; at = at.parentElement) {
    const found = numbers(getComputedStyle(at).backgroundColor);
    if (found.length === 3 || found[3] > 0) return found;
  }
  return [255, 255, 255];
};
const poor = [];
for (const one of document.querySelectorAll('body *')) {
  const own = [...one.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
  if (!own || !one.checkVisibility() || one.closest('svg, .unseen, .skip')) continue;
  const [a, b] = [light(numbers(getComputedStyle(one).color)), light(ground(one))].sort((x, y) => y - x);
  if ((a + 0.05) / (b + 0.05) < 4.5) poor.push([one.className, one.innerText, (a + 0.05) / (b + 0.05)]);
}
return poor;
"""


def test_a_page_that_hears_nothing_any_more_says_so(page, served):
    server, _ = served.servers[0]
    server.task_dispatcher.shutdown()
    server.close()
    page.wait("return !document.getElementById('stale').hidden", seconds=25)
    assert "ne reçoit plus de nouvelles" in page.text("#stale")
