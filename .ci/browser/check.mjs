// Opens pages in headless Chromium, as people do: light, dark, on a phone, without JavaScript, and printed.
//
//   node check.mjs CHROMIUM SCREENSHOTS PAGE...
//
// A page must say nothing on the console, ask for nothing but itself, run nothing that a key brought, have no violation that
// axe finds, be no wider than a phone, and open in a second. Pages of reports are sorted, searched, zoomed and copied from.
import { readFileSync, statSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism, loadavg } from "node:os";
import { basename } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const require = createRequire(import.meta.url);
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const [executablePath, screenshots, ...pages] = process.argv.slice(2);
const maxBytes = 2 << 20, maxOpening = 1000;
const views = [
  ["light", { viewport: { width: 1280, height: 900 }, colorScheme: "light" }],
  ["dark", { viewport: { width: 1280, height: 900 }, colorScheme: "dark" }],
  ["phone", { viewport: { width: 360, height: 780 }, deviceScaleFactor: 2, colorScheme: "light" }],
  ["without JavaScript", { viewport: { width: 1280, height: 900 }, javaScriptEnabled: false }],
];

let checks = 0;
const failures = [];
function check(page, what, ok, seen) {
  checks++;
  if (ok) return;
  failures.push(`${page}: ${what}${seen === undefined ? "" : `: ${typeof seen === "string" ? seen : JSON.stringify(seen).slice(0, 2000)}`}`);
}

// open returns a page that tells on itself.
async function open(browser, file, options, seen) {
  const context = await browser.newContext({ ...options, acceptDownloads: false });
  const page = await context.newPage();
  page.setDefaultTimeout(120_000);
  const url = pathToFileURL(file).href;
  page.on("console", (m) => seen.push(`${m.type()}: ${m.text()}`));
  page.on("pageerror", (e) => seen.push(`error: ${e.message}`));
  page.on("dialog", (d) => { seen.push(`dialog: ${d.message()}`); d.dismiss(); });
  page.on("request", (r) => r.url().split("#")[0] === url || seen.push(`request: ${r.url().slice(0, 200)}`));
  page.on("popup", () => seen.push("a window"));
  await page.goto(url, { waitUntil: "load" });
  return page;
}

// scroll shows all of a page, so that what is drawn late is drawn.
async function scroll(page) {
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  for (let y = 0; y < height; y += 600) {
    await page.evaluate((y) => new Promise((done) => { scrollTo(0, y); requestAnimationFrame(() => requestAnimationFrame(done)); }), y);
  }
  await page.evaluate(() => scrollTo(0, 0));
}

// hostile waits for what a key might have started: a timer, an image that fails, a frame.
const settle = (page) => page.waitForTimeout(150);

async function inView(browser, file, name, options) {
  const seen = [], at = `${basename(file)}, ${name}`;
  const page = await open(browser, file, options, seen);
  if (options.javaScriptEnabled !== false) {
    const opening = await page.evaluate(() => performance.getEntriesByType("navigation")[0].loadEventEnd);
    check(at, "the load ends", opening > 0, opening);
    await scroll(page);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    check(at, "nothing is wider than the window", wide <= 0, `${wide} px`);
    await page.evaluate(() => document.querySelectorAll("details").forEach((d) => { d.open = true; }));
    await page.evaluate(axe).catch((e) => failures.push(`${at}: axe: ${e.message}`));
    const found = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
    check(at, "axe finds nothing", found.violations.length === 0, found.violations.map((v) => [v.id, v.help, v.nodes.slice(0, 3).map((n) => n.html)]));
    check(at, "nothing of a key is an element or an attribute that acts", await page.evaluate(() =>
      document.querySelectorAll("iframe, object, embed, base, form, img, audio, video, [onerror], [onload], [onclick], [onfocus]").length === 0));
    await page.evaluate(() => document.querySelectorAll("details").forEach((d, i) => { d.open = d.classList.contains("finding") && i < 1; }));
  }
  await settle(page);
  check(at, "no console message, request, dialog or error", seen.length === 0, seen);
  if (screenshots) await page.screenshot({ path: `${screenshots}/${basename(file, ".html")}-${name.replaceAll(" ", "-")}.png`, fullPage: options.javaScriptEnabled !== false });
  await page.context().close();
}

// opening is how long a page takes, ms: until it has painted all that it draws first, and of that what its thread worked. The
// best of three: another's load on this machine is not the page's fault.
async function opening(browser, file) {
  const best = { wall: Infinity, work: Infinity };
  for (let i = 0; i < 3 && best.wall > maxOpening / 2; i++) {
    const context = await browser.newContext(views[0][1]);
    const page = await context.newPage();
    const client = await context.newCDPSession(page);
    await client.send("Performance.enable", { timeDomain: "threadTicks" });
    await page.goto(pathToFileURL(file).href, { waitUntil: "load" });
    const wall = await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(performance.now())))));
    const { metrics } = await client.send("Performance.getMetrics");
    const work = 1000 * metrics.find((m) => m.name === "TaskDuration").value;
    best.wall = Math.min(best.wall, wall);
    best.work = Math.min(best.work, work);
    await context.close();
  }
  return best;
}

const rowsOf = (page) => page.$$eval("#partition-table tbody tr", (rows) => rows.map((tr) => [...tr.cells].map((c) => c.textContent.trim())));

// used does what a reader does, on the page of a report.
async function used(browser, file) {
  const at = `${basename(file)}, used`, seen = [];
  const still = await open(browser, file, { ...views[0][1], javaScriptEnabled: false }, seen);
  const without = await rowsOf(still);
  await still.context().close();
  const page = await open(browser, file, views[0][1], seen);
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  if (without.length > 0) {
    const rows = await rowsOf(page);
    const spelled = new Set(without.map((r) => JSON.stringify(r))); // partitions as large as each other come in either order
    const other = rows.find((r) => !spelled.has(JSON.stringify(r)));
    check(at, "the script spells rows as the page does", other === undefined, [other, without[0]]);
    const files = page.locator('th[data-key="objects"]');
    await files.locator("button").focus();
    await page.keyboard.press("Enter");
    check(at, "a head sorts by the keyboard", await files.getAttribute("aria-sort") === "descending");
    await page.keyboard.press("Enter");
    check(at, "and back", await files.getAttribute("aria-sort") === "ascending");
    const counts = (await rowsOf(page)).map((r) => +r[1].replaceAll(",", ""));
    check(at, "rows are in order", counts.every((n, i) => i === 0 || counts[i - 1] <= n), counts);
    const want = without[without.length - 1][0];
    await page.fill("#search", want.slice(0, 60));
    await page.waitForTimeout(200);
    check(at, "the search finds a partition", (await rowsOf(page)).some((r) => r[0] === want), want);
    await page.fill("#search", "no such partition");
    await page.waitForTimeout(200);
    check(at, "and nothing where there is none", (await rowsOf(page)).length === 0);
    await page.fill("#search", "");
    await page.waitForTimeout(200);
  }
  const copy = page.locator("button.copy").first();
  if (await copy.count()) {
    await page.evaluate(() => document.querySelectorAll("details").forEach((d) => { d.open = true; }));
    await copy.click();
    const [got, code] = await page.evaluate(async () => [await navigator.clipboard.readText(), document.getElementById(document.querySelector("button.copy").dataset.copies).textContent]);
    check(at, "copy copies", got === code && code !== "", [got, code]);
  }
  const crumbs = page.locator("#crumbs button");
  if (await crumbs.count()) {
    await page.locator("#map").scrollIntoViewIfNeeded();
    await page.waitForTimeout(200);
    const before = await crumbs.count();
    const box = await page.locator("#map canvas").boundingBox();
    await page.mouse.click(box.x + 30, box.y + 10); // the head of the first directory, or the first partition
    await page.waitForTimeout(100);
    check(at, "a click on the map goes deeper, or finds the partition", await crumbs.count() > before || await page.inputValue("#search") !== "");
    await page.check('input[name="area"][value="objects"]');
  }
  await page.click("#theme");
  check(at, "the theme changes", await page.evaluate(() => getComputedStyle(document.body).color !== "" && document.documentElement.style.colorScheme === "dark"));
  await page.emulateMedia({ media: "print" });
  await page.pdf({ path: `${screenshots || "/tmp"}/${basename(file, ".html")}.pdf` });
  check(at, "no console message, request, dialog or error", seen.length === 0, seen);
  await page.context().close();
}

if (screenshots) mkdirSync(screenshots, { recursive: true });
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
const slowest = { wall: 0, work: 0, file: "" }, largest = { bytes: 0, file: "" };
try {
  for (const file of pages) {
    const { size } = statSync(file);
    check(basename(file), `at most ${maxBytes} bytes`, size <= maxBytes, `${size}`);
    if (size > largest.bytes) Object.assign(largest, { bytes: size, file: basename(file) });
    const { wall, work } = await opening(browser, file);
    const busy = loadavg()[0] > availableParallelism(); // then the clock tells of others
    check(basename(file), `opens in ${maxOpening} ms`, (busy ? work : wall) < maxOpening, `${wall.toFixed(0)} ms, ${work.toFixed(0)} of work`);
    if (work > slowest.work) Object.assign(slowest, { wall, work, file: basename(file) });
    try {
      for (const [name, options] of views) await inView(browser, file, name, options);
      if (readFileSync(file, "utf8").includes('id="theme"')) await used(browser, file);
    } catch (e) {
      failures.push(`${basename(file)}: ${e.stack}`);
    }
  }
} finally {
  await browser.close();
}
for (const f of failures) console.error(`FAIL ${f}`);
console.log(`${pages.length} pages, ${checks} checks, ${failures.length} failures; slowest ${slowest.file} ${slowest.wall.toFixed(0)} ms (${slowest.work.toFixed(0)} of work), largest ${largest.file} ${largest.bytes} bytes`);
process.exit(failures.length || pages.length === 0 ? 1 : 0);
