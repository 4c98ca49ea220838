(() => {
  "use strict";
  const $ = (id) => document.getElementById(id);
  const root = document.documentElement;
  root.classList.add("js");
  const data = JSON.parse($("data").textContent);

  // Numbers are spelled as in every other output: see units.go.
  const spell = [0, 1, 2].map((digits) => new Intl.NumberFormat("en-US", { maximumFractionDigits: digits, useGrouping: false, roundingMode: "halfEven" }));
  const count = (n) => n.toLocaleString("en-US");
  function size(n) {
    if (n < 1024) return n + " B";
    const units = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    let x = n / 1024, u = 0;
    for (; x >= 1023.5 && u < units.length - 1; u++) x /= 1024;
    return spell[x < 9.995 ? 2 : x < 99.95 ? 1 : 0].format(x) + " " + units[u];
  }
  function percent(part, whole) {
    const p = 100 * part / Math.max(whole, 1);
    if (part === 0) return "0 %";
    if (p < 1) return "<1 %";
    if (p > 99 && part < whole) return ">99 %";
    return spell[0].format(p) + " %";
  }
  const minutes = (m) => m < 0 ? "–" : new Date(m * 60000).toISOString().slice(0, 16).replace("T", " ");
  const over = (bytes) => data.median > 0 ? (bytes / data.median).toFixed(1) : "–";

  function element(name, attributes, ...children) {
    const e = document.createElement(name);
    for (const [key, value] of Object.entries(attributes || {})) e.setAttribute(key, value);
    e.append(...children);
    return e;
  }
  function svg(name, attributes) {
    const e = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) e.setAttribute(key, value);
    return e;
  }

  // Colours are those of the style sheet, for the theme that is on.
  const probe = document.body.appendChild(element("span", { hidden: "" }));
  function color(name) {
    probe.style.color = "var(--" + name + ")";
    return getComputedStyle(probe).color;
  }
  const dark = () => getComputedStyle(root).colorScheme === "dark" || getComputedStyle(root).colorScheme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches;
  // The colour of each band of sizes: warm is small, teal is the aim, violet is large; they differ in lightness, too.
  const palette = () => dark()
    ? ["#c2562f", "#d98a4e", "#cdb27a", "#6d9fae", "#2f93a8", "#8577c9"]
    : ["#b4431d", "#dd8a4b", "#ecc88f", "#9cc3cc", "#2a8496", "#6558a6"];
  // ink is what reads best on a colour.
  function ink(hex) {
    const [r, g, b] = [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16) / 255).map((x) => x <= .04045 ? x / 12.92 : ((x + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b > .18 ? "#14171a" : "#ffffff";
  }
  function bandOf(bytes) {
    const at = data.bands.findIndex((b) => bytes <= b.le);
    return at < 0 ? data.bands.length - 1 : at;
  }

  // Partitions, as rows.
  const columns = data.partitions;
  const rows = [];
  for (let i = 0, path = ""; i < columns.rest.length; i++) {
    path = path.slice(0, columns.common[i]) + columns.rest[i];
    rows.push({
      path, objects: columns.objects[i], bytes: columns.bytes[i], small: columns.small[i] / Math.max(columns.objects[i], 1), smallFiles: columns.small[i],
      over: columns.bytes[i], p50: columns.p50[i], max: columns.max[i], newest: columns.newest[i], spark: columns.spark[i],
    });
  }

  // Charts are drawn once they are near the window, and again when the theme changes.
  const charts = new Map();
  const near = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      near.unobserve(entry.target);
      const c = charts.get(entry.target);
      c.instance = window.charts.init(entry.target, null, { renderer: "canvas" });
      c.draw(c.instance);
      c.ready = true;
      sized.observe(entry.target);
    }
  }, { rootMargin: "300px" });
  const sized = new ResizeObserver((entries) => entries.forEach((e) => {
    const c = charts.get(e.target);
    const [width, height] = [e.target.clientWidth, e.target.clientHeight];
    if (!width || c.width === width && c.height === height) return;
    const first = c.width === undefined;
    [c.width, c.height] = [width, height];
    if (first) return;
    c.instance.resize();
    c.draw(c.instance);
  }));
  function chart(id, draw) {
    const e = $(id);
    if (!e) return null;
    const c = { draw };
    charts.set(e, c);
    near.observe(e);
    return c;
  }
  const redraw = () => charts.forEach((c) => c.ready && c.draw(c.instance));
  const font = () => getComputedStyle(document.body).fontFamily;
  const tooltip = () => ({
    renderMode: "richText", confine: true, backgroundColor: color("card"), borderColor: color("line"), borderWidth: 1, padding: [8, 10],
    textStyle: { color: color("text"), fontSize: 12, fontFamily: font(), lineHeight: 18 },
  });

  // Sizes: files above, bytes below, over one axis.
  function sizeBins() {
    const bins = data.histogram.map((b) => ({ ...b }));
    while (bins.length && bins[bins.length - 1].le < 2 ** 30) bins.push({ le: bins[bins.length - 1].le * 2, objects: 0, bytes: 0 });
    while (bins.length && bins[0].le > 2 ** 28 && bins[0].le <= 2 ** 62) bins.unshift({ le: bins[0].le / 2, objects: 0, bytes: 0 });
    return bins;
  }
  chart("sizes-chart", (c) => {
    const bins = sizeBins();
    const files = bins.reduce((n, b) => n + b.objects, 0), bytes = bins.reduce((n, b) => n + b.bytes, 0);
    const names = bins.map((b) => "≤ " + size(b.le));
    const from = bins.findIndex((b) => b.le === 2 ** 28), to = bins.findIndex((b) => b.le === 2 ** 30);
    const aim = (name) => from < 0 ? undefined : {
      silent: true, itemStyle: { color: color("aim-bg") }, data: [[{ xAxis: from, name }, { xAxis: to }]],
      label: { show: name !== "", position: "insideTop", color: color("aim"), fontSize: 11, fontFamily: font() },
    };
    const series = (axis, key, whole, name) => ({
      type: "bar", xAxisIndex: axis, yAxisIndex: axis, barCategoryGap: "14%", barMinHeight: 2, name,
      data: bins.map((b) => ({ value: b[key] / Math.max(whole, 1) * 100 || null, itemStyle: { color: color(b.le > 2 ** 27 && b.le <= 2 ** 30 ? "aim" : "bar"), borderRadius: [2, 2, 0, 0] } })),
      markArea: aim(axis === 0 ? "aim" : ""),
    });
    const most = Math.max(...bins.flatMap((b) => [b.objects / Math.max(files, 1), b.bytes / Math.max(bytes, 1)]));
    const ceiling = Math.min(100, Math.ceil(most * 4.2) * 25);
    const axis = { type: "category", data: names, axisTick: { show: false }, axisLine: { lineStyle: { color: color("line") } } };
    const scale = (name, grid) => ({
      type: "value", gridIndex: grid, name, nameLocation: "end", nameGap: 10, nameTextStyle: { color: color("muted"), align: "left", fontSize: 12, fontFamily: font(), padding: [0, 0, 0, -38] },
      max: ceiling, interval: ceiling / 2, axisLabel: { color: color("muted"), fontSize: 11, fontFamily: font(), formatter: (v) => spell[1].format(v) + " %" }, splitLine: { lineStyle: { color: color("line") } },
    });
    c.setOption({
      animation: false,
      grid: [{ left: 44, right: 6, top: 26, height: 104 }, { left: 44, right: 6, top: 178, height: 104 }],
      xAxis: [{ ...axis, gridIndex: 0, axisLabel: { show: false } }, { ...axis, gridIndex: 1, axisLabel: { color: color("muted"), fontSize: 11, fontFamily: font(), hideOverlap: true, margin: 10 } }],
      yAxis: [scale("share of files", 0), scale("share of bytes", 1)],
      axisPointer: { link: [{ xAxisIndex: "all" }] },
      tooltip: {
        ...tooltip(), trigger: "axis", axisPointer: { type: "shadow", shadowStyle: { color: color("line"), opacity: .4 } },
        formatter: (at) => {
          const i = at[0].dataIndex, b = bins[i], below = i > 0 ? size(bins[i - 1].le) + " < size " : "size ";
          return below + names[i] + "\n" + count(b.objects) + (b.objects === 1 ? " file, " : " files, ") + percent(b.objects, files) + "\n" + size(b.bytes) + ", " + percent(b.bytes, bytes);
        },
      },
      series: [series(0, "objects", files, "files"), series(1, "bytes", bytes, "bytes")],
    }, true);
  });

  // The map: a tree by path, of what the table shows. One level more than where it stands is drawn, so that it stays calm.
  const tree = { name: "all", path: "", children: new Map(), row: null, bytes: 0, objects: 0 };
  for (const r of rows) {
    let at = tree;
    tree.bytes += r.bytes;
    tree.objects += r.objects;
    for (const part of r.path.split("/")) {
      let child = at.children.get(part);
      if (!child) at.children.set(part, child = { name: part, path: at === tree ? part : at.path + "/" + part, parent: at, children: new Map(), row: null, bytes: 0, objects: 0 });
      child.bytes += r.bytes;
      child.objects += r.objects;
      at = child;
    }
    at.row = r;
  }
  // grouped puts a level between a directory and its many: those that begin alike come together, years before months.
  const many = 60;
  function grouped(node, prefix = "") {
    if (!prefix) for (const child of node.children.values()) grouped(child);
    if (node.children.size <= many) return;
    const children = [...node.children.values()].sort((a, b) => a.name < b.name ? -1 : 1);
    const longest = Math.max(...children.map((c) => c.name.length));
    let parts = null, ends = false;
    for (let n = 1; n < longest; n++) {
      const by = Map.groupBy(children, (c) => c.name.slice(0, n));
      if (by.size > many) break;
      const end = /[^0-9A-Za-z]/.test(children[0].name[n - 1] || ""); // after a word, where there is one
      if (by.size > 1 && (end || !ends)) [parts, ends] = [by, end];
    }
    if (!parts) {
      const step = Math.ceil(children.length / many);
      parts = new Map();
      for (let i = 0; i < children.length; i += step) parts.set(children[i].name, children.slice(i, i + step));
    }
    node.children = new Map();
    for (const [name, list] of parts) {
      if (list.length === 1) {
        node.children.set(list[0].name, list[0]);
        continue;
      }
      const sum = (key) => list.reduce((n, c) => n + c[key], 0);
      const begins = name.replace(/[^0-9A-Za-z]+$/, "") + "…", within = node.base ?? (node.path ? node.path + "/" : "");
      const group = { name: begins, base: within, path: within + begins, label: name.startsWith(prefix) && prefix ? begins.slice(prefix.length) : undefined, parent: node,
        children: new Map(list.map((c) => [c.name, c])), row: null, bytes: sum("bytes"), objects: sum("objects") };
      for (const c of list) [c.parent, c.label] = [group, c.name.startsWith(name) ? c.name.slice(name.length) : c.name];
      grouped(group, name);
      node.children.set(group.name, group);
    }
  }
  grouped(tree);
  let here = tree, area = "bytes", matching = null;
  while (here.children.size === 1 && !here.row) here = here.children.values().next().value;
  const top = here;
  const depthShown = 2;
  let drawn = []; // nodes by number: what is given to the chart is copied, and a tree with parents is not to be
  function mapNode(node, depth) {
    const leaf = node.children.size === 0 || depth === 0;
    const out = { name: leaf ? node.label || value(node.name) : node.name, id: node.path, value: Math.max(node[area], 1), at: drawn.push(node) - 1 };
    if (!leaf) out.children = [...node.children.values()].map((n) => mapNode(n, depth - 1));
    const band = bandOf(node.row && node.children.size === 0 ? node.row.p50 : node.bytes / Math.max(node.objects, 1));
    const dim = matching && !anyRow(node, matching);
    out.itemStyle = { color: palette()[band], opacity: dim ? .18 : 1 };
    if (leaf) out.label = { color: dim ? color("muted") : ink(palette()[band]) };
    return out;
  }
  // value is what a map has room for: of day=15, 15.
  const value = (name) => name.slice(name.indexOf("=") + 1) || name;
  const anyRow = (node, set) => set.has(node.row) || [...node.children.values()].some((c) => anyRow(c, set));
  const map = chart("map", (c) => {
    drawn = [];
    const level = { itemStyle: { borderColor: color("bg"), borderWidth: 1, gapWidth: 1 } };
    c.setOption({
      animation: false,
      tooltip: {
        ...tooltip(),
        formatter: (at) => {
          const node = at.data && drawn[at.data.at];
          if (!node) return at.name;
          const r = node.children.size === 0 && node.row;
          return short(node.path || "all", 60) + "\n" + count(node.objects) + (node.objects === 1 ? " file, " : " files, ") + size(node.bytes) + "\n" +
            (r ? "median file " + size(r.p50) + ", largest " + size(r.max) : "mean file " + size(Math.round(node.bytes / Math.max(node.objects, 1))));
        },
      },
      series: [{
        type: "treemap", left: 0, right: 0, top: 0, bottom: 0, roam: false, nodeClick: false, breadcrumb: { show: false }, sort: "desc", visibleMin: 12, childrenVisibleMin: 2500,
        label: { show: true, fontSize: 12, fontFamily: font(), overflow: "truncate", padding: [4, 5], position: "insideTopLeft" },
        upperLabel: { show: true, height: 20, color: color("text"), fontSize: 12, fontFamily: font(), overflow: "truncate" },
        itemStyle: { borderColor: color("bg") },
        emphasis: { itemStyle: { borderColor: color("text") }, upperLabel: { color: color("text") } },
        levels: [{ itemStyle: { borderWidth: 0, gapWidth: 2 }, upperLabel: { show: false } }, { itemStyle: { borderColor: color("sunk"), borderWidth: 2, gapWidth: 1 } }, level],
        data: (mapNode(here, depthShown).children || [mapNode(here, 0)]),
      }],
    }, true);
    if (!map.clicks) c.on("click", (at) => at.data && drawn[at.data.at] && zoom(drawn[at.data.at]));
    map.clicks = true;
  });
  const short = (s, n) => s.length <= n ? s : s.slice(0, n / 2) + "…" + s.slice(s.length - n / 2);
  // zoom shows what lies below a node; of a partition it shows the table's row.
  function zoom(node) {
    if (node.children.size === 0) {
      if (node.row) search(node.path);
      return;
    }
    here = node;
    crumbs();
    redraw();
  }
  function crumbs() {
    const list = [];
    for (let node = here; ; node = node.parent) {
      list.unshift(node);
      if (node === top) break;
    }
    $("crumbs").replaceChildren(...list.flatMap((node, i) => {
      const b = element("button", { type: "button" }, node === tree ? "all" : short(node.name, 40));
      if (i === list.length - 1) b.setAttribute("aria-current", "true");
      b.addEventListener("click", () => zoom(node));
      return i ? [element("span", { class: "muted", "aria-hidden": "true" }, "/"), b] : [b];
    }));
  }
  function legend() {
    $("legend").replaceChildren(...data.bands.map((b, i) => {
      const box = svg("svg", { width: 12, height: 12, "aria-hidden": "true" });
      box.append(svg("rect", { width: 12, height: 12, fill: palette()[i] }));
      return element("li", {}, box, b.name + (i === data.target_band ? " (aim)" : ""));
    }));
  }
  if (map) {
    crumbs();
    legend();
    document.querySelectorAll("input[name=area]").forEach((e) => e.addEventListener("change", () => {
      area = e.value;
      redraw();
    }));
  }

  // The calendar: a year a row, the newest first.
  const calendar = $("calendar");
  if (calendar) {
    const years = [...new Set(data.days.map((d) => d.day.slice(0, 4)))].sort().reverse().slice(0, 4);
    const tall = 138;
    calendar.style.height = years.length * tall + 30 + "px";
    const byDay = new Map(data.days.map((d) => [d.day, d]));
    const most = Math.max(...data.days.map((d) => d.bytes), 1), least = Math.min(...data.days.map((d) => d.bytes));
    chart("calendar", (c) => {
      const steps = dark() ? ["#1c444d", "#235f6b", "#2f7f90", "#52b4c7", "#a6e3ef"] : ["#dceff2", "#a9d3da", "#6bb0bd", "#2a8496", "#0d5462"];
      const narrow = c.getWidth() < 560;
      c.setOption({
        animation: false,
        tooltip: {
          ...tooltip(),
          formatter: (at) => {
            const d = byDay.get(at.value[0]);
            return d.day + "\n" + size(d.bytes) + "\n" + count(d.objects) + (d.objects === 1 ? " file" : " files");
          },
        },
        visualMap: {
          type: "continuous", min: Math.log2(Math.max(least, 1)), max: Math.max(Math.log2(most), Math.log2(Math.max(least, 1)) + .01), show: false, dimension: 1, inRange: { color: steps },
        },
        calendar: years.map((year, i) => ({
          range: year, top: 30 + i * tall, left: narrow ? 34 : 60, right: 4, cellSize: ["auto", narrow ? 10 : 14], splitLine: { lineStyle: { color: color("line"), width: 1 } },
          itemStyle: { color: color("sunk"), borderColor: color("bg"), borderWidth: narrow ? 1 : 2 },
          yearLabel: { color: color("text"), fontSize: 13, fontFamily: font(), margin: narrow ? 22 : 40 },
          monthLabel: { color: color("muted"), fontSize: 11, fontFamily: font(), margin: 6 },
          dayLabel: { show: !narrow, firstDay: 1, color: color("muted"), fontSize: 10, fontFamily: font(), nameMap: ["", "Mon", "", "Wed", "", "Fri", ""] },
        })),
        series: years.map((year, i) => ({
          type: "heatmap", coordinateSystem: "calendar", calendarIndex: i, data: data.days.filter((d) => d.day.startsWith(year)).map((d) => [d.day, Math.log2(Math.max(d.bytes, 1))]),
        })),
      }, true);
    });
  }

  // The table: sorted by its heads, filtered by the search, a page at a time.
  const table = $("partition-table");
  const perPage = 25;
  let shown = rows, at = 0, by = "bytes", down = true;
  const order = {
    path: (a, b) => a.path < b.path ? -1 : a.path > b.path ? 1 : 0,
  };
  function sorted(list) {
    const compare = order[by] || ((a, b) => a[by] - b[by]);
    return [...list].sort((a, b) => (down ? compare(b, a) : compare(a, b)) || order.path(a, b));
  }
  function spark(digits) {
    const s = svg("svg", { class: "spark", width: 54, height: 16, viewBox: "0 0 54 16", role: "img", "aria-label": "Files by size: " + (digits || "unknown") });
    s.append(svg("path", { d: "M0 15.5h54", class: "base" }));
    [...digits].forEach((d, i) => d > 0 && s.append(svg("rect", { x: i * 6, y: 16 - 2 * d, width: 5, height: 2 * d })));
    const names = ["≤ 64 KiB", "≤ 256 KiB", "≤ 1 MiB", "≤ 4 MiB", "≤ 16 MiB", "≤ 32 MiB", "≤ 128 MiB", "≤ 1 GiB", "> 1 GiB"];
    if (digits) s.setAttribute("aria-label", "Files by size, of the fullest: " + [...digits].map((d, i) => d > 0 ? names[i] + " " + d + "/8" : "").filter(Boolean).join(", "));
    return s;
  }
  function tableRow(r) {
    const cells = [count(r.objects), size(r.bytes), over(r.bytes), percent(r.smallFiles, r.objects), size(r.p50), size(r.max)].map((s) => element("td", { class: "n" }, s));
    return element("tr", {}, element("th", { scope: "row" }, element("code", {}, r.path)), ...cells, element("td", {}, spark(r.spark)), element("td", { class: "n" }, minutes(r.newest)));
  }
  function drawTable() {
    table.tBodies[0].replaceChildren(...shown.slice(at, at + perPage).map(tableRow));
    const last = Math.min(at + perPage, shown.length);
    $("page").textContent = shown.length ? count(at + 1) + "–" + count(last) + " of " + count(shown.length) : "";
    $("previous").disabled = at === 0;
    $("next").disabled = last >= shown.length;
    $("count").textContent = shown.length === rows.length ? count(rows.length) + (rows.length === 1 ? " partition" : " partitions") : count(shown.length) + " of " + count(rows.length) + " partitions";
  }
  function filter() {
    const words = $("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    shown = words.length ? sorted(rows.filter((r) => words.every((w) => r.path.toLowerCase().includes(w)))) : sorted(rows);
    matching = words.length ? new Set(shown) : null;
    at = 0;
    drawTable();
    if (map && map.ready) map.draw(map.instance);
  }
  function search(text) {
    $("search").value = text;
    filter();
    $("search").focus();
  }
  if (table) {
    let waiting;
    $("search").addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(filter, 120);
    });
    for (const [id, step] of [["previous", -perPage], ["next", perPage]]) $(id).addEventListener("click", () => {
      at += step;
      drawTable();
      table.scrollIntoView({ block: "nearest" });
    });
    table.querySelectorAll("th[data-key]").forEach((th) => {
      const b = element("button", { type: "button" }, th.textContent);
      th.replaceChildren(b);
      b.addEventListener("click", () => {
        const key = th.dataset.key;
        down = key === by ? !down : key !== "path";
        by = key;
        table.querySelectorAll("th[aria-sort]").forEach((o) => o.removeAttribute("aria-sort"));
        th.setAttribute("aria-sort", down ? "descending" : "ascending");
        shown = sorted(shown);
        at = 0;
        drawTable();
      });
    });
    shown = sorted(rows);
    drawTable();
  }

  // Copying.
  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      const area = document.body.appendChild(element("textarea", { class: "visually-hidden", "aria-hidden": "true" }));
      area.value = text;
      area.select();
      const done = document.execCommand("copy");
      area.remove();
      return done;
    }
  }
  document.querySelectorAll("button.copy").forEach((b) => b.addEventListener("click", async () => {
    const done = await copy($(b.dataset.copies).textContent);
    b.textContent = done ? "Copied" : "Select and copy";
    setTimeout(() => { b.textContent = "Copy"; }, 1600);
  }));

  // The theme is the system's until the button says otherwise; paper is light.
  const theme = $("theme");
  const name = () => { theme.textContent = dark() ? "Light" : "Dark"; };
  function themed() {
    name();
    if (map) legend();
    redraw();
  }
  theme.addEventListener("click", () => {
    root.style.colorScheme = dark() ? "light" : "dark";
    themed();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", themed);
  name();
  let closed = [], before = "";
  addEventListener("beforeprint", () => {
    before = root.style.colorScheme;
    root.style.colorScheme = "light";
    closed = [...document.querySelectorAll("details:not([open])")];
    closed.forEach((d) => { d.open = true; });
    themed();
  });
  addEventListener("afterprint", () => {
    root.style.colorScheme = before;
    closed.forEach((d) => { d.open = false; });
    themed();
  });
})();
