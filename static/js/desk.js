// What the desk gains with a script: one card at a time, one key a verb, and nobody
// waits. Without it every card is a plain form, and the same addresses answer.

const desk = document.getElementById("desk");
if (desk) {
  const list = document.getElementById("desk-cards");
  const said = document.getElementById("desk-said");
  const signIn = document.getElementById("desk-sign-in");
  const empty = document.getElementById("desk-empty");
  const coming = document.getElementById("desk-coming");
  const place = document.getElementById("desk-position");
  const oldest = document.getElementById("desk-oldest");
  const undoForm = document.getElementById("desk-undo");
  const menu = document.getElementById("desk-menu");
  const help = document.getElementById("desk-help");
  const FEW = 5; // cards ahead; with fewer, the next ones are asked for
  const RENEW = 30_000; // half of a lease
  const KEYS = {
    j: next, n: next, k: previous, p: previous,
    a: () => press("approve"), r: () => press("reject"), s: () => press("spam"),
    i: () => press("ignore"), f: () => press("feature") || press("unfeature"),
    u: undo, x: () => follow("x"), t: () => follow("t"),
    "/": () => document.getElementById("desk-q").focus(),
    "?": () => help.showModal(),
  };

  let current = null;
  let left = Number(desk.dataset.count);
  let hasMore = cards().length < left;
  // The last card that came from the server, decided by now or not: the next ones
  // follow it. One of those still in line would come a second time.
  let last = cards().at(-1)?.dataset.pk;
  let line = Promise.resolve(); // one request after the other, in the order of the keys
  let waiting = 0; // how many are in line
  let moved = 0;

  document.documentElement.classList.add("desk-js");
  for (const button of document.querySelectorAll(".desk-move button")) button.hidden = false;
  document.addEventListener("keydown", onKey);
  document.addEventListener("submit", onSubmit);
  document.addEventListener("click", onClick);
  // What was decided and not yet sent would be lost with the page.
  window.addEventListener("beforeunload", (event) => waiting && event.preventDefault());
  setInterval(() => document.hidden || tellReading(), RENEW);
  show(cards()[0]);

  function cards() {
    return [...list.querySelectorAll(":scope > .desk-card")];
  }

  function show(card) {
    current?.classList.remove("is-current");
    current = card ?? null;
    tellEmpty();
    if (current) current.classList.add("is-current");
    (current ?? empty).focus({ preventScroll: true });
    desk.scrollIntoView({ block: "nearest" });
    count();
  }

  // Done, or only faster than the server.
  function tellEmpty() {
    coming.hidden = Boolean(current) || !hasMore;
    empty.hidden = Boolean(current) || hasMore;
    if (oldest) oldest.hidden = !empty.hidden;
  }

  function count() {
    const all = Math.max(left, cards().length);
    const plus = "capped" in desk.dataset ? "+" : "";
    const n = current ? cards().indexOf(current) + 1 : 0;
    const lines = [
      desk.dataset.position
        .replace("%(n)s", n)
        .replace("%(all)s", all.toLocaleString(document.documentElement.lang) + plus),
    ];
    if (waiting > 1) lines.push(desk.dataset.sending.replace("%(n)s", waiting));
    place.textContent = lines.join(" · ");
  }

  function next() {
    move(1);
  }

  function previous() {
    move(-1);
  }

  function move(step) {
    const all = cards();
    const target = all[all.indexOf(current) + step];
    if (target) {
      show(target);
      clearTimeout(moved);
      moved = setTimeout(tellReading, 1_500);
    }
    if (step > 0 && isRunningOut()) inLine(fetchMore);
  }

  function isRunningOut() {
    const all = cards();
    return hasMore && all.length - 1 - all.indexOf(current) < FEW;
  }

  // --- Verbs ----------------------------------------------------------------------

  function press(verb) {
    const button = current?.querySelector(`button[name="verb"][value="${verb}"]`);
    button?.click();
    return Boolean(button);
  }

  function follow(key) {
    current?.querySelector(`a[data-key="${key}"]`)?.click();
  }

  function onSubmit(event) {
    const form = event.target;
    const actions = { "desk-decide": decide, "desk-rule": setRule };
    const action = form === undoForm ? undo : actions[form.classList[0]];
    if (!action) return;
    event.preventDefault();
    action(form, event.submitter);
  }

  function decide(form, button) {
    if (button && "menu" in button.dataset) return openMenu(form);
    const verb = button?.value ?? "approve";
    const data = new FormData(form);
    data.set("verb", verb);
    if (verb.endsWith("feature")) return inLine(() => feature(form, data));
    const card = form.closest(".desk-card");
    const all = cards();
    const follower = all[all.indexOf(card) + 1] ?? all[all.indexOf(card) - 1];
    card.remove();
    left -= 1;
    show(follower);
    inLine(() => send(form, data, card));
  }

  async function send(form, data, card) {
    data.set("left", card.dataset.pk);
    if (current) data.set("reading", current.dataset.pk);
    if (isRunningOut() || (hasMore && !current)) data.set("last", last);
    const answer = await post(form.action, data);
    if (!answer.ok) return bringBack(card, answer, data.get("words"));
    if (data.has("last")) take(answer.more);
    settle(answer);
  }

  async function feature(form, data) {
    const answer = await post(form.action, data);
    const card = answer.card ? build(answer.card) : null;
    if (card) replace(form.closest(".desk-card"), card);
    say(answer.words);
  }

  async function setRule(form) {
    const data = new FormData(form);
    inLine(async () => {
      const answer = await post(form.action, data);
      if (answer.ok) {
        const fields = list.querySelectorAll(`.desk-rule input[name="article"][value="${data.get("article")}"]`);
        for (const field of fields) field.form.elements.rule.value = data.get("rule");
      }
      say(answer.words);
    });
  }

  function undo() {
    inLine(async () => {
      if (!undoForm.elements.decision.value) return say(desk.dataset.undoneNothing);
      const answer = await post(undoForm.action, new FormData(undoForm));
      if (answer.ok) {
        left += 1;
        const card = build(answer.card);
        document.getElementById(card.id)?.remove();
        list.insertBefore(card, current?.isConnected ? current : null);
        show(card);
        settle(answer);
      } else say(answer.words);
    });
  }

  function bringBack(card, answer, words) {
    const back = answer.card ? build(answer.card) : card;
    const notice = Object.assign(document.createElement("p"), { className: "desk-refusal" });
    notice.textContent = answer.words;
    back.querySelector(".desk-refusal")?.remove();
    back.prepend(notice);
    const field = back.querySelector('input[name="words"]');
    if (field && words) field.value = words;
    left += 1;
    if (current?.isConnected) current.after(back);
    else list.append(back);
    say(current ? `${answer.words} ${desk.dataset.back}` : answer.words, true);
    if (current) count();
    else show(back);
  }

  function settle(answer) {
    say(answer.words);
    for (const [queue, number] of Object.entries(answer.counts)) {
      document.querySelector(`[data-queue="${queue}"]`).textContent = number;
    }
    undoForm.hidden = !answer.undo;
    undoForm.elements.decision.value = answer.undo?.pk ?? "";
    document.getElementById("desk-undo-what").textContent = answer.undo?.words ?? "";
  }

  // --- The menu of reasons ----------------------------------------------------------

  function openMenu(form) {
    menu.querySelector("input").value = form.elements.words.value;
    menu.showModal();
    menu.querySelector(".desk-choices button").focus();
  }

  function choose(button) {
    const form = current.querySelector(".desk-decide");
    form.elements.reason.value = button.value;
    form.elements.words.value = menu.querySelector("input").value;
    menu.close();
    decide(form, { value: "reject", dataset: {} });
  }

  // --- Keys and clicks ----------------------------------------------------------------

  function onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isTyping(event.target)) return;
    if (menu.open) {
      const button = menu.querySelectorAll(".desk-choices button")[Number(event.key) - 1];
      if (button) {
        event.preventDefault();
        choose(button);
      }
      return;
    }
    if (help.open || !Object.hasOwn(KEYS, event.key)) return;
    event.preventDefault();
    KEYS[event.key]();
  }

  function isTyping(target) {
    const isBox = ["checkbox", "radio"].includes(target.type);
    return target.matches("input, select, textarea, [contenteditable]") && !isBox;
  }

  function onClick(event) {
    const button = event.target.closest("button");
    if (!button) return;
    if ("close" in button.dataset) button.closest("dialog").close();
    else if (button.closest(".desk-choices")) choose(button);
    else if (button.closest(".desk-move")) KEYS[button.dataset.key]();
  }

  // --- The server -----------------------------------------------------------------------

  function inLine(work) {
    waiting += 1;
    line = line
      .then(work)
      .catch((error) => {
        say(desk.dataset.offline, true);
        console.error(error);
      })
      .finally(() => {
        waiting -= 1;
        count();
      });
    count();
  }

  function post(address, data) {
    return ask(address, { method: "POST", body: data });
  }

  async function ask(address, options) {
    try {
      const response = await fetch(address, { ...options, headers: { Accept: "application/json" } });
      const isJson = response.headers.get("Content-Type")?.startsWith("application/json");
      // The sign-in, to which it leads, speaks JSON too.
      const isSignedOut = response.redirected || (response.status === 403 && !isJson);
      signIn.hidden = !isSignedOut;
      if (isSignedOut) return { ok: false, words: desk.dataset.signedOut };
      if (!isJson) return { ok: false, words: desk.dataset.offline };
      return { ok: response.ok, ...(await response.json()) };
    } catch {
      return { ok: false, words: desk.dataset.offline };
    }
  }

  async function fetchMore() {
    if (!hasMore) return;
    const answer = await ask(`${desk.dataset.more}${desk.dataset.query}&last=${last}`);
    if (answer.ok) take(answer.cards);
    else say(answer.words, true);
  }

  function take(html) {
    const sent = parse(html ?? "");
    hasMore = sent.length > 0;
    last = sent.at(-1)?.dataset.pk ?? last;
    const fresh = sent.filter((card) => !document.getElementById(card.id));
    list.append(...fresh);
    if (current) count();
    else show(fresh[0]);
  }

  // A mark for the others, and the marks of the others.
  function tellReading() {
    if (!current) return;
    const data = new FormData(undoForm);
    data.delete("decision");
    data.set("reading", current.dataset.pk);
    for (const card of cards()) data.append("shown", card.dataset.pk);
    post(desk.dataset.reading, data).then((answer) => answer.ok && mark(answer.readers));
  }

  function mark(readers) {
    for (const card of cards()) {
      const badge = card.querySelector(".desk-reader");
      const name = readers[card.dataset.pk];
      badge.hidden = !name;
      badge.textContent = name ? desk.dataset.reads.replace("%(name)s", name) : "";
    }
  }

  // Our own server's HTML, every text in it escaped there.
  function parse(html) {
    return [...new DOMParser().parseFromString(html, "text/html").querySelectorAll(".desk-card")];
  }

  function build(html) {
    return parse(html)[0];
  }

  function replace(old, fresh) {
    const isCurrent = old === current;
    old.replaceWith(fresh);
    if (isCurrent) show(fresh);
  }

  function say(words, isUrgent = false) {
    said.textContent = words;
    said.classList.toggle("is-urgent", isUrgent);
  }
}

// The page of a bulk run that is under way shows how far it is.
if (document.getElementById("desk-run")) followRun();

async function followRun() {
  while ("follow" in document.getElementById("desk-run").dataset) {
    await new Promise((wake) => setTimeout(wake, 1_000));
    const answer = await fetch(location.href);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("desk-run");
    if (!fresh) return location.reload(); // signed out, for one
    document.getElementById("desk-run").replaceWith(fresh);
  }
}
