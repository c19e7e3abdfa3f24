/* Hands the chosen image of the library to the editor that opened this window. The
   function's odd name is the editor's: it speaks the language of CKEditor's pickers. */
"use strict";

const number = new URLSearchParams(location.search).get("CKEditorFuncNum");

document.querySelector(".picker").addEventListener("click", (event) => {
  const chosen = event.target.closest("button[data-url]");
  if (!chosen || !window.opener) return;
  window.opener.CKEDITOR.tools.callFunction(number, chosen.dataset.url, {
    id: chosen.dataset.image,
    alternative_text: chosen.dataset.alt,
    caption: chosen.dataset.caption,
  });
  window.close();
});
