// Keeps what an editor types, apart from the article: a crash loses at most a few seconds.
// Nobody leaves unsaved words behind unasked, also by a button that acts on what is saved.
const state = document.getElementById("autosave");
const form = document.getElementById("article_form");
const NAMES = ["version", "headline", "standfirst", "body", "csrfmiddlewaretoken"];
const PAUSE = 4000;
const all = () => new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string"));

function typed() {
  const fields = all();
  return new URLSearchParams(NAMES.map((name) => [name, fields.get(name) ?? ""]));
}

// Who signs in again, in another window, gets another token.
async function renew() {
  const page = await fetch(location.href).then((answer) => answer.text());
  const token = new DOMParser().parseFromString(page, "text/html").querySelector("#article_form [name=csrfmiddlewaretoken]");
  if (token) form.elements.csrfmiddlewaretoken.value = token.value;
}

if (form) {
  // As it was before the first key: the rich editor tidies the text when it starts, which
  // is nobody's typing. What was refused is not saved, however it looks.
  const isRefused = Boolean(document.querySelector(".errornote"));
  let opened = isRefused ? "" : null;
  let kept = opened;
  let isSaving = false;
  const begin = () => {
    opened ??= all().toString();
    kept ??= typed().toString();
  };
  for (const sign of ["keydown", "pointerdown", "beforeinput"]) {
    document.addEventListener(sign, begin, { capture: true });
  }
  form.addEventListener("submit", () => { isSaving = true; });
  window.addEventListener("beforeunload", (leaving) => {
    if (!isSaving && opened !== null && all().toString() !== opened) leaving.preventDefault();
  });

  const keep = async () => {
    const words = typed();
    if (kept === null || words.toString() === kept || document.hidden) return;
    const answer = await fetch(state.dataset.address, { method: "POST", body: words }).catch(() => null);
    const isKept = answer?.status === 204;
    state.textContent = isKept ? state.dataset.kept : state.dataset.lost;
    if (isKept) kept = words.toString();
    else await renew().catch(() => {});
  };
  if (state) setInterval(keep, PAUSE);
}
