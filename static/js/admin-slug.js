// Suggests a slug while the headline is typed. The server makes it: it knows every script,
// and what is taken. Whoever types a slug of their own keeps it.
{
  const PAUSE = 250;
  const slug = document.querySelector("input[data-source][data-address]");
  const source = slug && document.getElementById(slug.dataset.source);
  let waiting = 0, asked = 0, isOwn = Boolean(slug?.value);

  const suggest = async () => {
    const number = ++asked;
    const address = `${slug.dataset.address}?${new URLSearchParams({ words: source.value })}`;
    const answer = await fetch(address).catch(() => null);
    if (answer?.ok && number === asked && !isOwn) slug.value = (await answer.json()).slug;
  };
  slug?.addEventListener("input", () => { isOwn = slug.value !== ""; });
  source?.addEventListener("input", () => {
    clearTimeout(waiting);
    if (!isOwn) waiting = setTimeout(suggest, PAUSE);
  });
}
