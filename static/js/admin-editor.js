/* The article editor's own parts, beside its library's. An export replaces the library's
   extension of that name: see DJANGO_PROSE_EDITOR_EXTENSIONS. */
import {
  Extension,
  Link as PlainLink,
  Mark,
  Plugin,
  gettext,
  markInputRule,
  markPasteRule,
  updateAttrsDialog,
} from "django-prose-editor/editor";

let asked = 0;

/* The function's odd name is that of the library's own pickers, which count down. */
function openPicker(address, done) {
  const number = ++asked;
  const tools = ((window.CKEDITOR ??= {}).tools ??= {});
  const others = tools.callFunction;
  tools.callFunction = (n, ...chosen) =>
    Number(n) === number ? done(...chosen) : others?.call(tools, n, ...chosen);
  window.open(`${address}?CKEditorFuncNum=${number}`, "_blank", "width=800,height=600");
}

function askForLink(editor, { pickerUrl, pickerLabel }) {
  const pick = ({ input }) =>
    openPicker(pickerUrl, (address) => {
      input.value = address;
      input.focus();
    });
  const picker = { label: pickerLabel, handler: pick };
  const fields = {
    href: { type: "string", title: gettext("URL"), picker },
    title: { type: "string", title: gettext("Title") },
  };
  const ask = updateAttrsDialog(fields, { title: gettext("Edit Link") });
  return ask(editor, editor.getAttributes("link"));
}

/* A link whose dialog finds articles of ours. */
export const Link = PlainLink.extend({
  addCommands() {
    return {
      ...this.parent?.(),
      addLink: () => ({ editor }) => {
        const isLink = editor.isActive("link");
        if (editor.state.selection.empty && !isLink) return false;
        askForLink(editor, this.options).then((typed) => {
          if (!typed) return;
          const chain = editor.chain().focus();
          if (isLink) chain.extendMarkRange("link");
          const [href, title] = [typed.href.trim(), typed.title.trim() || null];
          (href ? chain.setMark("link", { href, title }) : chain.unsetMark("link")).run();
        });
        return true;
      },
    };
  },
});

const TYPED_NOTE = /\^\[([^\]]+)\]$/;
const PASTED_NOTE = /\^\[([^\]]+)\]/g;

/* Words that stand in the text where their number will, and under it on the page. */
export const Note = Mark.create({
  name: "note",
  priority: 1100, // outside of links and emphasis: a note is one element
  exitable: true,
  keepOnSplit: false,
  addOptions: () => ({ label: "Note" }),
  parseHTML: () => [{ tag: "small" }],
  renderHTML: () => ["small", 0],
  addInputRules() {
    return [markInputRule({ find: TYPED_NOTE, type: this.type })];
  },
  addPasteRules() {
    return [markPasteRule({ find: PASTED_NOTE, type: this.type })];
  },
  addKeyboardShortcuts() {
    return { "Mod-Alt-f": () => this.editor.commands.toggleMark(this.name) };
  },
  addMenuItems({ menu, buttons }) {
    menu.defineItem({
      name: "note",
      groups: "link",
      button: buttons.material("note_add", this.options.label),
      active: (editor) => editor.isActive("note"),
      command: (editor) => editor.chain().focus().toggleMark("note").run(),
    });
  },
});

const TITLES = { h1: "h2", h4: "h3", h5: "h3", h6: "h3" };

/* The tags that are meant. Our Content-Security-Policy takes styles away from what is
   pasted before the library looks at them, so they are read here, as written. Small
   print is no note. articles/pasted.py does the same, where there is no script. */
function meant(element) {
  const tag = element.localName;
  const style = element.getAttribute("style") ?? "";
  if (TITLES[tag]) return [TITLES[tag]];
  const isNormal = /(?<!-)font-weight:\s*(normal|[1-5]00)/.test(style);
  const isBold = /font-weight:\s*(bold|[6-9]00)/.test(style) || (tag === "b" && !isNormal);
  const isItalic = /font-style:\s*italic/.test(style) || tag === "i";
  return [...(isItalic ? ["em"] : []), ...(isBold ? ["strong"] : [])];
}

function fromElsewhere(html) {
  if (html.includes("data-pm-slice")) return html;
  const { body } = new DOMParser().parseFromString(html, "text/html");
  for (const element of body.querySelectorAll("b, i, span, font, small, h1, h4, h5, h6")) {
    let inside = [...element.childNodes];
    for (const tag of meant(element)) {
      const better = document.createElement(tag);
      better.append(...inside);
      inside = [better];
    }
    element.replaceWith(...inside);
  }
  return body.innerHTML;
}

/* The rest is tidied when it is saved. */
export const Pasted = Extension.create({
  name: "pasted",
  addProseMirrorPlugins: () => [new Plugin({ props: { transformPastedHTML: fromElsewhere } })],
});

/* The library's box has no name of its own for who cannot see where it stands. */
export const Named = Extension.create({
  name: "named",
  addOptions: () => ({ label: "Text" }),
  addProseMirrorPlugins() {
    const attributes = { "aria-label": this.options.label, "aria-multiline": "true" };
    return [new Plugin({ props: { attributes } })];
  },
});
