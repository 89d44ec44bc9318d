// What pages can do besides, where scripts run. Nothing here is needed: every button of it is hidden until this runs.
"use strict";

for (const button of document.querySelectorAll("[data-copy]")) {
  const address = document.getElementById(button.dataset.copy);
  const status = button.parentElement.querySelector("[role=status]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    getSelection().selectAllChildren(address);
    try {
      await navigator.clipboard.writeText(address.textContent);
    } catch {
      document.execCommand("copy"); // without TLS there is no clipboard, and the selection is all there is
    }
    status.textContent = button.dataset.done;
  });
}

// The list of feeds follows what is typed: the server's own page for it, of which the list is taken.
const form = document.querySelector("form[data-live]");
if (form) {
  let asked = 0;
  let typing = 0;
  const show = async (address, isNew) => {
    const turn = ++asked;
    const reply = await fetch(address, { headers: { Accept: "text/html" } });
    if (!reply.ok || turn !== asked) return;
    const page = new DOMParser().parseFromString(await reply.text(), "text/html");
    const here = document.getElementById("list");
    here.replaceWith(document.adoptNode(page.getElementById("list")));
    document.getElementById("heard").textContent = document.getElementById("found").textContent;
    if (isNew) history.replaceState(null, "", address);
  };
  const wanted = () => {
    const fields = new URLSearchParams(new FormData(form));
    for (const [name, value] of [...fields]) if (!value) fields.delete(name);
    const query = fields.toString();
    return form.getAttribute("action") + (query ? `?${query}` : "");
  };
  const soon = () => {
    clearTimeout(typing);
    typing = setTimeout(() => show(wanted(), true), 120);
  };
  form.addEventListener("input", soon);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    soon();
  });
  addEventListener("popstate", () => location.reload());
}
