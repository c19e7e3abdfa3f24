// Keeps what an editor types, apart from the article: a crash loses at most a few seconds.
const state = document.getElementById("autosave");
const form = document.getElementById("article_form");
const NAMES = ["version", "headline", "standfirst", "body", "csrfmiddlewaretoken"];
const PAUSE = 4000;

function typed() {
  const all = new FormData(form);
  const words = new URLSearchParams();
  for (const name of NAMES) words.set(name, all.get(name) ?? "");
  return words;
}

if (state && form) {
  // The editor tidies the text when it starts: that is nobody's typing.
  let kept = null;
  const keep = async () => {
    const words = typed();
    if (kept === null) kept = words.toString();
    if (words.toString() === kept || document.hidden) return;
    const answer = await fetch(state.dataset.address, { method: "POST", body: words }).catch(() => null);
    if (!answer?.ok) return;
    kept = words.toString();
    state.textContent = state.dataset.words;
  };
  setInterval(keep, PAUSE);
}
