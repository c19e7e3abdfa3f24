// What the discussion gains with a script. Without it, every link and button works by
// going to the server: the form is folded, moved and explained here, never replaced.

const form = document.getElementById("commentform");
if (form) {
  const respond = document.getElementById("respond");
  const comment = document.getElementById("id_comment");
  const parent = document.getElementById("comment_parent");

  foldUntilWanted();
  const answered = keepText();
  timeTyping();
  moveToReplies(answered);
  explainBeforeSending();
  sendByKeyboard();
  showSubmitting();

  function foldUntilWanted() {
    const isWanted =
      comment.value || parent.value || location.hash === "#respond" ||
      form.querySelector(".problem, .errorlist");
    if (isWanted) return;
    form.classList.add("is-folded");
    form.addEventListener("focusin", unfold, { once: true });
  }

  function unfold() {
    form.classList.remove("is-folded");
  }

  // The text typed here survives a closed tab, a crash and the way back. It stays in
  // this browser, for as long as the tab does. Gives the comment that it is to answer.
  function keepText() {
    const key = `draft:${form.getAttribute("action").split("#")[0]}`;
    const store = tryStorage();
    if (!store) return "";
    let before = "";
    const isPosted = store.getItem(`${key}:sent`) && !comment.value;
    store.removeItem(`${key}:sent`);
    if (isPosted && /^#comment-\d+$/.test(location.hash)) store.removeItem(key);
    else if (!comment.value && store.getItem(key)) {
      comment.value = store.getItem(key);
      before = store.getItem(`${key}:parent`);
      unfold();
    }
    comment.addEventListener("input", () => {
      store.setItem(key, comment.value);
      store.setItem(`${key}:parent`, parent.value);
    });
    form.addEventListener("submit", () => store.setItem(`${key}:sent`, "1"));
    return before;
  }

  // How long the writing took; not said of a text that was there before.
  function timeTyping() {
    if (comment.value) return;
    let started = null;
    comment.addEventListener("focus", () => (started ??= performance.now()));
    form.addEventListener("submit", () => {
      if (started === null) return;
      const seconds = (performance.now() - started) / 1000;
      document.getElementById("typing_seconds").value = seconds.toFixed(1);
    });
  }

  function tryStorage() {
    try {
      return window.sessionStorage;
    } catch {
      return null; // the reader's browser forbids it
    }
  }

  function moveToReplies(answered) {
    const title = document.querySelector("#reply-title > span");
    const heading = document.getElementById("reply-title");
    const cancel = document.getElementById("cancel-comment-reply-link");
    const discussion = document.getElementById("comments");
    const linkTo = (key) => discussion.querySelector(`.comment-reply-link[data-comment="${key}"]`);

    const moveTo = (link) => {
      const target = document.getElementById(`comment-${link.dataset.comment}`);
      target.querySelector(":scope > .comment-body").after(respond);
      parent.value = link.dataset.comment;
      const name = document.createElement("a");
      name.href = `#comment-${link.dataset.comment}`;
      name.append(Object.assign(document.createElement("bdi"), { textContent: link.dataset.name }));
      title.replaceChildren(`${heading.dataset.titleTo} `, name);
      cancel.hidden = false;
      unfold();
      comment.dispatchEvent(new Event("input")); // kept with what it answers now
    };
    if (answered && !parent.value && linkTo(answered)) moveTo(linkTo(answered));

    discussion.addEventListener("click", (event) => {
      const link = event.target.closest(".comment-reply-link");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      moveTo(link);
      comment.focus();
      respond.scrollIntoView({ block: "nearest" });
    });

    cancel.addEventListener("click", (event) => {
      event.preventDefault();
      const link = linkTo(parent.value);
      discussion.append(respond);
      parent.value = "";
      title.replaceChildren(heading.dataset.title);
      cancel.hidden = true;
      comment.dispatchEvent(new Event("input"));
      (link || heading).focus();
    });
  }

  // The words under a field, where the server would put its own.
  function explainBeforeSending() {
    form.noValidate = true;
    // Once the browser has gone to the form, and taken the focus there.
    window.addEventListener("load", () => form.querySelector("[aria-invalid]")?.focus());
    form.addEventListener("submit", (event) => {
      if (event.submitter?.formNoValidate) return;
      const wrong = [comment, field("email"), field("name")].filter((input) => !check(input));
      if (wrong.length === 0) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      unfold();
      wrong[0].focus();
    });
  }

  function field(name) {
    return form.elements.namedItem(name);
  }

  function check(input) {
    if (!input) return true;
    const isEmpty = input.value.trim() === "";
    const isWrong = isEmpty || (input.type === "email" && !input.validity.valid);
    const words = isEmpty ? form.dataset[`error${capital(input.name)}`] : form.dataset.errorEmailInvalid;
    const id = `id_${input.name}_error`;
    document.getElementById(id)?.remove();
    input.toggleAttribute("aria-invalid", false);
    input.removeAttribute("aria-describedby");
    if (!isWrong) return true;
    const list = Object.assign(document.createElement("ul"), { id, className: "errorlist" });
    list.append(Object.assign(document.createElement("li"), { textContent: words }));
    input.after(list);
    input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-describedby", id);
    return false;
  }

  function capital(name) {
    return name[0].toUpperCase() + name.slice(1);
  }

  function sendByKeyboard() {
    comment.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      form.requestSubmit(document.getElementById("comment-submit"));
    });
  }

  function showSubmitting() {
    const button = document.getElementById("comment-submit");
    const label = button.textContent;
    const guest = document.getElementById("comment-form-guest");
    const nascar = document.getElementById("comment-form-nascar");
    const connecting = document.getElementById("comment-form-load-service");
    const sentence = connecting.querySelector("p");
    let isSent = false;

    form.addEventListener("submit", (event) => {
      if (isSent) return event.preventDefault(); // a second click
      isSent = true;
      if (event.submitter?.name === "connect") connect(event.submitter.dataset.service);
      else if (!event.submitter?.formNoValidate) {
        // Disabled only once the browser has read what the form sends.
        setTimeout(() => Object.assign(button, { textContent: form.dataset.posting, disabled: true }));
      }
    });
    connecting.querySelector("button").addEventListener("click", () => {
      window.stop();
      settle();
      nascar.querySelector("button").focus();
    });
    window.addEventListener("pageshow", (event) => event.persisted && settle());

    function connect(service) {
      sentence.textContent = sentence.dataset.connecting.replace("%s", service);
      connecting.hidden = false;
      guest.hidden = nascar.hidden = true;
    }

    function settle() {
      isSent = false;
      Object.assign(button, { textContent: label, disabled: false });
      connecting.hidden = true;
      if (guest) guest.hidden = nascar.hidden = false;
    }
  }
}
