// The behaviour of the page. Gradio runs this once, as the body of a function that is given `element`
// (where frame.html stands) and `server` (the functions of page.py). All HTML comes from view.py,
// which escapes it; words that this script puts in itself are always set as text.

const page = element.querySelector("[data-page]");
const find = (selector, within = page) => within.querySelector(selector);
const all = (selector, within = page) => [...within.querySelectorAll(selector)];
const log = find(".log");
const box = find("#question");
const reader = find(".reader");
const pane = find(".reader .scroll");
const narrow = window.matchMedia("(max-width: 860px)");

const SKELETON_AFTER = 300; // milliseconds
const STEP_AFTER = 1000; // milliseconds
const GIVE_UP_AFTER = 60000; // milliseconds

let language = "en";
let words = {};
let turns = []; // { question, ignored, node }
let asking = 0; // rises with every question, so that an answer that comes too late is known

const say = (name, values = {}) =>
  (words[name] || name).replace(/\{(\w+)\}/g, (_, slot) => values[slot] ?? "");

// What is kept between visits; a browser may forbid it.
const kept = {
  get: (name) => { try { return localStorage.getItem(name); } catch { return null; } },
  set: (name, value) => { try { localStorage.setItem(name, value); } catch { /* not kept then */ } },
};

function announce(text) {
  const status = find("[data-announce]");
  status.textContent = "";
  setTimeout(() => { status.textContent = text; }, 50); // a change is read out, the same text is not
}

function toast(text) {
  const shown = find(".toast");
  shown.textContent = text;
  shown.classList.add("on");
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => shown.classList.remove("on"), 1800);
  announce(text);
}

// The reply of a function of page.py; an error that it foresaw is thrown with its own words.
async function call(name, given) {
  let late;
  const waiting = new Promise((_, fail) => {
    late = setTimeout(() => fail(new Error(say("page.failed"))), GIVE_UP_AFTER);
  });
  let reply;
  try {
    reply = await Promise.race([server[name]({ language, ...given }), waiting]);
  } catch {
    throw new Error(say("page.failed"));
  } finally {
    clearTimeout(late);
  }
  if (!reply) throw new Error(say("page.failed")); // Gradio has told the console why
  if (reply.error) throw new Error(reply.error);
  return reply;
}

// --- the conversation -----------------------------------------------------------------------------

function ask(question) {
  const node = document.createElement("section");
  node.className = "turn";
  const you = document.createElement("div");
  you.className = "you";
  const who = document.createElement("span");
  who.className = "unseen";
  who.dataset.say = "page.you";
  who.textContent = say("page.you");
  const asked = document.createElement("p");
  asked.dir = "auto";
  asked.textContent = question;
  you.append(who, asked);
  const place = document.createElement("div");
  place.className = "place";
  node.append(you, place);
  log.append(node);
  const turn = { question, ignored: new Set(), node };
  turns.push(turn);
  page.classList.add("talking");
  find("[data-new]").hidden = false;
  return answer(turn, { fresh: true });
}

async function answer(turn, { fresh = false } = {}) {
  const mine = ++asking;
  turn.asked = mine;
  const place = find(".place", turn.node);
  place.setAttribute("aria-busy", "true");
  const timers = [
    setTimeout(() => showSkeleton(place), fresh ? SKELETON_AFTER : SKELETON_AFTER * 2),
    setTimeout(() => showStep(place), STEP_AFTER),
  ];
  turn.node.scrollIntoView({ block: "start", behavior: motion() });
  try {
    const history = turns.slice(0, turns.indexOf(turn)).map((earlier) => earlier.question);
    const reply = await call("asked", {
      question: turn.question, history: history.slice(-6), ignored: [...turn.ignored],
    });
    if (turn.asked !== mine || !turn.node.isConnected) return;
    place.innerHTML = reply.html;
    relabel(place);
    highlight.also = quotedIn(place).map((cited) => cited.dataset.clause);
    if (reply.clause && !narrow.matches) {
      await open(reply.clause, reply.text, { span: reply.span, address: reply.address, quiet: true });
    }
  } catch (failure) {
    if (turn.asked !== mine || !turn.node.isConnected) return;
    showError(turn, failure.message);
  } finally {
    timers.forEach(clearTimeout);
    if (turn.asked === mine) place.removeAttribute("aria-busy");
  }
  turn.node.scrollIntoView({ block: "start", behavior: motion() });
}

// What a reply quotes as its answer: nothing that is folded away.
const quotedIn = (reply) => all(".cited", reply).filter((cited) => !cited.closest("details"));

function showSkeleton(place) {
  place.innerHTML = '<div class="skeleton" aria-hidden="true"><i></i><i></i><i></i></div><p class="step"></p>';
}

function showStep(place) {
  const step = find(".step", place);
  if (step) step.textContent = say("page.searching");
}

function showError(turn, text) {
  const place = find(".place", turn.node);
  place.innerHTML = '<div class="error" role="alert"><p></p><button type="button" data-again data-say="page.again"></button></div>';
  find("p", place).textContent = text;
  relabel(place);
  if (!box.value) { box.value = turn.question; grow(); }
}

function begin() {
  asking += 1;
  turns = [];
  highlight.also = [];
  all(".turn", log).forEach((node) => node.remove());
  page.classList.remove("talking");
  find("[data-new]").hidden = true;
  log.scrollTop = 0;
  box.value = "";
  grow();
  if (!narrow.matches) box.focus();
  announce(say("page.new"));
}

const motion = () =>
  (window.matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth");

function grow() {
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight, 160)}px`;
}

// --- the reader -----------------------------------------------------------------------------------

async function read(revision, text, clause = "") {
  const reply = await call("read_text", { clause: clause || revision, text });
  pane.innerHTML = reply.html;
  relabel(pane);
  pane.scrollTop = 0;
  return reply;
}

async function open(clause, text, { span = "", address = "", quiet = false } = {}) {
  if (!quiet && narrow.matches) slide(true);
  const here = find(`.text [data-clause="${CSS.escape(clause)}"][data-text="${CSS.escape(text || "")}"]`, pane);
  let target = here;
  try {
    if (!here) {
      const reply = await read("", text, clause);
      address = reply.address;
      target = reply.clause && find(`.text [data-clause="${CSS.escape(reply.clause)}"]`, pane);
    }
  } catch (failure) {
    pane.innerHTML = '<p class="error" role="alert"></p>';
    find(".error", pane).textContent = failure.message;
  }
  if (target) highlight(target, span);
  showAddress(address || (target && target.dataset.address) || "");
  if (!quiet && target) {
    target.focus({ preventScroll: true });
    announce(target.dataset.citation);
  }
}

function highlight(target, span) {
  const also = new Set(highlight.also);
  all(".text .clause", pane).forEach((clause) => {
    clause.classList.toggle("also", also.has(clause.dataset.clause));
  });
  all(".clause.on", pane).forEach((clause) => {
    clause.classList.remove("on");
    find(".about-clause", clause).hidden = true;
    all("mark", clause).forEach((mark) => mark.replaceWith(...mark.childNodes));
    find(".words", clause).normalize();
  });
  target.classList.add("on");
  find(".about-clause", target).hidden = false;
  const range = /^(\d+)-(\d+)$/.exec(span || "");
  if (range) mark(find(".words", target), Number(range[1]), Number(range[2]));
  const header = find("header", pane);
  const head = getComputedStyle(header).position === "sticky" ? header.offsetHeight : 0;
  const top = target.offsetTop - head - (pane.clientHeight - head) / 6;
  // A long way is not travelled, and nothing is travelled unseen.
  const near = Math.abs(top - pane.scrollTop) < 3 * pane.clientHeight && pane.checkVisibility?.();
  pane.scrollTo({ top, behavior: near && !narrow.matches ? motion() : "auto" });
}

// Marks characters `start` to `end` of a clause; the marks of its notes are not counted.
function mark(node, start, end) {
  const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
  const pieces = [];
  let at = 0;
  while (walker.nextNode()) {
    const piece = walker.currentNode;
    if (piece.parentElement.closest("sup")) continue;
    // Offsets count code points, as Python does.
    const points = [...piece.data];
    const from = Math.max(start - at, 0);
    const to = Math.min(end - at, points.length);
    if (from < to) {
      const before = points.slice(0, from).join("").length;
      pieces.push([piece, before, before + points.slice(from, to).join("").length]);
    }
    at += points.length;
  }
  for (const [piece, from, to] of pieces) {
    const range = document.createRange();
    range.setStart(piece, from);
    range.setEnd(piece, to);
    range.surroundContents(document.createElement("mark"));
  }
}

function showAddress(query) {
  history.replaceState(history.state, "", query || location.pathname);
}

// On a phone the text slides over the conversation, and "back" of the phone takes it away again.
function slide(on) {
  const was = page.classList.contains("reading");
  if (on && !was) history.pushState({ reading: true }, "", location.href);
  if (!on && was && history.state?.reading) { history.back(); return; } // goes on in "popstate"
  slid(on);
}

function slid(on) {
  const was = page.classList.contains("reading");
  page.classList.toggle("reading", on);
  find(".talk").inert = on && narrow.matches;
  if (on) find(".back").focus({ preventScroll: true });
  else if (was && slide.from?.isConnected) slide.from.focus({ preventScroll: true });
}

window.addEventListener("popstate", (event) => slid(Boolean(event.state?.reading) && narrow.matches));
narrow.addEventListener("change", () => { if (!narrow.matches) slid(false); });

// --- comparing ------------------------------------------------------------------------------------

// The resolution chosen last counts: the other side follows.
async function compare(changed = null) {
  const [old, newer] = ["old", "new"].map((side) => find(`[data-side="${side}"]`));
  const place = find(".compared");
  if (!old || !place) return;
  const family = (option) => `${option.value.split("@")[0]} ${option.dataset.text}`;
  const chosen = changed === old ? old : newer;
  const other = changed === old ? newer : old;
  if (family(chosen.selectedOptions[0]) !== family(other.selectedOptions[0])) {
    const fitting = all("option", other)
      .filter((option) => family(option) === family(chosen.selectedOptions[0]));
    fitting[chosen === old ? fitting.length - 1 : 0].selected = true;
  }
  place.setAttribute("aria-busy", "true");
  try {
    const reply = await call("compared", {
      old: old.value, new: newer.value, text: newer.selectedOptions[0].dataset.text,
    });
    place.innerHTML = reply.html;
    relabel(place);
    announce(find(".count", place).textContent);
  } catch (failure) {
    place.innerHTML = '<p class="error" role="alert"></p>';
    find(".error", place).textContent = failure.message;
  } finally {
    place.removeAttribute("aria-busy");
  }
}

// --- wording, look, tabs --------------------------------------------------------------------------

function relabel(within = page) {
  all("[data-say]", within).forEach((node) => { node.textContent = say(node.dataset.say); });
  all("[data-say-label]", within).forEach((node) => {
    node.setAttribute("aria-label", say(node.dataset.sayLabel));
    if (node.tagName === "BUTTON") node.title = say(node.dataset.sayLabel);
  });
  all("[data-say-hint]", within).forEach((node) => { node.placeholder = say(node.dataset.sayHint); });
  all("[data-page-language]", within).forEach((node) => {
    node.lang = language;
    node.dir = language === "ar" ? "rtl" : "ltr";
  });
}

async function speak(wanted) {
  const reply = await call("opened", { wanted });
  language = reply.language;
  words = reply.strings;
  for (const node of [document.documentElement, page]) { // Gradio sets a direction in between
    node.lang = language;
    node.dir = reply.direction;
  }
  document.title = say("page.title");
  find("[data-language]").value = language;
  const welcome = find(".welcome", log);
  if (welcome) welcome.remove();
  log.insertAdjacentHTML("afterbegin", reply.welcome);
  const sides = all("[data-side]").map((side) => [side.dataset.side, side.selectedIndex]);
  find("#view-compare").innerHTML = reply.compare;
  sides.forEach(([side, at]) => { find(`[data-side="${side}"]`).selectedIndex = at; });
  const only = find("[data-only-changes]");
  if (only) only.checked = find("#view-compare").classList.contains("only-changes");
  find("#view-library").innerHTML = reply.library;
  find(".foot").innerHTML = reply.footer;
  relabel();
}

function show(tab, { anew = false } = {}) {
  page.dataset.tab = tab;
  all("[role=tab]").forEach((button) => {
    const chosen = button.dataset.tab === tab;
    button.setAttribute("aria-selected", String(chosen));
    button.tabIndex = chosen ? 0 : -1;
  });
  all(".view").forEach((view) => { view.hidden = view.id !== `view-${tab}`; });
  if (tab === "compare" && (anew || !find(".compared")?.firstChild)) compare();
}

function look(wanted) {
  document.documentElement.dataset.look = wanted;
}

const systemLook = () =>
  (window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");

// --- copying --------------------------------------------------------------------------------------

async function copy(what, button) {
  const place = button.closest("[data-citation]");
  const link = () => new URL(place.dataset.address, location.href.split("?")[0]).href;
  const text = {
    citation: () => place.dataset.citation,
    quote: () => `${place.dataset.quotation}\n— ${place.dataset.citation}`,
    link,
    all: () => quotedIn(button.closest(".reply"))
      .map((cited) => `${cited.dataset.quotation}\n— ${cited.dataset.citation}`).join("\n\n"),
  }[what]();
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Clipboards are for secure addresses; a page on another host is copied from a selection.
    const held = document.createElement("textarea");
    held.value = text;
    held.style.position = "fixed";
    held.style.opacity = "0";
    document.body.append(held);
    held.select();
    const done = document.execCommand("copy");
    held.remove();
    button.focus();
    if (!done) { toast(say("page.not_copied")); return; }
  }
  toast(say("page.copied"));
}

function closeMenus(but = null) {
  all("[data-menu][aria-expanded=true]").forEach((button) => {
    if (button === but) return;
    button.setAttribute("aria-expanded", "false");
    button.nextElementSibling.hidden = true;
  });
}

function toggleMenu(button) {
  const on = button.getAttribute("aria-expanded") !== "true";
  closeMenus();
  button.setAttribute("aria-expanded", String(on));
  const items = button.nextElementSibling;
  items.hidden = !on;
  if (on) {
    items.classList.remove("flip");
    const shown = items.getBoundingClientRect();
    const frame = button.closest(".log, .scroll, .view").getBoundingClientRect();
    items.classList.toggle("flip", shown.bottom > frame.bottom);
    items.firstElementChild.focus({ preventScroll: true });
  }
}

// --- what is clicked and pressed ------------------------------------------------------------------

const turnOf = (node) => turns.find((turn) => turn.node.contains(node));

const clicks = [
  ["[data-ask]", (node) => { show("chat"); slide(false); ask(node.dataset.ask); }],
  ["[data-without]", (node) => {
    const turn = turnOf(node);
    turn.ignored.add(node.dataset.without);
    answer(turn);
  }],
  ["[data-with]", (node) => {
    const turn = turnOf(node);
    turn.ignored.delete(node.dataset.with);
    answer(turn);
  }],
  ["[data-again]", (node) => {
    const turn = turnOf(node);
    if (box.value === turn.question) { box.value = ""; grow(); }
    answer(turn);
  }],
  ["[data-copy]", (node) => { copy(node.dataset.copy, node); closeMenus(); }],
  ["[data-menu]", (node) => toggleMenu(node)],
  ["[data-open]", (node) => {
    const place = node.closest("[data-clause]");
    const reply = node.closest(".reply");
    if (reply) highlight.also = quotedIn(reply).map((cited) => cited.dataset.clause);
    slide.from = node;
    show("chat");
    open(place.dataset.clause, place.dataset.text, { span: place.dataset.span, address: place.dataset.address });
  }],
  ["[data-read]", async (node) => {
    slide.from = node;
    show("chat");
    if (narrow.matches) slide(true);
    try {
      const reply = await read(node.dataset.read, node.dataset.text);
      showAddress(reply.address);
    } catch (failure) { toast(failure.message); }
  }],
  ["[data-to-compare]", (node) => {
    const { old, newer, text } = node.dataset;
    for (const [side, id] of [["old", old], ["new", newer]]) {
      const option = all("option", find(`[data-side="${side}"]`))
        .find((one) => one.value === id && one.dataset.text === text);
      if (option) option.selected = true;
    }
    slide(false);
    show("compare", { anew: true });
  }],
  ["[data-tab]", (node) => { if (node.matches("button")) { slide(false); show(node.dataset.tab); } }],
  ["[data-back]", () => slide(false)],
  ["[data-new]", () => begin()],
  ["[data-look]", () => {
    const wanted = document.documentElement.dataset.look === "dark" ? "light" : "dark";
    look(wanted);
    kept.set("look", wanted);
  }],
];

page.addEventListener("click", (event) => {
  if (!event.target.closest(".menu")) closeMenus();
  for (const [selector, act] of clicks) {
    const node = event.target.closest(selector);
    if (!node || !page.contains(node) || node === page) continue;
    const newTab = event.ctrlKey || event.metaKey || event.shiftKey;
    if (node.tagName === "A" && newTab) return; // the address works by itself
    event.preventDefault();
    act(node);
    return;
  }
});

page.addEventListener("change", (event) => {
  const node = event.target;
  if (node.matches("[data-language]")) {
    kept.set("language", node.value);
    const revision = find(".text", pane)?.dataset;
    const shown = find(".clause.on", pane)?.dataset;
    speak([node.value]).then(async () => {
      if (revision) await read(revision.revision, revision.text);
      if (shown) open(shown.clause, shown.text, { quiet: true });
      if (page.dataset.tab === "compare") compare();
    }).catch((failure) => toast(failure.message));
  } else if (node.matches("[data-side]")) {
    compare(node);
  } else if (node.matches("[data-only-changes]")) {
    find("#view-compare").classList.toggle("only-changes", node.checked);
  } else if (node.matches("[data-read-menu]")) {
    read(node.value, node.selectedOptions[0].dataset.text)
      .then((reply) => showAddress(reply.address)).catch((failure) => toast(failure.message));
  }
});

find("form.ask").addEventListener("submit", (event) => {
  event.preventDefault();
  const question = box.value.trim();
  if (!question) { box.focus(); return; }
  box.value = "";
  grow();
  if (narrow.matches) box.blur(); // the keyboard would hide the answer
  ask(question);
});

box.addEventListener("input", grow);
box.addEventListener("keydown", (event) => {
  // isComposing: Enter chooses a character while Chinese is typed.
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    find("form.ask").requestSubmit();
  }
});

document.addEventListener("keydown", (event) => {
  if (!element.isConnected) return;
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    slide(false);
    show("chat");
    box.focus();
  } else if (event.key === "Escape") {
    const menu = find("[data-menu][aria-expanded=true]");
    if (menu) { closeMenus(); menu.focus(); } else if (page.classList.contains("reading")) slide(false);
  } else if (["ArrowDown", "ArrowUp"].includes(event.key) && event.target.closest("[role=menu]")) {
    event.preventDefault();
    const items = all("[role=menuitem]", event.target.closest("[role=menu]"));
    const step = event.key === "ArrowDown" ? 1 : -1;
    items[(items.indexOf(event.target) + step + items.length) % items.length].focus();
  } else if (["ArrowDown", "ArrowUp"].includes(event.key) && event.target.matches(".log a.citation")) {
    event.preventDefault();
    const links = all(".log a.citation").filter((link) => link.checkVisibility());
    links[links.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1)]?.focus();
  } else if (["ArrowLeft", "ArrowRight"].includes(event.key) && event.target.matches("[role=tab]")) {
    const tabs = all("[role=tab]");
    const forward = (event.key === "ArrowRight") === (document.documentElement.dir !== "rtl");
    const next = tabs[(tabs.indexOf(event.target) + (forward ? 1 : -1) + tabs.length) % tabs.length];
    show(next.dataset.tab);
    next.focus();
  }
});

// --- opening --------------------------------------------------------------------------------------

look(kept.get("look") || systemLook());
(async () => {
  const query = new URLSearchParams(location.search);
  const wanted = [query.get("lang"), kept.get("language"), ...navigator.languages].filter(Boolean);
  try {
    await speak(wanted);
    show("chat");
    if (query.get("clause")) {
      await open(query.get("clause"), query.get("text") || "");
    } else {
      await read("", "");
    }
    page.dataset.state = "ready";
    if (!narrow.matches && !query.get("clause")) box.focus({ preventScroll: true });
  } catch (failure) {
    page.dataset.state = "ready";
    log.innerHTML = '<p class="error" role="alert"></p>';
    find(".error", log).textContent = failure.message;
  }
})();
